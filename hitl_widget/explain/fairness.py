"""Figures of a model by group, with their uncertainty and without a verdict. Numpy only, for the kernel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hitl_widget.data.groups import LEAST_CASES, LEAST_ROWS
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.intervals import Interval, wilson
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Kind, Task
from hitl_widget.explain.intervals import PLAIN, SCORES, decided, score_interval

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Audit", "Difference", "GroupFigures", "audit"]

_RESAMPLED = 40_000
"""Rows (times classes) to resample over all groups: a quarter of a second."""

_NO_VERDICT = "These figures do not decide whether a difference is fair."


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Figures of one group.

    Parameters
    ----------
    label
        Its name.
    rows, share
        Rows, and their share of all rows.
    positives
        Rows of the positive class (two classes only).
    scorer
        The scorer of `score`: the task's metric, or accuracy or RMSE where that has no value in this group.
    score
        Greater is better, with a bootstrap interval.
    selection_rate, true_positive_rate, false_positive_rate
        Two classes: share predicted positive of all rows, of the positives and of the negatives, with Wilson's
        intervals; None without such rows.
    mean_error
        Numbers: mean of prediction less truth, with a normal interval; None for a single row.
    small
        Fewer than 30 rows: shown, but not compared.
    few_cases
        Two classes: small, or fewer than 5 positives or negatives, so that the last two rates are not compared.
    """

    label: str
    rows: int
    share: float
    positives: int | None
    scorer: str
    score: Interval | None
    selection_rate: Interval | None
    true_positive_rate: Interval | None
    false_positive_rate: Interval | None
    mean_error: Interval | None
    small: bool
    few_cases: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """The greatest difference between two groups.

    Parameters
    ----------
    of
        Name of the figure: ``"selection rate"``, ``"true positive rate"``, ``"false positive rate"`` or ``"score"``.
    value
        Size of the difference, 0 or more.
    high, low
        Labels of the groups with the greatest and the least value.
    overlap
        True if the two 95% intervals overlap.
    """

    of: str
    value: float
    high: str
    low: str
    overlap: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """Differences of a model's figures between the groups of a column.

    Parameters
    ----------
    groups
        Those that have rows, in the order of the labels.
    demographic_parity
        Two classes: the greatest difference of selection rates.
    equalised_odds
        Two classes: the greater of the differences of true and of false positive rates.
    score
        The greatest difference of scores, among groups scored alike.
    worst
        Label of the group with the least score among those.
    sentence
        The largest difference in words.
    """

    groups: tuple[GroupFigures, ...]
    demographic_parity: Difference | None
    equalised_odds: Difference | None
    score: Difference | None
    worst: str | None
    sentence: str

    def frame(self) -> pd.DataFrame:
        """Return a table with a row for each group: its figures, each with the ends of its 95% interval.

        Returns
        -------
        pandas.DataFrame
            Columns group, rows, share, small, scorer, and for each figure its value, `_low` and `_high`.
        """
        import pandas as pd

        figures = ("score", "selection_rate", "true_positive_rate", "false_positive_rate", "mean_error")
        rows = []
        for one in self.groups:
            row = {"group": one.label, "rows": one.rows, "share": one.share, "small": one.small, "scorer": one.scorer}
            for name in figures:
                found: Interval | None = getattr(one, name)
                if found is not None:
                    row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
            rows.append(row)
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        shown = self.frame().drop(columns="scorer", errors="ignore")
        return f"{self.sentence}\n{shown.to_string(index=False, float_format=lambda value: f'{value:.3f}')}"


def audit(
    task: Task, y: np.ndarray, predictions: np.ndarray, codes: np.ndarray, labels: Sequence[str], seed: int = 0
) -> Audit:
    """Return a model's figures for each group, and the largest difference between two.

    Differences are between groups of 30 rows and more; for rates among positives and negatives, with five of each.

    Parameters
    ----------
    task
        The task.
    y : ndarray of shape (n,)
        Codes of classes or numbers.
    predictions : ndarray of shape (n,) or (n, K)
        Numbers, P(code 1) or probabilities, of rows that the model was not fitted on.
    codes : ndarray of int, shape (n,)
        Places in `labels`, as `hitl_widget.data.groups.groups_of` gives them.
    labels
        Names of the groups.
    seed
        Seed of the bootstrap.
    """
    groups, present = [], max(1, len(np.unique(codes)))
    most = min(2000, max(200, _RESAMPLED // (present * (predictions.shape[1] if predictions.ndim == 2 else 1))))
    for code, label in enumerate(labels):
        rows = np.flatnonzero(codes == code)
        if len(rows):
            rng = np.random.default_rng([abs(seed), code])
            groups.append(_figures(task, label, y[rows], predictions[rows], len(rows) / len(y), rng, most))
    shown = tuple(groups)
    parity = _largest(shown, "selection rate")
    odds = _greater(_largest(shown, "true positive rate"), _largest(shown, "false positive rate"))
    scored = _scored_alike(task, shown)
    worst = min(scored, key=_score_of).label if scored else None
    apart = _largest(scored, "score")
    sentence = _sentence(task, shown, _greater(parity, odds) or apart)
    return Audit(shown, parity, odds, apart, worst, sentence)


def _figures(
    task: Task, label: str, y: np.ndarray, predictions: np.ndarray, share: float, rng: np.random.Generator, most: int
) -> GroupFigures:
    scorer, score = _scored(task, y, predictions, rng, most)
    n = len(y)
    selected = found = mistaken = error = positives = None
    if task.kind is Kind.BINARY:
        positive, said = y == 1, decided(predictions) == 1
        positives = int(positive.sum())
        selected = wilson(float(said.sum()), n)
        found = wilson(float((said & positive).sum()), positives)
        mistaken = wilson(float((said & ~positive).sum()), n - positives)
    elif task.kind is Kind.REGRESSION:
        error = _mean_interval(np.asarray(predictions, np.float64) - y)
    small = n < LEAST_ROWS
    few = positives is not None and (small or min(positives, n - positives) < LEAST_CASES)
    return GroupFigures(label, n, share, positives, scorer, score, selected, found, mistaken, error, small, few)


def _scored(
    task: Task, y: np.ndarray, predictions: np.ndarray, rng: np.random.Generator, most: int
) -> tuple[str, Interval | None]:
    """Return the metric's score, or a plain one where the metric has no value."""
    scorer = task.metric.scorer
    plain = PLAIN["numbers" if task.kind is Kind.REGRESSION else "classes"]
    found = score_interval(scorer, y, predictions, rng, most) if scorer in SCORES else None
    return (scorer, found) if found is not None else (plain, score_interval(plain, y, predictions, rng, most))


def _mean_interval(values: np.ndarray) -> Interval | None:
    """Return a mean and its normal interval; None for one value, which does not tell how others vary."""
    mean, n = float(values.mean()), len(values)
    if n < 2:
        return None
    half = 1.96 * float(values.std(ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


_RATES = {
    "selection rate": "selection_rate",
    "true positive rate": "true_positive_rate",
    "false positive rate": "false_positive_rate",
    "score": "score",
}


def _of(group: GroupFigures, what: str) -> Interval | None:
    found: Interval | None = getattr(group, _RATES[what])
    return found


def _score_of(group: GroupFigures) -> float:
    return group.score.value if group.score is not None else math.inf


def _scored_alike(task: Task, groups: Sequence[GroupFigures]) -> tuple[GroupFigures, ...]:
    """Return the groups with enough rows that share a scorer: the metric, else its substitute."""
    enough = [one for one in groups if not one.small and one.score is not None]
    alike = [one for one in enough if one.scorer == task.metric.scorer]
    return tuple(alike or enough)


def _largest(groups: Sequence[GroupFigures], what: str) -> Difference | None:
    """Return the greatest difference of one figure, None with fewer than two groups to compare."""
    by_case = what in ("true positive rate", "false positive rate")
    held = [
        (found, one.label)
        for one in groups
        if not (one.few_cases if by_case else one.small) and (found := _of(one, what)) is not None
    ]
    if len(held) < 2:
        return None
    high, low = max(held, key=lambda item: item[0].value), min(held, key=lambda item: item[0].value)
    if high is low:
        high, low = held[0], held[1]
    return Difference(what, high[0].value - low[0].value, high[1], low[1], high[0].overlaps(low[0]))


def _greater(one: Difference | None, other: Difference | None) -> Difference | None:
    if one is None or other is None:
        return one or other
    return one if one.value >= other.value else other


def _sentence(task: Task, groups: Sequence[GroupFigures], found: Difference | None) -> str:
    """Describe the largest difference, its groups, and whether it may be chance."""
    if found is None:
        enough = sum(not one.small for one in groups)
        return (
            f"Nothing to compare: {enough or 'no'} {'group has' if enough == 1 else 'groups have'} at least "
            f"{LEAST_ROWS} rows. {_NO_VERDICT}"
        )
    left = sum(one.small for one in groups)
    held = {one.label: one for one in groups}
    if found.value == 0:
        first = f"The {_named(task, found, held)} is the same in all comparable groups."
    else:
        high, low = (_written(task, held[label], found.of) for label in (found.high, found.low))
        chance = "the intervals overlap" if found.overlap else "the intervals do not overlap"
        start = _START[found.of].format(target=task.target, positive=task.positive, name=_named(task, found, held))
        first = f"Largest difference: {start} {high} for “{found.high}” and {low} for “{found.low}”; {chance}."
    aside = (
        f" {plural(left, 'group')} with fewer than {LEAST_ROWS} rows {'is' if left == 1 else 'are'} left out."
        if left
        else ""
    )
    return f"{first}{aside} {_NO_VERDICT}"


_START = {
    "selection rate": "the share predicted {positive} is",
    "true positive rate": "among rows with {target} = {positive}, the share predicted {positive} is",
    "false positive rate": "among rows without {target} = {positive}, the share predicted {positive} is",
    "score": "{name} is",
}


def _named(task: Task, found: Difference, held: dict[str, GroupFigures]) -> str:
    """Return the display name of a figure."""
    if found.of != "score":
        return found.of
    scorer = held[found.high].scorer
    return task.metric.label if scorer == task.metric.scorer else metric_named(scorer).label


def _written(task: Task, group: GroupFigures, what: str) -> str:
    """Write a figure with its interval: rates as percentages, scores in the metric's unit."""
    one = _of(group, what)
    assert one is not None
    if what != "score":
        return f"{100 * one.value:.0f}% ({100 * one.low:.0f} to {100 * one.high:.0f}%)"
    metric = task.metric if group.scorer == task.metric.scorer else metric_named(group.scorer)
    ends = sorted((metric.shown(one.low), metric.shown(one.high)))
    like = (ends[1] - ends[0]) / 4
    return f"{number(metric.shown(one.value), like)} ({number(ends[0], like)} to {number(ends[1], like)})"
