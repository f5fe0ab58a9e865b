"""View "Where does the model make the most errors?": groups of rows with more errors than chance explains."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from hitl_widget.charts.parts import Rows, along, chart, finished, hue, name_axis
from hitl_widget.data.groups import LEAST_ROWS, groups_of
from hitl_widget.domain.figures import number
from hitl_widget.domain.intervals import Interval, wilson
from hitl_widget.domain.task import Kind, Role, Task
from hitl_widget.errors import DataError
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.intervals import decided, score_interval
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import listed, need, percent
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "slices"]

_LEVEL = 0.05
_STEP = 36
"""Pixels for the one or two lines of a group's name."""
_PAIRED = 12
_ALIKE = 0.7
_HARDER = 1.64
Errors = Literal["mistakes", "misses", "false alarms"]
_NOTES = {
    "mistakes": ("Rows are classified at a threshold of 0.50; when one class is rare, most mistakes are misses.",),
    "misses": ("Positive rows only.",),
    "false alarms": ("Negative rows only.",),
}
_Codes = Mapping[str, tuple[np.ndarray, tuple[str, ...]]]
_ERRS = {
    "mistakes": "rows are predicted incorrectly",
    "misses": "positive rows are missed",
    "false alarms": "negative rows are predicted positive",
}


def compute(source: ModelSource) -> View:
    """Return the view of the out-of-fold predictions."""
    rows, y, predictions = source.out_of_fold()
    return slices(source.context.task, y, predictions, source.context.rows(rows), about=source.about)


@dataclass(frozen=True, slots=True)
class _Slice:
    """Rows of one group, and how far their errors exceed those of the others."""

    where: tuple[tuple[str, str], ...]
    rows: np.ndarray
    value: float
    z: float
    p: float


def _condition(column: str, group: str, whole: bool = False) -> str:
    """Return the condition that a row of a group satisfies; `whole` if the column holds whole numbers.

    Examples
    --------
    >>> _condition("month", "oct"), _condition("age", "over 25, up to 50"), _condition("pdays", "over -1")
    ('month is oct', '25 < age ≤ 50', 'pdays > −1')
    >>> _condition("hr", "over 12, up to 18", True)
    'hr is 13 to 18'
    """
    found = _RANGE.fullmatch(group)
    if found is None or not group:
        return f"{column} is {group}"
    if whole and all(end is not None and end.lstrip("-").isdigit() for end in found.groups()):
        first, last = int(found[1]) + 1, int(found[2])
        span = f"{first}" if first == last else f"{first} to {last}"
        return f"{column} is {span}".replace("-", "−")
    low, high = (None if end is None else re.sub("^-", "−", end) for end in found.groups())
    if high is None:
        return f"{column} > {low}"
    return f"{column} ≤ {high}" if low is None else f"{low} < {column} ≤ {high}"


_RANGE = re.compile(r"(?:over (\S+?))?(?:, (?=up to ))?(?:up to (\S+))?")


def slices(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    table: pd.DataFrame,
    *,
    errors: Errors = "mistakes",
    columns: Sequence[str] | None = None,
    pairs: bool = True,
    most: int = 8,
    seed: int = 0,
    about: Mapping[str, Any] | None = None,
) -> View:
    """Find the groups of rows that a model errs on most, beyond chance.

    Parameters
    ----------
    task
        The task.
    y : ndarray of shape (n,)
        Codes or numbers.
    predictions : ndarray of shape (n,) or (n, K)
        Numbers, P(code 1) or probabilities, of rows that the model was not fitted on.
    table : DataFrame of n rows
        The same rows, canonical columns.
    errors
        Kind of error. Two classes: ``"mistakes"``, or ``"misses"`` among the positives, or ``"false alarms"`` among the
        negatives. Numbers: the absolute error, whatever is said here.
    columns
        Columns to look at, default all of the table but texts.
    pairs
        Look at groups of two columns too: of the 12 columns that tell most alone.
    most
        Most groups to show.
    seed
        Seed of the bootstrap (numbers).
    about
        The model or trial that the view is of.

    Returns
    -------
    View
        ``slices``, the worst first: label, column, value, second_column, second_value, rows, error (share of mistakes
        or mean absolute error), low, high, overall, certain.

    Raises
    ------
    DataError
        For a column that the table lacks, or when the kind of error does not suit the task.

    Notes
    -----
    A group counts as worse when it errs more than the same number of rows drawn at random would: by the hypergeometric
    distribution for mistakes, by rank sums for sizes of errors. All groups of 30 rows and more are held to 5% together
    (Holm 1979); pairs that were left out because their columns tell little alone count as looked at. A pair is shown
    only where it errs more than each of its two groups does.
    """
    wrong, some = _wrong(task, np.asarray(y), np.asarray(predictions), errors)
    names = _columns(task, table, columns)
    codes = {name: groups_of(table[name]) for name in names}
    codes = {name: (found[some], labels) for name, (found, labels) in codes.items()}
    ranks = None if task.kind is not Kind.REGRESSION else _ranks(wrong)
    held = list(_single(codes, wrong, ranks))
    looked = len(held)
    if pairs and len(names) > 1:
        telling: dict[str, float] = dict.fromkeys(names, -math.inf)
        for one in held:
            telling[one.where[0][0]] = max(telling[one.where[0][0]], one.z)
        chosen = sorted(names, key=lambda name: -telling[name])[:_PAIRED]
        double = list(_double(chosen, codes, wrong, ranks, {one.where[0]: one for one in held}))
        whole = len(names) * (len(names) - 1) / max(1, len(chosen) * (len(chosen) - 1))
        looked += math.ceil(len(double) * whole)
        held += [one for one in double if one.z > -math.inf]
    certain = _holm(held, looked)
    shown = _apart(sorted(held, key=lambda one: (one.p, -one.z)), most)
    overall = float(wrong.mean()) if len(wrong) else 0.0
    rng = np.random.default_rng([abs(seed), 14])
    integers = {name for name in names if _holds_whole_numbers(table[name])}
    rows = [_row(task, one, wrong, overall, id(one) in certain, rng, integers) for one in shown]
    return VIEW.answer(
        _sentences(task, rows, overall, looked, errors),
        {"slices": rows},
        question="Where are the model's errors largest?" if task.kind is Kind.REGRESSION else "",
        notes=_NOTES.get(errors if task.kind is Kind.BINARY else "", ()),
        about={**(about or {}), "errors": errors},
        charts=_charts(task, errors) if rows else (),
        options={"errors": ("mistakes", "misses", "false alarms")} if task.kind is Kind.BINARY else {},
    )


def _holds_whole_numbers(values: pd.Series) -> bool:
    """Return whether a column holds whole numbers alone, apart from missing cells."""
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return False
    known = np.asarray(values.dropna(), np.float64)
    return bool(np.all(known == np.floor(known)))


def _charts(task: Task, errors: str) -> tuple[str, ...]:
    """Return the name of the chart whose axis names the error."""
    if task.kind is Kind.REGRESSION:
        return ("slices_numbers",)
    return ({"misses": "slices_misses", "false alarms": "slices_alarms"}.get(errors, "slices"),)


def _wrong(task: Task, y: np.ndarray, predictions: np.ndarray, errors: str) -> tuple[np.ndarray, np.ndarray]:
    """Return how wrong each row is, and which rows count."""
    every = np.arange(len(y))
    if task.kind is Kind.REGRESSION:
        return np.abs(np.asarray(predictions, np.float64) - y), every
    wrong = (decided(predictions) != y).astype(np.float64)
    if errors == "mistakes":
        return wrong, every
    need(task, Kind.BINARY, view="slices")
    if errors not in _NOTES:
        raise DataError(f'errors= takes "mistakes", "misses" or "false alarms"; got {errors!r}.')
    some = np.flatnonzero(y == (1 if errors == "misses" else 0))
    return wrong[some], some


def _columns(task: Task, table: pd.DataFrame, columns: Sequence[str] | None) -> list[str]:
    if columns is None:
        texts = {column.name for column in task.columns_with(Role.TEXT)}
        return [name for name in table.columns if name not in texts]
    gone = [name for name in columns if name not in table.columns]
    if gone:
        raise DataError(
            f"The table has no column {gone[0]!r}; it has {listed([repr(one) for one in table.columns], 8)}."
        )
    return list(dict.fromkeys(columns))


def _single(codes: _Codes, wrong: np.ndarray, ranks: np.ndarray | None) -> Iterator[_Slice]:
    for name, (places, labels) in codes.items():
        counts = np.bincount(places, minlength=len(labels))
        for code in np.flatnonzero((counts >= LEAST_ROWS) & (counts < len(wrong))):
            yield _held(((name, labels[code]),), np.flatnonzero(places == code), wrong, ranks)


def _double(
    chosen: Sequence[str],
    codes: _Codes,
    wrong: np.ndarray,
    ranks: np.ndarray | None,
    single: Mapping[tuple[str, str], _Slice],
) -> Iterator[_Slice]:
    """Yield groups of two columns; those with no more errors than one of their groups have a z of minus infinity."""
    for one, other in combinations((name for name in codes if name in chosen), 2):
        (a, first), (b, second) = codes[one], codes[other]
        both = a * len(second) + b
        counts = np.bincount(both, minlength=len(first) * len(second))
        sums = np.bincount(both, weights=wrong, minlength=len(counts))
        for place in np.flatnonzero((counts >= LEAST_ROWS) & (counts < len(wrong))):
            where = ((one, first[place // len(second)]), (other, second[place % len(second)]))
            value, n = sums[place] / counts[place], counts[place]
            parts = [single[part] for part in where if part in single]
            if any(value - part.value < _HARDER * _noise(wrong[part.rows], n) for part in parts):
                yield _Slice(where, np.empty(0, np.int64), float(value), -math.inf, 1.0)
            else:
                yield _held(where, np.flatnonzero(both == place), wrong, ranks)


def _noise(values: np.ndarray, n: int) -> float:
    """Return the standard error of the mean of n of these values."""
    return float(values.std()) / math.sqrt(n)


def _held(where: tuple[tuple[str, str], ...], rows: np.ndarray, wrong: np.ndarray, ranks: np.ndarray | None) -> _Slice:
    """Return a group with the probability that as many random rows have as many errors."""
    values = wrong if ranks is None else ranks
    n, m = len(wrong), len(rows)
    apart = float(values[rows].mean() - values.mean())
    spread = float(values.std()) * math.sqrt((n - m) / (m * max(n - 1, 1)))
    z = apart / spread if spread > 0 else 0.0
    value = float(wrong[rows].mean())
    if ranks is None:
        p = _tail(n, int(wrong.sum()), m, int(wrong[rows].sum())) if z > 1 else 1.0
    else:
        p = 0.5 * math.erfc(z / math.sqrt(2)) if value > wrong.mean() else 1.0
    return _Slice(where, rows, value, z, p)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks, equal values sharing their mean rank."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[place])


def _tail(n: int, bad: int, drawn: int, at_least: int) -> float:
    """Return the probability of at least so many errors among rows drawn without replacement."""
    k = np.arange(at_least, min(bad, drawn) + 1)
    logs = np.r_[0.0, np.cumsum(np.log(np.arange(1, n + 1)))]

    def choose(total: Any, some: Any) -> Any:
        return logs[total] - logs[some] - logs[total - some]

    k = k[(drawn - k) <= (n - bad)]
    terms = choose(bad, k) + choose(n - bad, drawn - k) - choose(n, drawn)
    return float(min(1.0, np.exp(terms).sum()))


def _holm(held: Sequence[_Slice], looked: int) -> set[int]:
    """Return which groups are worse than chance at a level of 5% over all tests (Holm)."""
    found = set()
    for place, one in enumerate(sorted(held, key=lambda one: one.p)):
        if one.p > _LEVEL / max(1, looked - place):
            break
        found.add(id(one))
    return found


def _apart(ordered: Sequence[_Slice], most: int) -> list[_Slice]:
    """Return the first groups, without those that share nearly all rows with an earlier one."""
    kept: list[_Slice] = []
    for one in ordered:
        if len(kept) == most or one.z <= 0:
            break
        if all(_overlap(one.rows, other.rows) < _ALIKE for other in kept):
            kept.append(one)
    return kept


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)


def _row(
    task: Task,
    one: _Slice,
    wrong: np.ndarray,
    overall: float,
    certain: bool,
    rng: np.random.Generator,
    whole: Collection[str] = (),
) -> dict[str, Any]:
    found: Interval | None
    if task.kind is Kind.REGRESSION:
        errors = wrong[one.rows]
        back = score_interval("neg_mean_absolute_error", np.zeros(len(errors)), errors, rng)
        found = None if back is None else Interval(-back.value, -back.high, -back.low, back.rows)
    else:
        found = wilson(float(wrong[one.rows].sum()), len(one.rows))
    assert found is not None
    second = one.where[1] if len(one.where) > 1 else (None, None)
    return {
        "label": " and ".join(_condition(column, value, column in whole) for column, value in one.where),
        "column": one.where[0][0],
        "value": one.where[0][1],
        "second_column": second[0],
        "second_value": second[1],
        "rows": len(one.rows),
        "error": found.value,
        "low": found.low,
        "high": found.high,
        "overall": overall,
        "certain": certain,
    }


def _sentences(
    task: Task, rows: Sequence[Mapping[str, Any]], overall: float, looked: int, errors: str
) -> tuple[str, ...]:
    sure = [row for row in rows if row["certain"]]
    more = "larger errors" if task.kind is Kind.REGRESSION else "more errors"
    if not looked:
        return (f"There are no groups of at least {LEAST_ROWS} rows to compare.",)
    if not sure:
        return ((f"No group has {more} than chance explains, of {looked:,} groups of at least {LEAST_ROWS} rows."),)
    worst = max(sure, key=lambda row: row["low"])
    interval = Interval(worst["error"], worst["low"], worst["high"], worst["rows"])
    if task.kind is Kind.REGRESSION:
        like = (interval.high - interval.low) / 4
        what = (
            f"the mean absolute error is {number(interval.value, like)} (95% interval "
            f"{number(interval.low, like)} to {number(interval.high, like)}, {worst['rows']:,} rows), compared with "
            f"{number(overall, like)} overall"
        )
    else:
        low = percent(interval.low).removesuffix("%")
        what = (
            f"{percent(interval.value)} of {worst['rows']:,} {_ERRS[errors]} (95% interval {low} to "
            f"{percent(interval.high)}), compared with {percent(overall)} overall"
        )
    size = "Errors are larger than usual" if task.kind is Kind.REGRESSION else "The model errs more than usual"
    first = f"{size} where {worst['label']}: {what}."
    left = len(sure) - 1
    others = f"The {left} other groups shown also have" if left > 1 else "The other group shown also has"
    tail = f" {others} {more} than chance would explain." if left else ""
    return first, f"The significance level is corrected for the {looked:,} groups that were tested.{tail}"


def draw(slices: Rows = ()) -> Any:
    """Draw the groups with the highest error rate, the worst above, with intervals and the line of all rows.

    Parameters
    ----------
    slices
        Rows of the view ``slices``.
    """
    return _drawn(slices, "share of the group's rows predicted incorrectly", ".3~p")


def draw_misses(slices: Rows = ()) -> Any:
    """Draw the groups with the highest share of positive rows that are missed; as `draw`."""
    return _drawn(slices, "share of positive rows in the group that are missed", ".3~p")


def draw_alarms(slices: Rows = ()) -> Any:
    """Draw the groups with the highest share of negative rows predicted positive; as `draw`."""
    return _drawn(slices, "share of negative rows in the group predicted positive", ".3~p")


def draw_numbers(slices: Rows = ()) -> Any:
    """Draw the groups with the largest mean absolute error; as `draw`."""
    return _drawn(slices, "mean absolute error in the group, in units of the target", ",.3~r")


def _drawn(slices: Rows, title: str, form: str) -> Any:
    """Draw the groups that err most, with the error named on the axis."""
    import altair as alt

    exact = ".1%" if form.endswith("p") else form
    base = chart("slices", slices)
    x = along("error:Q", title, scale=alt.Scale(zero=True), axis={"format": form})
    wrapped = "length(datum.label) > 26 ? split(replace(datum.label, ' and ', ' and\\n'), '\\n') : datum.label"
    axis = name_axis(320, labelExpr=wrapped, labelLineHeight=13)
    order = alt.SortField("low", order="descending")
    y = alt.Y("label:N", sort=order, title=None, axis=axis, scale=alt.Scale(padding=0.8))
    colour = hue("datum.certain", "hue_b", "faint")
    tooltip = [
        alt.Tooltip("label:N", title="where"),
        alt.Tooltip("rows:Q", format=","),
        alt.Tooltip("error:Q", title="error", format=exact),
        alt.Tooltip("overall:Q", title="all rows", format=exact),
    ]
    drawn = [
        base.mark_rule(color=alt.expr("faint"), strokeDash=[4, 3]).encode(x=alt.X("mean(overall):Q")),
        base.mark_text(baseline="bottom", dy=-4, fontSize=11, color=alt.expr("faint")).encode(
            x=alt.X("mean(overall):Q"), y=alt.value(0), text=alt.value("all rows")
        ),
        base.mark_rule(strokeWidth=3, opacity=0.4, color=colour).encode(x=alt.X("low:Q"), x2="high:Q", y=y),
        base.mark_point(filled=True, size=70, opacity=1, color=colour).encode(x=x, y=y, tooltip=tooltip),
    ]
    return finished(drawn, step=_STEP)


VIEW = ViewDefinition(
    name="slices",
    level=Level.MODEL,
    topic="Errors",
    question="Where does the model make the most errors?",
    summary="Return the groups of rows for which the model errs more than chance explains.",
    options=(TRIAL,),
    compute=compute,
    out_of_fold=True,
    charts={
        "slices": draw,
        "slices_misses": draw_misses,
        "slices_alarms": draw_alarms,
        "slices_numbers": draw_numbers,
    },
    concept=Concept(
        "slices",
        "Slices",
        "An average over all rows can hide a group for which the model errs far more. Many groups are tested "
        "here, so some would stand out by chance; the significance level is corrected for that.",
    ),
)
