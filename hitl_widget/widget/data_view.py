"""The columns and what they warn of, in the form of the wire messages."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hitl_widget.advise.safeguards import with_results
from hitl_widget.data.profile import ColumnProfile, Distribution, target_distribution
from hitl_widget.domain.commands import Autonomy, ChangeData, command_from
from hitl_widget.domain.data_choices import AUTO, ENCODINGS, FILLINGS
from hitl_widget.domain.data_preview import preview_data
from hitl_widget.domain.figures import plural
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Column, Kind, Role, Task
from hitl_widget.errors import CommandError
from hitl_widget.report.profile import bars_of, table_in_words
from hitl_widget.widget import wire

if TYPE_CHECKING:
    from hitl_widget.session import AutoMLSession

__all__ = ["DataDesk", "column_info", "open_warnings", "preview_info"]

MOST_ROWS = 2000
_ENOUGH_TRIALS = 2
"""Trials that end before the table is looked at unasked: the first score comes first."""
_NOTHING = Distribution("none")
_NO_WARNINGS: wire.OpenWarnings = {"open": 0, "severity": "low", "sentence": ""}

_STORIES = {
    Role.NUMERIC: ("number", "Its values have an order and distances: models may cut it anywhere or weigh it."),
    Role.CATEGORICAL: ("category", "Its values are names: models treat each by itself, whatever the names look like."),
    Role.DATE: ("date", "Models read it as a moment, and its year, month, weekday and hour."),
    Role.TEXT: ("text", "Models read which words stand in it."),
    Role.IGNORED: ("left out", "No model reads it. It stays in the table and can come back at any time."),
}
_WAYS = {
    AUTO: "each model's own way",
    "median": "the median",
    "mean": "the mean",
    "most_frequent": "the most frequent value",
    "own_level": "a level of its own",
    "one_hot": "a column for each level",
    "ordinal": "a number for each level",
    "target_mean": "the mean of the target",
    "frequency": "how frequent the level is",
}


class DataDesk:
    """What a bridge says of the columns and of warnings, kept up to date beside the publisher.

    Parameters
    ----------
    session
        The session; only looked at.
    run
        Runs a function soon, on another thread than the publisher's; one after another.
    changed
        Called from any thread when `status` has changed without an event.
    """

    def __init__(
        self, session: AutoMLSession, run: Callable[[Callable[[], None]], None], changed: Callable[[], None]
    ) -> None:
        self._session, self._run, self._changed = session, run, changed
        self._lock = threading.Lock()
        self._state = session.state
        self._mark: tuple[Any, ...] = ()
        self._wanted = False
        self._waits: set[tuple[Column, ...]] = set()
        self._ever: dict[str, Safeguard] = {}
        self._now: tuple[Safeguard, ...] | None = None
        self._head: wire.OpenWarnings | None = None
        self._answered: Mapping[str, str] = {}
        self._versions = [0, 0]

    # -- the publisher's thread ---------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """Return the keys of `Status` that are about data, in O(1)."""
        with self._lock:
            return {"warnings": self._head, "warned": self._versions[0], "data": self._versions[1]}

    def follow(self, state: SessionState) -> None:
        """Take up a new state; looks for warnings again when there may be others."""
        mark = (
            *(state.steering.data, state.warned, state.phase, state.autonomy, state.holdout),
            *(state.best, len(state.acts), _coarse(state.ended)),
        )
        with self._lock:
            before, self._mark, self._state = self._mark, mark, state
            if before and before[0] is not mark[0]:
                self._versions[1] += 1
        if before != mark:
            self._run(self._look)

    # -- the thread beside --------------------------------------------------------------------------------------------

    def profile(self, state: SessionState) -> wire.DataInfo:
        """Return the columns; what is not known of them yet comes later, and raises `Status.data`."""
        columns = columns_of(self._session, state)
        self._ask(columns)
        return data_info(self._session, state, self._session.survey.profiles_now(columns))

    def warnings(self, state: SessionState) -> wire.WarningsInfo:
        """Return what is warned of and what was answered."""
        self._wanted = True
        self._look()
        with self._lock:
            now, ever = self._now, dict(self._ever)
        session = self._session
        looking = session.survey.safeguards_now(columns_of(session, state)) is None
        found = [_warning(one, state, True) for one in now or ()]
        here = {one["key"] for one in found}
        gone = [_warning(one, state, False) for key, one in ever.items() if key not in here and key in state.warned]
        open_ = [one for one in found if not one["answer"]]
        return {
            "sentence": _warnings_in_words(open_, looking),
            "open": open_,
            "answered": [one for one in (*found, *gone) if one["answer"]],
            "looking": looking,
        }

    def _look(self) -> None:
        with self._lock:
            state = self._state
        session = self._session
        columns = columns_of(session, state)
        known = session.survey.safeguards_now(columns)
        if known is None and (self._wanted or _idle(state) or state.ended >= _ENOUGH_TRIALS):
            self._ask(columns)
            known = session.survey.safeguards_now(columns)
        if known is None:
            return
        found = with_results(known, state, session.task, session.words.baselines, session.words.labels)
        open_ = [one for one in found if not _answer_to(one, state, True)]
        head = _NO_WARNINGS
        if open_:
            head = {"open": len(open_), "severity": open_[0].severity.value, "sentence": open_[0].sentence}
        with self._lock:
            same = (found, head, state.warned) == (self._now, self._head, self._answered)
            self._now, self._head, self._answered = found, head, state.warned
            self._ever |= {one.key: one for one in found}
            if same:
                return
            self._versions[0] += 1
        self._changed()

    def _ask(self, columns: tuple[Column, ...]) -> None:
        """Have the columns looked at, once for each set of roles."""
        with self._lock:
            if columns in self._waits:
                return
            self._waits.add(columns)

        def profiled() -> None:
            with self._lock:
                self._versions[1] += 1
            self._changed()

        survey = self._session.survey
        if len(survey.profiles_now(columns)) < len(columns):
            survey.ask_profiles(columns, profiled)
        survey.ask_safeguards(columns, lambda: self._run(self._look))


def columns_of(session: AutoMLSession, state: SessionState) -> tuple[Column, ...]:
    """Return the columns of the table as they are by the choices of a state."""
    return state.steering.data.columns(session.understood.task)


def _idle(state: SessionState) -> bool:
    """Whether nothing runs that a look at the table would slow down."""
    return state.phase not in (Phase.READY, Phase.RUNNING) or (
        state.phase is Phase.READY and state.autonomy is Autonomy.USER
    )


def _coarse(ended: int) -> int:
    """Tell numbers of trials apart, the less finely the more there are."""
    return ended if ended < 30 else 30 + int(20 * math.log(ended / 30))


# -- columns ----------------------------------------------------------------------------------------------------------


def data_info(session: AutoMLSession, state: SessionState, known: Mapping[str, ColumnProfile]) -> wire.DataInfo:
    """Return the columns of the table as they are today."""
    choices, given = state.steering.data, session.understood.task
    task = replace(given, columns=choices.columns(given))
    shown = _shown(task.columns, known)
    left = len(task.columns) - len(shown)
    rest = f"{plural(left, 'column')} more: session.profile.frame() has all, session.set_role(…) changes any."
    return {
        "sentence": table_in_words(task),
        "notes": list(given.notes),
        "target": given.target,
        "spread": _spread(target_distribution(session.understood)),
        "about": _about(given),
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


def _shown(columns: Sequence[Column], known: Mapping[str, ColumnProfile]) -> Sequence[Column]:
    """Return the columns to show: of too many those in use that say most of the target, in the order of the table."""
    if len(columns) <= MOST_ROWS:
        return columns

    def weight(column: Column) -> tuple[bool, float]:
        relation = known[column.name].relation if column.name in known else None
        return column.given or column.role is not Role.IGNORED, 0.0 if relation is None else relation.strength

    chosen = {one.name for one in sorted(columns, key=weight, reverse=True)[:MOST_ROWS]}
    return [one for one in columns if one.name in chosen]


def _row(column: Column, known: ColumnProfile | None, state: SessionState) -> wire.ColumnRow:
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


def _spread(one: Distribution) -> wire.DistributionInfo:
    labels, counts = list(one.labels), list(one.counts)
    return {
        "kind": one.kind,  # type: ignore[typeddict-item]
        "labels": labels,
        "counts": counts,
        "below": one.below,
        "above": one.above,
        "other": one.other,
    }


def _role(role: Role) -> wire.RoleInfo:
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
        return f"A number is predicted, judged by {task.metric.label}.{more}"
    what = f"one of {len(task.classes)} classes" if task.positive is None else f"how likely {task.positive} is"
    return f"What is predicted: {what}, judged by {task.metric.label}.{more}"


def _transform_line(task: Task) -> str:
    numbers = [one.name for one in task.columns_with(Role.NUMERIC)]
    names = numbers[:2] or [one.name for one in task.used[:1]]
    if len(names) < 2:
        return f'session.add_transform("mine", lambda table: table[{names[0]!r}], columns={names!r})'
    return f'session.add_transform("ratio", lambda table: table[{names[0]!r}] / table[{names[1]!r}], columns={names!r})'


def column_info(session: AutoMLSession, state: SessionState, name: object) -> wire.ColumnDetail:
    """Return everything about one column, as far as it was looked at yet.

    Raises
    ------
    CommandError
        When there is no such column.
    """
    column = next((one for one in columns_of(session, state) if one.name == name), None)
    if column is None:
        raise CommandError(f"There is no column {name!r:.100} in the table.")
    understood = next(one for one in session.understood.task.columns if one.name == name)
    known = session.survey.profiles_now((column,)).get(column.name)
    relation = None if known is None else known.relation
    filling = state.steering.data.filling.get(column.name, AUTO)
    return {
        "name": column.name,
        "role": column.role.value,
        "reason": column.reason,
        "understood": understood.role.value,
        "because": understood.reason,
        "kind": "" if known is None else known.kind,
        "missing": column.missing,
        "distinct": column.distinct,
        "examples": [] if known is None else list(known.examples),
        "spread": _spread(_NOTHING if known is None else known.distribution),
        "relation": "" if relation is None else relation.sentence,
        "filling": filling if isinstance(filling, str) else "value",
        "value": None if isinstance(filling, str) else filling["value"],
        "encoding": state.steering.data.encoding.get(column.name, AUTO),
    }


def preview_info(session: AutoMLSession, state: SessionState, change: ChangeData) -> wire.DataPreview:
    """Return what a change of the data would do.

    Raises
    ------
    HitlError
        When it cannot be done.
    """
    before = state.steering.data
    after = session.table_columns.changed(before, change)
    if after == before:
        raise CommandError("This changes nothing: the columns enter the models so already.")
    found = preview_data(state, after)
    title = session.table_columns.in_words(before, after)
    return {
        "title": f"{title if title.startswith(tuple(change.roles)) else title[:1].upper() + title[1:]}.",
        "python": change.python(),
        "sentence": found.sentence(),
        "leave": found.leave,
        "back": found.back,
        "running": found.running,
        "best_leaves": found.best_leaves,
    }


# -- warnings ---------------------------------------------------------------------------------------------------------


def _answer_to(one: Safeguard, state: SessionState, holds: bool) -> str:
    """Return what was answered; a column that was to be left out and is still in use is not answered."""
    said = state.warned.get(one.key, "")
    chosen = next((answer for answer in one.answers if said in (answer.id, answer.label)), None)
    if chosen is None:
        return said
    return "" if holds and _command(chosen) is not None else chosen.label


def _command(answer: Answer) -> dict[str, Any] | None:
    """Return what a click can do of an answer."""
    given = dict(answer.command or {})
    return given if given.get("type") == "change_data" else None


def _warning(one: Safeguard, state: SessionState, holds: bool) -> wire.WarningInfo:
    answers: list[wire.WarningAnswer] = []
    for answer in one.answers:
        command = _command(answer)
        python = answer.python if command is None else command_from(command).python()
        answers.append({"id": answer.id, "label": answer.label, "python": python, "command": command})
    return {
        "key": one.key,
        "severity": one.severity.value,
        "sentence": one.sentence,
        "evidence": one.evidence,
        "remedy": one.remedy,
        "columns": list(one.columns),
        "answers": answers,
        "answer": _answer_to(one, state, holds),
        "holds": holds,
    }


def open_warnings(session: AutoMLSession, state: SessionState) -> list[wire.WarningInfo]:
    """Return what is known by now and was not answered, the gravest first."""
    known = session.survey.safeguards_now(columns_of(session, state)) or ()
    found = with_results(known, state, session.task, session.words.baselines, session.words.labels)
    return [one for one in (_warning(two, state, True) for two in found) if not one["answer"]]


def _warnings_in_words(open_: Sequence[wire.WarningInfo], looking: bool) -> str:
    if looking:
        return "The table is being looked at for what may make scores untrue."
    if not open_:
        return "Nothing that would make scores untrue is left to answer."
    grave = sum(one["severity"] == "high" for one in open_)
    wants = "wants" if len(open_) == 1 else "want"
    said = f"{plural(len(open_), 'warning')} {wants} an answer"
    return f"{said}, {grave} of them grave." if grave and len(open_) > 1 else f"{said}."
