"""Greedy ensemble selection over out-of-fold predictions; runs in a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.trial import mean_and_std

__all__ = ["greedy", "select"]

_ROUNDS = 25


def greedy(
    context: Any, files: Mapping[int, str], view: DataView | None = None
) -> tuple[list[tuple[int, float]], float, float | None] | None:
    """Select an ensemble from files of out-of-fold predictions.

    Parameters
    ----------
    context
        The worker's `hitl_widget.evaluation.context.Context`.
    files
        Trial number to an ``.npy`` file of predictions over all validation rows, fold after fold.
    view
        The view with the metric; None for the metric of the original task.

    Returns
    -------
    (members, score, std) or None
        Trial numbers with weights that sum to 1, greatest first, and mean and standard deviation of the ensemble's
        scores over folds, which compare with those of a trial.
    """
    context = context.of(view)
    numbers = list(files)
    if not numbers:
        return None
    predictions = [np.load(files[number], mmap_mode="r") for number in numbers]
    rows = np.concatenate([valid for _, valid in context.folds])

    def score(mean: NDArray[np.float64]) -> float:
        value: float = context.score(rows, mean)
        return value

    weights, _ = select(predictions, score)
    mean = np.asarray(sum(weight * np.asarray(predictions[index], np.float64) for index, weight in weights))
    ends = np.cumsum([0, *(len(valid) for _, valid in context.folds)])
    parts = zip(context.folds, ends, ends[1:], strict=False)
    value, std = mean_and_std([context.score(valid, mean[start:end]) for (_, valid), start, end in parts])
    assert value is not None
    return [(numbers[index], weight) for index, weight in weights], value, std


def select(
    predictions: Sequence[NDArray[Any]], score: Callable[[NDArray[np.float64]], float], rounds: int = _ROUNDS
) -> tuple[list[tuple[int, float]], float]:
    """Choose members with replacement, each round the one that helps most; keep the best round.

    Parameters
    ----------
    predictions
        One array a candidate, all of one shape; best candidate first.
    score
        Greater is better.
    rounds
        How many members are drawn.

    Returns
    -------
    (weights, score)
        ``(index, weight)`` by falling weight, and the score of the weighted mean.

    Notes
    -----
    Caruana et al. 2004, *Ensemble selection from libraries of models*. Ties go to members already in, so that the
    ensemble stays small.

    Examples
    --------
    >>> import numpy as np
    >>> truth = np.array([0.0, 1.0])
    >>> weights, _ = select([np.array([0.5, 1.5]), np.array([-0.5, 0.5])], lambda p: -abs(p - truth).mean(), 2)
    >>> weights
    [(0, 0.5), (1, 0.5)]
    """
    total = np.zeros_like(np.asarray(predictions[0], dtype=np.float64))
    chosen: list[int] = []
    best_score, best_length = -np.inf, 1
    for size in range(1, rounds + 1):
        found = [score((total + one) / size) for one in predictions]
        top = max(found)
        ties = [index for index, value in enumerate(found) if value >= top - 1e-12]
        pick = next((index for index in ties if index in chosen), ties[0])
        chosen.append(pick)
        total += predictions[pick]
        if top > best_score + 1e-12:
            best_score, best_length = top, size
    kept = chosen[:best_length]
    counts = {index: kept.count(index) for index in dict.fromkeys(kept)}
    weights = sorted(((index, count / best_length) for index, count in counts.items()), key=lambda one: -one[1])
    return weights, float(best_score)
