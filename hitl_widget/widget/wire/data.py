"""The table: its columns, one column, and the preview of a data change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypedDict

from hitl_widget.data.profile import ColumnProfile, Distribution, target_distribution
from hitl_widget.data.target_rates import target_rates
from hitl_widget.data.task import Understood
from hitl_widget.domain.commands import ChangeData
from hitl_widget.domain.data_choices import AUTO, ENCODINGS, FILLINGS
from hitl_widget.domain.data_preview import preview_data
from hitl_widget.domain.figures import duration, listed, plural
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Act, Steering
from hitl_widget.domain.task import Column, Kind, Role, Task
from hitl_widget.domain.trial import Author
from hitl_widget.errors import CommandError
from hitl_widget.report.profile import bars_of, table_in_words
from hitl_widget.widget.requests import request

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = [
    "ColumnDetail",
    "ColumnRole",
    "ColumnRow",
    "Data",
    "DataInfo",
    "DataPreview",
    "DistributionInfo",
    "RatesInfo",
    "RoleInfo",
    "Spread",
    "TransformInfo",
    "WayInfo",
    "columns_of",
]

ColumnRole = Literal["numeric", "categorical", "date", "text", "ignored"]
Spread = Literal["numbers", "categories", "dates", "lengths", "none"]
ColumnRow = tuple[
    str,  # name
    ColumnRole,  # role
    bool,  # given: the role was set by the person
    str,  # kind: what its cells are, in words; "" while it is not known
    int,  # missing cells
    int,  # distinct values
    float | None,  # strength: predictive power alone, 0 to 1; null if left out or not known yet
    Spread,
    list[int],  # bars: heights from 0 to 100, what is not shown by itself at the end; [] while they are not known
    str,  # filling: how missing cells are filled, "auto", a way or "value"
    str,  # encoding
]
"""A column of the table with its current role."""


class DistributionInfo(TypedDict):
    """Distribution of the values over all rows."""

    kind: Spread
    labels: list[str]
    """One label per bar."""
    counts: list[int]
    below: int
    """Rows below the first bar, so that outliers do not squeeze the other bars."""
    above: int
    other: int
    """Rows in the categories that are not shown."""


class WayInfo(TypedDict):
    way: str
    label: str


class RoleInfo(TypedDict):
    role: ColumnRole
    label: str
    story: str
    """Its meaning for the models, in one sentence."""
    fillings: list[WayInfo]
    """Ways to fill missing cells; `values` says whether a custom value is possible."""
    values: Literal["none", "number", "text"]
    encodings: list[WayInfo]
    """Ways to encode categories; a single one means that there is no choice."""


class TransformInfo(TypedDict):
    """A custom transform."""

    name: str
    columns: list[str]
    what: str


class DataInfo(TypedDict):
    """The table and its columns."""

    sentence: str
    notes: list[str]
    """Sentences on how the table was read."""
    target: str
    spread: DistributionInfo
    """Distribution of the target."""
    about: str
    """The prediction task in one sentence."""
    metric: str
    """The metric that measures how well a column alone predicts the target."""
    rows: list[ColumnRow]
    """In the order of the table, at most 2,000."""
    total: int
    """Number of columns, without the target."""
    rest: str
    """The columns that are not among the rows, in words; "" if all are."""
    reading: bool
    """True while the columns are being profiled; `Status.data_version` rises when that is done."""
    roles: list[RoleInfo]
    transforms: list[TransformInfo]
    python: str
    """The line of Python that adds a transform."""


class RatesInfo(TypedDict):
    """The target by the values of a column, on the rows of the search."""

    of: str
    """The class whose share of rows is given; "" for the mean of a number."""
    classes: list[str]
    """Classes to choose from; [] if there is no choice."""
    what: str
    """The figure: "share of rows with churn = yes", "mean of price"."""
    sentence: str
    """Where it is highest and lowest; "" if too few rows say so."""
    labels: list[str]
    """The bars of the distribution, then "all others" and "missing" where there are such rows."""
    rows: list[int]
    values: list[float | None]
    low: list[float | None]
    """Lower ends of the 95% intervals."""
    high: list[float | None]
    overall: float
    total: int
    """Rows of the search."""
    python: str


class ColumnDetail(TypedDict):
    name: str
    role: ColumnRole
    reason: str
    act: int | None
    """Number of the act that left it out, for `undo`; null if it is in use, or was left out otherwise."""
    understood: ColumnRole
    """The role that was inferred from the table."""
    because: str
    """The reason for the role."""
    kind: str
    missing: int
    distinct: int
    examples: list[str]
    spread: DistributionInfo
    relation: str
    """How well it alone predicts the target, in words; "" if left out."""
    rates: RatesInfo
    filling: str
    value: float | str | None
    """The value that fills missing cells, if it is a value."""
    encoding: str


class DataPreview(TypedDict):
    """The preview of a data change."""

    title: str
    python: str
    sentence: str
    leave: int
    """Trials that it would set aside."""
    back: int
    """Trials that it would bring back."""
    running: int
    """Running trials, which read the current columns: they finish or are canceled, as requested."""
    best_leaves: bool


MOST_ROWS = 2000
_NOTHING = Distribution("none")
_STORIES = {
    Role.NUMERIC: ("number", "Models use the order of its values and the distances between them."),
    Role.CATEGORICAL: ("category", "Models treat each value as a separate category, without an order."),
    Role.DATE: ("date", "Models use the point in time, and its year, month, weekday and hour."),
    Role.TEXT: ("text", "Encoded by its words."),
    Role.IGNORED: ("left out", "No model uses it. It stays in the table and can be used again at any time."),
}
_WAYS = {
    AUTO: "each model's default",
    "median": "the median",
    "mean": "the mean",
    "most_frequent": "the most frequent value",
    "own_level": "a separate category",
    "one_hot": "one column per category",
    "ordinal": "one number per category",
    "target_mean": "the mean of the target",
    "frequency": "the frequency of the category",
}


class Data:
    """Answers requests about the table and its columns.

    Parameters
    ----------
    runtime
        The runtime of the session; only read.
    ask
        Requests profiles of columns that have none yet.
    """

    def __init__(self, runtime: Runtime, ask: Callable[[tuple[Column, ...], str], None]) -> None:
        self._runtime, self._ask = runtime, ask

    @request("profile", beside=True)
    def profile(self, state: SessionState) -> DataInfo:
        """Return the columns; profiles that follow later raise `Status.data_version`."""
        columns = columns_of(self._runtime, state)
        self._ask(columns, state.steering.data.metric)
        return data_info(self._runtime, state, self._runtime.survey.profiles_now(columns))

    @request("column", beside=True)
    def column(self, state: SessionState, column: str, of: str = "") -> ColumnDetail:
        """Return everything about one column, and the rate of a class by its values."""
        return column_info(self._runtime, state, column, of)

    @request("preview_data", beside=True)
    def preview_data(self, state: SessionState, command: ChangeData) -> DataPreview:
        """Return the preview of a data change; nothing is applied."""
        return preview_info(self._runtime, state, command)


def columns_of(runtime: Runtime, state: SessionState) -> tuple[Column, ...]:
    """Return the columns of the table under the choices of a state."""
    return state.steering.data.columns(runtime.understood.task)


def data_info(runtime: Runtime, state: SessionState, known: Mapping[str, ColumnProfile]) -> DataInfo:
    """Return the columns of the table under the current choices."""
    choices, given = state.steering.data, runtime.understood.task
    task = choices.applied(given)
    shown = _shown(task.columns, known)
    left = len(task.columns) - len(shown)
    rest = (
        f"{plural(left, 'more column')}: session.profile.frame() lists all columns, and session.set_role(…) changes "
        "their roles."
    )
    return {
        "sentence": table_in_words(task),
        "notes": _notes(runtime.understood),
        "target": given.target,
        "spread": _spread(target_distribution(runtime.understood)),
        "about": _about(task),
        "metric": next((one.relation.metric for one in known.values() if one.relation is not None), ""),
        "rows": [_row(one, known.get(one.name), state) for one in shown],
        "total": len(task.columns),
        "rest": rest if left else "",
        "reading": len(known) < len(task.columns),
        "roles": [_role(one) for one in Role],
        "transforms": [
            {"name": one.name, "columns": list(one.columns), "what": one.what} for one in choices.transforms
        ],
        "python": _transform_line(task),
    }


def _notes(understood: Understood) -> list[str]:
    """Return what was done to the table when it was read; notes on the division are with the folds."""
    numbers = [
        one.name for one in understood.task.columns_with(Role.NUMERIC) if understood.table[one.name].dtype == object
    ]
    read = [f"Text read as numbers: {listed(numbers)}."] if numbers else []
    return [*read, *(note for note in understood.task.notes if note not in understood.divided.notes)]


def _shown(columns: Sequence[Column], known: Mapping[str, ColumnProfile]) -> Sequence[Column]:
    """Return the columns to show, in the order of the table; of too many, the most predictive ones in use."""
    if len(columns) <= MOST_ROWS:
        return columns

    def weight(column: Column) -> tuple[bool, float]:
        relation = known[column.name].relation if column.name in known else None
        return column.given or column.role is not Role.IGNORED, 0.0 if relation is None else relation.strength

    chosen = {one.name for one in sorted(columns, key=weight, reverse=True)[:MOST_ROWS]}
    return [one for one in columns if one.name in chosen]


def _row(column: Column, known: ColumnProfile | None, state: SessionState) -> ColumnRow:
    relation = None if known is None else known.relation
    spread = _NOTHING if known is None else known.distribution
    filling = state.steering.data.filling.get(column.name, AUTO)
    return (
        column.name,
        column.role.value,
        column.given,
        "" if known is None else known.kind,
        column.missing,
        column.distinct,
        None if relation is None else round(relation.strength, 4),
        spread.kind,  # type: ignore[return-value]
        bars_of(spread),
        filling if isinstance(filling, str) else "value",
        state.steering.data.encoding.get(column.name, AUTO),
    )


def _spread(one: Distribution) -> DistributionInfo:
    labels, counts = list(one.labels), list(one.counts)
    return {
        "kind": one.kind,  # type: ignore[typeddict-item]
        "labels": labels,
        "counts": counts,
        "below": one.below,
        "above": one.above,
        "other": one.other,
    }


def _role(role: Role) -> RoleInfo:
    label, story = _STORIES[role]
    values = {Role.NUMERIC: "number", Role.CATEGORICAL: "text"}.get(role, "none")
    return {
        "role": role.value,
        "label": label,
        "story": story,
        "fillings": [{"way": way, "label": _WAYS.get(way, way)} for way in FILLINGS[role]],
        "values": values,  # type: ignore[typeddict-item]
        "encodings": [{"way": way, "label": _WAYS.get(way, way)} for way in ENCODINGS[role]],
    }


def _about(task: Task) -> str:
    dropped = f" {plural(task.dropped_rows, 'row')} without it {'was' if task.dropped_rows == 1 else 'were'} left out."
    more = dropped if task.dropped_rows else ""
    if task.kind is Kind.REGRESSION:
        return f"Models predict a number and are scored by {task.metric.label}.{more}"
    what = (
        f"one of {len(task.classes)} classes"
        if task.positive is None
        else f"the probability that {task.target} = {task.positive}"
    )
    return f"Models predict {what} and are scored by {task.metric.label}.{more}"


def _transform_line(task: Task) -> str:
    numbers = [one.name for one in task.columns_with(Role.NUMERIC)]
    names = numbers[:2] or [one.name for one in task.used[:1]]
    if len(names) < 2:
        return f'session.add_transform("mine", lambda table: table[{names[0]!r}], columns={names!r})'
    return f'session.add_transform("ratio", lambda table: table[{names[0]!r}] / table[{names[1]!r}], columns={names!r})'


def column_info(runtime: Runtime, state: SessionState, name: str, of: str = "") -> ColumnDetail:
    """Return everything known so far about one column.

    Raises
    ------
    CommandError
        If there is no such column.
    DataError
        If there is no such class.
    """
    column = next((one for one in columns_of(runtime, state) if one.name == name), None)
    if column is None:
        raise CommandError(f"There is no column {name!r:.100} in the table.")
    understood = next(one for one in runtime.understood.task.columns if one.name == name)
    known = runtime.survey.profiles_now((column,)).get(column.name)
    relation = None if known is None else known.relation
    filling = state.steering.data.filling.get(column.name, AUTO)
    act = _act_against(runtime, state, column)
    return {
        "name": column.name,
        "role": column.role.value,
        "reason": _why_left_out(act, column) or column.reason,
        "act": None if act is None else act.number,
        "understood": understood.role.value,
        "because": understood.reason,
        "kind": "" if known is None else known.kind,
        "missing": column.missing,
        "distinct": column.distinct,
        "examples": [] if known is None else list(known.examples),
        "spread": _spread(_NOTHING if known is None else known.distribution),
        "relation": "" if relation is None else relation.sentence,
        "rates": _rates(runtime, column, of),
        "filling": filling if isinstance(filling, str) else "value",
        "value": None if isinstance(filling, str) else filling["value"],
        "encoding": state.steering.data.encoding.get(column.name, AUTO),
    }


def _act_against(runtime: Runtime, state: SessionState, column: Column) -> Act | None:
    """Return the act that left a column out; None for a column in use, and for one left out when the session opened."""
    if column.role is not Role.IGNORED or not column.given:
        return None
    given = runtime.understood.task
    for act in reversed(state.acts):
        was, now = (_role_in(given, steering, column.name) for steering in (act.before, act.after))
        if not act.undone and now is Role.IGNORED and was is not Role.IGNORED:
            return act
    return None


def _why_left_out(act: Act | None, column: Column) -> str:
    """Return who left a column out by hand, when and why; "" for other columns."""
    if column.role is not Role.IGNORED or not column.given:
        return ""
    if act is None:
        return "left out by you when the session was opened"
    who = "you" if act.author is Author.YOU else "the search itself"
    when = f"{duration(act.elapsed)} after it started" if act.elapsed >= 0.001 else "before it started"
    if act.author is Author.YOU:
        when = f"{duration(act.elapsed)} into the search" if act.elapsed >= 0.001 else "before the search"
    first = f"left out by {who} {when}"
    leak = "; a warning called it target leakage" if column.name in act.leaks else ""
    return f"{first}{leak}. {act.why}".rstrip(". ") if act.why else f"{first}{leak or '; no reason was recorded'}"


def _role_in(task: Task, steering: Steering, name: str) -> Role | None:
    """Return the role of a column under a steering, or None if there is no such column."""
    return next((one.role for one in steering.data.columns(task) if one.name == name), None)


def _rates(runtime: Runtime, column: Column, of: str) -> RatesInfo:
    """Return the target by the values of a column."""
    found = target_rates(runtime.understood, column, of or None)
    several = runtime.task.kind is Kind.MULTICLASS
    choice = f", of={found.of!r}" if several else ""
    return {
        "of": found.of,
        "classes": list(runtime.task.classes) if several else [],
        "what": found.what,
        "sentence": found.sentence(),
        "labels": list(found.labels),
        "rows": list(found.rows),
        "values": [None if one is None else one.value for one in found.bars],
        "low": [None if one is None else one.low for one in found.bars],
        "high": [None if one is None else one.high for one in found.bars],
        "overall": found.overall,
        "total": len(runtime.understood.train),
        "python": f"session.target_by({column.name!r}{choice})",
    }


def preview_info(runtime: Runtime, state: SessionState, change: ChangeData) -> DataPreview:
    """Return the preview of a data change.

    Raises
    ------
    HitlError
        If the change is not possible.
    """
    before = state.steering.data
    after = runtime.columns.changed(before, change)
    title = runtime.columns.in_words(before, after)
    found = preview_data(state, after, runtime.workers)
    return {
        "title": f"{title if title.startswith(tuple(change.roles)) else title[:1].upper() + title[1:]}.",
        "python": change.python(),
        "sentence": found.sentence(),
        "leave": found.leave,
        "back": found.back,
        "running": found.running,
        "best_leaves": found.best_leaves,
    }
