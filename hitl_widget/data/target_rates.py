"""The target by the values of one column: the rate of a class, or the mean of a number, on the rows of the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hitl_widget.data.hints import near_or_all
from hitl_widget.data.profile import MISSING, OTHERS, bars_by_row
from hitl_widget.data.univariate import column_values
from hitl_widget.domain.figures import value_in_words
from hitl_widget.domain.intervals import Interval, mean_interval, wilson
from hitl_widget.domain.task import Column, Task
from hitl_widget.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from hitl_widget.data.task import Understood

__all__ = ["TargetRates", "target_rates"]

_FEW = 30


@dataclass(frozen=True, slots=True)
class TargetRates:
    """The target by the values of a column, on the rows of the search (all but the holdout).

    Parameters
    ----------
    column, target
        Names of both.
    of
        The class whose share of rows is given; "" for a numeric target, whose mean is given.
    labels
        A label per bar, as in the column's distribution; then "all others" and "missing", where there are such rows.
    rows
        Rows of the search per bar.
    bars
        Share or mean per bar with its 95% interval: Wilson's of shares, Student's of means. None without rows, or for
        the mean of a single row.
    overall
        Share or mean over all rows of the search.
    """

    column: str
    target: str
    of: str
    labels: tuple[str, ...]
    rows: tuple[int, ...]
    bars: tuple[Interval | None, ...]
    overall: float

    @property
    def what(self) -> str:
        """The figure: "share of rows with churn = yes", "mean of price"."""
        return f"share of rows with {self.target} = {self.of}" if self.of else f"mean of {self.target}"

    def frame(self) -> pd.DataFrame:
        """Return a row per bar: value, rows, rate or mean, and the ends of its 95% interval."""
        import pandas as pd

        name = "rate" if self.of else "mean"
        rows = [
            (label, count, *((None,) * 3 if one is None else (one.value, one.low, one.high)))
            for label, count, one in zip(self.labels, self.rows, self.bars, strict=True)
        ]
        return pd.DataFrame(rows, columns=[self.column, "rows", name, "low", "high"]).astype(
            {name: "float64", "low": "float64", "high": "float64"}
        )

    def sentence(self) -> str:
        """Return where the target is highest and lowest, among bars with at least 30 rows."""
        enough = [
            (one, label)
            for label, count, one in zip(self.labels, self.rows, self.bars, strict=True)
            if one is not None and count >= _FEW
        ]
        if len(enough) < 2:
            return ""
        low, high = (pick(enough, key=lambda item: item[0].value) for pick in (min, max))
        if low[0].overlaps(high[0]):
            return f"The {self.what} hardly changes with {self.column}: its 95% intervals overlap."
        return (
            f"The {self.what} is highest for {high[1]} ({self._said(high[0])}) and lowest for {low[1]} "
            f"({self._said(low[0])})."
        )

    def _said(self, one: Interval) -> str:
        if self.of:
            share = 100 * one.value
            return f"{share:.1f}%" if 0 < share < 9.95 else f"{share:.0f}%"
        return value_in_words(one.value)

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.sentence(), self.frame().to_string(index=False))))


def target_rates(understood: Understood, column: Column, of: str | None = None) -> TargetRates:
    """Return the target by the values of one column.

    Parameters
    ----------
    understood
        The task with its table; rows of the holdout are not used.
    column
        The column, with the role in which it is read.
    of
        A class; by default the positive class, or the most frequent one of several.

    Raises
    ------
    DataError
        When there is no such class.

    Examples
    --------
    >>> from hitl_widget.data.task import understand
    >>> found = understand({"town": ["a", "b"] * 40, "y": ["no", "yes", "yes", "yes"] * 20}, "y", holdout=0)
    >>> target_rates(found, found.task.columns[0]).frame()["rate"].tolist()
    [0.5, 1.0]
    """
    task = understood.task
    chosen = _class(task, of)
    values = column_values(column, understood.table[column.name])
    labels, bar = bars_by_row(values)
    rows = understood.train
    y = np.asarray(understood.y)[rows]
    y = (y == task.classes.index(chosen)).astype(np.float64) if chosen else y.astype(np.float64)
    bar = bar[rows]
    counts = np.bincount(bar[bar >= 0], minlength=len(labels))
    kept = [i for i in range(len(labels)) if counts[i] or labels[i] not in (OTHERS, MISSING)]
    found = [_interval(y[bar == i], bool(chosen)) for i in kept]
    return TargetRates(
        column.name,
        task.target,
        chosen,
        tuple(labels[i] for i in kept),
        tuple(int(counts[i]) for i in kept),
        tuple(found),
        float(y.mean()) if len(y) else 0.0,
    )


def _interval(y: np.ndarray, share: bool) -> Interval | None:
    if share:
        return wilson(float(y.sum()), len(y))
    return mean_interval(float(y.mean()), float(y.std(ddof=1)), len(y)) if len(y) > 1 else None


def _class(task: Task, of: str | None) -> str:
    """Return the class whose rate is given, "" for a numeric target."""
    classes: Sequence[str] = task.classes
    if not classes:
        if of:
            raise DataError(f"{task.target} is a number and has no class {of!r}. Leave it out.")
        return ""
    if of:
        if of not in classes:
            raise DataError(f"{task.target} has no class {of!r:.60}.{near_or_all(of, classes)}")
        return of
    if task.positive is not None:
        return task.positive
    return classes[int(np.argmax(task.class_counts))]
