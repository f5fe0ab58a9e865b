"""Simulated people with a hidden utility, before a synthetic front."""

from __future__ import annotations

import numpy as np

from hitl_widget.domain.preference import Axis, Comparison
from hitl_widget.preference.pairs import next_question
from hitl_widget.preference.utility import learn

AXES = (Axis("auc"), Axis("ms", "lower", log=True, unit="ms"), Axis("columns", "lower"))


def front(seed: int = 0, count: int = 40) -> np.ndarray:
    """Candidates with a score, a time and a number of columns, about half of them on the Pareto front."""
    rng = np.random.default_rng(seed)
    x = np.abs(rng.standard_normal((count, 3)))
    x = x / np.linalg.norm(x, axis=1, keepdims=True) * rng.uniform(0.8, 1.0, (count, 1))
    return np.stack([0.7 + 0.2 * x[:, 0], 200 * np.exp(-5 * x[:, 1]), np.round(40 * (1 - x[:, 2]))], axis=1)


def goodness(values: np.ndarray) -> np.ndarray:
    """Each objective from 0 to 1, greater is better."""
    return np.stack([(values[:, 0] - 0.7) / 0.2, np.log(200 / values[:, 1]) / 5, 1 - values[:, 2] / 40], axis=1)


PEOPLE = {
    "linear": lambda x: x @ [0.6, 0.3, 0.1],
    "chebyshev": lambda x: -np.max([0.5, 0.3, 0.2] * (1 - x), axis=1),
    "threshold": lambda x: 0.7 * (x[:, 1] > 0.5) + 0.3 * x[:, 0],
}


class Person:
    """Answers pairs by a hidden utility of the candidates."""

    def __init__(self, kind: str, values: np.ndarray, seed: int = 0, wrong: float = 0.0, tie: float = 0.02) -> None:
        self.utility = PEOPLE[kind](goodness(values))
        self.rng = np.random.default_rng(seed)
        self.wrong, self.tie = wrong, tie

    def answer(self, first: int, second: int) -> Comparison:
        apart = (self.utility[first] - self.utility[second]) / np.ptp(self.utility)
        if abs(apart) < self.tie:
            return Comparison(first, second, "equal")
        return Comparison(first, second, "a" if (apart > 0) != (self.rng.random() < self.wrong) else "b")

    def share(self, chosen: int) -> float:
        """1 for the best candidate, 0 for the mean of all."""
        return (self.utility[chosen] - self.utility.mean()) / (self.utility.max() - self.utility.mean())


def conversation(person: Person, values: np.ndarray, answers: int, axes=AXES, seed: int = 0) -> list[Comparison]:
    """The answers to as many questions as are asked."""
    given: list[Comparison] = []
    for _ in range(answers):
        question = next_question(learn(axes, range(len(values)), values, given, seed=seed), enough=0.0)
        if question is None:
            break
        given.append(person.answer(question.first, question.second))
    return given


def random_answers(person: Person, count: int, seed: int = 0) -> list[Comparison]:
    """Answers to random pairs."""
    rng = np.random.default_rng(seed)
    pairs = [rng.choice(len(person.utility), 2, replace=False).tolist() for _ in range(count)]
    return [person.answer(*pair) for pair in pairs]
