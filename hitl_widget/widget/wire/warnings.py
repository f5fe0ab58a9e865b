"""Warnings about the table and the results."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from hitl_widget.advise.safeguards import with_results
from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.figures import plural
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Column
from hitl_widget.widget.requests import request
from hitl_widget.widget.wire.data import columns_of

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = [
    "DataStatus",
    "OpenWarnings",
    "Severity",
    "WarningAnswer",
    "WarningInfo",
    "Warnings",
    "WarningsInfo",
    "open_warnings",
]

Severity = Literal["high", "medium", "low"]
"""How much a score may be untrue if nothing is done."""


class OpenWarnings(TypedDict):
    """What may make scores untrue and was not answered."""

    open: int
    severity: Severity
    """Of the gravest; low for none."""
    sentence: str
    """The gravest, in words; "" for none."""


class WarningAnswer(TypedDict):
    id: str
    label: str
    python: str
    """The line of Python that does the same; "" for an answer that is only recorded."""
    acts: bool
    """Whether the answer changes something; one that does not is only recorded, or shows its line of Python."""


class WarningInfo(TypedDict):
    key: str
    severity: Severity
    sentence: str
    evidence: str
    remedy: str
    columns: list[str]
    answers: list[WarningAnswer]
    """The first is what the remedy advises; a warning can also be answered in words."""
    answer: str
    """What the person said; "" while it is open."""
    holds: bool
    """Whether it is still so."""


class WarningsInfo(TypedDict):
    sentence: str
    open: list[WarningInfo]
    """The gravest first."""
    answered: list[WarningInfo]
    looking: bool
    """The table is still being looked at: `Status.warnings_version` rises when it is done."""


_ENOUGH_TRIALS = 2
"""Trials that end before the table is looked at unasked: the first score comes first."""
_NO_WARNINGS: OpenWarnings = {"open": 0, "severity": "low", "sentence": ""}


class DataStatus(TypedDict):
    """The keys of `Status` that are about the table."""

    warnings: OpenWarnings | None
    """Null while nobody has looked for any."""
    warnings_version: int
    """Rises when `warnings` would answer something else."""
    data_version: int
    """Rises when `profile` would answer something else."""


class Warnings:
    """Watches the table and the results for warnings, and answers requests about them.

    Parameters
    ----------
    session
        The session; only read.
    run
        Runs a function soon on the worker thread, one after another.
    changed
        Called from any thread when `status` has changed without an event.
    """

    def __init__(
        self, session: Runtime, run: Callable[[Callable[[], None]], None], changed: Callable[[], None]
    ) -> None:
        self._session, self._run, self._changed = session, run, changed
        self._lock = threading.Lock()
        self._state = session.state
        self._mark: tuple[Any, ...] = ()
        self._wanted = False
        self._waits: set[tuple[Column, ...]] = set()
        self._ever: dict[str, Safeguard] = {}
        self._now: tuple[Safeguard, ...] | None = None
        self._head: OpenWarnings | None = None
        self._answered: Mapping[str, str] = {}
        self._versions = [0, 0]

    # -- the publisher's thread ---------------------------------------------------------------------------------------

    def status(self) -> DataStatus:
        """Return the keys of `Status` that are about data, in O(1)."""
        with self._lock:
            return {"warnings": self._head, "warnings_version": self._versions[0], "data_version": self._versions[1]}

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

    @request("warnings", beside=True)
    def warnings(self, state: SessionState) -> WarningsInfo:
        """Return the warnings, those that are open first."""
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
            self.ask(columns)
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

    def ask(self, columns: tuple[Column, ...]) -> None:
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


def _idle(state: SessionState) -> bool:
    """Whether nothing runs that a look at the table would slow down."""
    return state.phase not in (Phase.READY, Phase.RUNNING) or (
        state.phase is Phase.READY and state.autonomy is Autonomy.USER
    )


def _coarse(ended: int) -> int:
    """Tell numbers of trials apart, the less finely the more there are."""
    return ended if ended < 30 else 30 + int(20 * math.log(ended / 30))


def _answer_to(one: Safeguard, state: SessionState, holds: bool) -> str:
    """Return what was answered; a column that was to be left out and is still in use is not answered."""
    said = state.warned.get(one.key, "")
    chosen = next((answer for answer in one.answers if said in (answer.id, answer.label)), None)
    if chosen is None:
        return said
    return "" if holds and chosen.command is not None else chosen.label


def _warning(one: Safeguard, state: SessionState, holds: bool) -> WarningInfo:
    answers: list[WarningAnswer] = [
        {"id": answer.id, "label": answer.label, "python": answer.python, "acts": answer.command is not None}
        for answer in one.answers
    ]
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


def open_warnings(session: Runtime, state: SessionState) -> list[WarningInfo]:
    """Return what is known by now and was not answered, the gravest first."""
    known = session.survey.safeguards_now(columns_of(session, state)) or ()
    found = with_results(known, state, session.task, session.words.baselines, session.words.labels)
    return [one for one in (_warning(two, state, True) for two in found) if not one["answer"]]


def _warnings_in_words(open_: Sequence[WarningInfo], looking: bool) -> str:
    if looking:
        return "The table is being looked at for what may make scores untrue."
    if not open_:
        return "Nothing that would make scores untrue is left to answer."
    grave = sum(one["severity"] == "high" for one in open_)
    wants = "wants" if len(open_) == 1 else "want"
    said = f"{plural(len(open_), 'warning')} {wants} an answer"
    return f"{said}, {grave} of them grave." if grave and len(open_) > 1 else f"{said}."
