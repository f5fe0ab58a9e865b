"""How the rows of a task are judged: in words, and as marks along the rows for a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hitl_widget.data.rows import moments, time_ranks
from hitl_widget.data.scorers import UNWEIGHTED
from hitl_widget.data.task import Understood
from hitl_widget.data.weights import are_equal
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.row_choices import RowChoices
from hitl_widget.domain.spelling import literal
from hitl_widget.domain.task import SplitScheme, Task

__all__ = ["BINS", "DivisionMap", "FoldMap", "division_in_words", "division_line", "division_map"]

BINS, MOST_FOLDS = 120, 10

Run = tuple[int, int, float, float, float]
"""First bin, the bin after the last, and the shares of rows in them that train, validate and are held out."""


@dataclass(frozen=True, slots=True)
class FoldMap:
    """One fold along the rows.

    Parameters
    ----------
    name
        ``"Fold 1"``, or ``"Holdout"``.
    train, valid
        Its rows.
    runs
        Runs of bins with equal shares.
    """

    name: str
    train: int
    valid: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class DivisionMap:
    """The folds and the holdout along the rows.

    Parameters
    ----------
    order
        The order of the rows, in words.
    ends
        Labels of the first and the last row; empty texts where they have none.
    bins
        Number of bins.
    folds
        The folds, then the holdout, if there is one.
    more
        The folds that are not drawn, in words; "" if all are.
    """

    order: str
    ends: tuple[str, str]
    bins: int
    folds: tuple[FoldMap, ...]
    more: str


def division_in_words(understood: Understood, rows: RowChoices | None = None, seen: int = 0) -> tuple[str, ...]:
    """Return sentences on how the scores come about, on the holdout, and on rows that are not used.

    Parameters
    ----------
    understood
        The task with its rows.
    rows
        What was changed about the rows; None if nothing was.
    seen
        Rows of the holdout that trials have used, under another division.
    """
    task, folds = understood.task, understood.folds
    sizes = [len(train) for train, _ in folds], [len(valid) for _, valid in folds]
    fits = f"Each model is fitted {plural(len(folds), 'time')}, on {_span(sizes[0])}, and scored on {_span(sizes[1])}."
    way = task.split_in_words()
    sentences = [f"{way[0].upper()}{way[1:]}, on {plural(task.train_rows, 'row')}. {fits}"]
    held = task.holdout_rows
    later = "later" if _is_later(understood) else "other"
    sentences.append(
        f"{plural(held, f'{later} row')} {'is' if held == 1 else 'are'} the holdout, on which the final models are "
        "scored once, when the search ends."
        if held
        else "There is no holdout: no score tells how good the model is on rows that the search has never used."
    )
    if seen:
        sentences.append(
            f"{'All of them' if seen == held else f'{seen:,} of them'} were used by earlier trials, so they are not "
            "unseen: the score on the holdout may be too good."
        )
    if task.weights:
        without = f" {task.metric.label} does not use the weights." if task.metric.scorer in UNWEIGHTED else ""
        if are_equal(understood.weights):
            without = " All weights are equal, so they have no effect."
        sentences.append(f"Rows are weighted by {task.weights} in fits and scores.{without}")
    words = ("dropped", "added", "labeled", "relabeled")
    changes = () if rows is None else zip((rows.dropped, rows.added, rows.labeled, rows.relabelled), words, strict=True)
    said = [f"{number:,} {word}" for number, word in changes if number]
    if said:
        sentences.append(f"You changed rows: {', '.join(said)}.")
    return (*sentences, *understood.divided.notes)


def _is_later(understood: Understood) -> bool:
    """Return whether the rows of the holdout follow those of the search in time; a person may have named others."""
    split = understood.task.split
    if split.scheme is not SplitScheme.FORWARD or not split.time_column or not len(understood.holdout):
        return False
    ranks = time_ranks(understood.table, split.time_column)
    return bool(ranks[understood.holdout].min() >= ranks[understood.train].max())


def _span(sizes: Sequence[int]) -> str:
    low, high = min(sizes), max(sizes)
    if low == high:
        return plural(low, "row")
    if high - low <= max(2, 0.02 * high):
        return f"about {plural(round(float(np.mean(sizes))), 'row')}"
    return f"{low:,} to {high:,} rows"


def division_map(understood: Understood) -> DivisionMap:
    """Return what a drawing needs: for each fold, the role of the rows along their order."""
    task, folds = understood.task, understood.folds
    order, words = _order(understood)
    n = len(order)
    bins = min(BINS, n)
    edges = np.linspace(0, n, bins + 1).astype(int)
    held = _share(understood.holdout, n, order, edges)
    drawn = [
        FoldMap(
            f"Fold {task.split.number_of(i)}",
            len(train),
            len(valid),
            _runs(_share(train, n, order, edges), _share(valid, n, order, edges), np.zeros(bins)),
        )
        for i, (train, valid) in enumerate(folds[:MOST_FOLDS])
    ]
    if task.split.scheme is SplitScheme.FORWARD:
        drawn.reverse()
    if len(understood.holdout):
        search = _share(understood.train, n, order, edges)
        drawn.append(
            FoldMap("Holdout", len(understood.train), len(understood.holdout), _runs(search, np.zeros(bins), held))
        )
    left = len(folds) - MOST_FOLDS
    ends = _ends(understood, order) if task.split.time_column else ("", "")
    return DivisionMap(words, ends, bins, tuple(drawn), f"and {plural(left, 'more fold')}" if left > 0 else "")


def _order(understood: Understood) -> tuple[np.ndarray, str]:
    """Return the rows in an order in which the folds are easy to see, and the order in words."""
    split = understood.task.split
    n = len(understood.y)
    if split.time_column:
        times = moments(understood.table, split.time_column)
        return np.argsort(pd.factorize(times, sort=True)[0], kind="stable"), f"rows by {split.time_column}"
    part = np.full(n, len(understood.folds) + 1)
    for number_, (_, valid) in reversed(list(enumerate(understood.folds))):
        part[valid] = number_
    part[understood.holdout] = len(understood.folds)
    first = "first " if split.repeats > 1 or split.scheme is SplitScheme.GIVEN else ""
    words = f"rows ordered by {first}validation fold"
    return np.argsort(part, kind="stable"), words


def _share(rows: np.ndarray, n: int, order: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the share of the rows of each bin that are among these, shape (bins,)."""
    mask = np.zeros(n)
    mask[rows] = 1.0
    total = np.concatenate([[0.0], np.cumsum(mask[order])])
    shares: np.ndarray = np.diff(total[edges]) / np.diff(edges)
    return shares


def _runs(train: np.ndarray, valid: np.ndarray, held: np.ndarray) -> tuple[Run, ...]:
    """Return runs of bins whose shares are equal to two digits."""
    shares = np.round(np.column_stack([train, valid, held]), 2)
    starts = [0, *(np.flatnonzero((shares[1:] != shares[:-1]).any(axis=1)) + 1).tolist()]
    ends = [*starts[1:], len(shares)]
    return tuple((a, b, *map(float, shares[a])) for a, b in zip(starts, ends, strict=True))  # type: ignore[misc]


def _ends(understood: Understood, order: np.ndarray) -> tuple[str, str]:
    times = moments(understood.table, str(understood.task.split.time_column)).iloc[order].dropna()

    def label(value: object) -> str:
        return value.strftime("%Y-%m-%d") if isinstance(value, pd.Timestamp) else number(float(value))  # type: ignore[arg-type]

    return label(times.iloc[0]), label(times.iloc[-1])


def division_line(task: Task) -> str:
    """Return the line of Python that divides the rows like this."""
    split = task.split
    said = {
        "groups": split.group_column,
        "time": split.time_column,
        "gap": split.asked_gap,
        "repeats": split.repeats if split.repeats > 1 else None,
    }
    more = "".join(f", {name}={literal(value)}" for name, value in said.items() if value)
    return f"session.set_split(cv={max(2, split.parts)}{more})"
