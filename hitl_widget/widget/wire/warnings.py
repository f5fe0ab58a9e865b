"""Warnings about the table and the results."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.figures import plural
from hitl_widget.domain.safeguard import LEAKAGE, Safeguard
from hitl_widget.domain.spelling import literal
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Column
from hitl_widget.report.caution import caution
from hitl_widget.session.illustrations import illustrate, is_drawn
from hitl_widget.session.label_check import refresh_evidence
from hitl_widget.widget.requests import request
from hitl_widget.widget.wire.data import columns_of

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = [
    "DataStatus",
    "IllustrationInfo",
    "OpenWarnings",
    "Severity",
    "WarningAnswer",
    "WarningInfo",
    "Warnings",
    "WarningsInfo",
    "open_warnings",
]

Severity = Literal["high", "medium", "low"]
"""How misleading a score may be if nothing is done."""


class OpenWarnings(TypedDict):
    """The number of open warnings, with the most severe one."""

    open: int
    severity: Severity
    """That of the most severe warning; low if there is none."""
    sentence: str
    """The most severe warning, in words; "" if there is none."""
    caution: str
    """The sentence beside every score while a severe warning is open; "" otherwise."""


class WarningAnswer(TypedDict):
    id: str
    label: str
    python: str
    """The equivalent line of Python; "" for an answer that is only recorded."""
    acts: bool
    """True if the answer changes something; otherwise it is only recorded, or shows its line of Python."""


class IllustrationInfo(TypedDict):
    """What a warning is about, as a chart or as a table."""

    caption: str
    chart: str
    """Name of the chart; "" for a table."""
    data: list[dict[str, str | float | bool]]
    """Rows of the chart."""
    across: str
    up: str
    dates: bool
    header: list[str]
    cells: list[list[str]]
    sets: list[int]
    """The set of each row of the table; [] if there is one set."""
    marked: list[str]
    """Columns of the table that the warning is about."""
    python: str


class WarningInfo(TypedDict):
    key: str
    severity: Severity
    sentence: str
    evidence: str
    remedy: str
    columns: list[str]
    drawn: bool
    """True if `illustration` has an answer for it."""
    answers: list[WarningAnswer]
    """The first one follows the remedy; a warning can also be answered in free text."""
    answer: str
    """The user's answer; "" while the warning is open."""
    holds: bool
    """True while the finding still applies."""


class WarningsInfo(TypedDict):
    sentence: str
    open: list[WarningInfo]
    """The most severe first."""
    answered: list[WarningInfo]
    looking: bool
    """True while the table is being checked; `Status.warnings_version` rises when the check is done."""


_ENOUGH_TRIALS = 2
"""Trials that end before the table is checked without a request, so that the first score comes first."""
_ENOUGH_FOR_LABELS = 10
"""Trials that end in a running search before their predictions are compared with the labels."""
_NO_WARNINGS: OpenWarnings = {"open": 0, "severity": "low", "sentence": "", "caution": ""}


class DataStatus(TypedDict):
    """The keys of `Status` about the table."""

    warnings: OpenWarnings | None
    """Null before the first check."""
    warnings_version: int
    """Rises when the response to `warnings` changes."""
    data_version: int
    """Rises when the response to `profile` changes."""


class Warnings:
    """Watches the table and the results for warnings, and answers requests about them.

    Parameters
    ----------
    runtime
        The runtime of the session; only read.
    run
        Runs a function soon on the worker thread, one after another.
    changed
        Called from any thread when `status` has changed without an event.
    """

    def __init__(
        self, runtime: Runtime, run: Callable[[Callable[[], None]], None], changed: Callable[[], None]
    ) -> None:
        self._runtime, self._run, self._changed = runtime, run, changed
        self._lock = threading.Lock()
        self._state = runtime.state
        self._mark: tuple[Any, ...] = ()
        self._wanted = False
        self._waits: set[tuple[tuple[Column, ...], str]] = set()
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
        """Take a new state, and check again if the warnings may have changed."""
        mark = (
            *(state.steering.data, state.warned, state.phase, state.autonomy, state.holdout),
            *(state.best, len(state.acts), state.steering.reviewed, _coarse(state.ended)),
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
        """Return the warnings, open ones first."""
        self._wanted = True
        self._look()
        with self._lock:
            now, ever = self._now, dict(self._ever)
        runtime = self._runtime
        looking = runtime.survey.safeguards_now(columns_of(runtime, state), state.steering.data.metric) is None
        found = [_warning(one, state, True) for one in now or ()]
        here = {one["key"] for one in found}
        gone = [_warning(one, state, False) for key, one in ever.items() if key not in here and key in state.warned]
        open_ = [one for one in found if not one["answer"]]
        return {
            "sentence": _warnings_in_words(open_, looking, any(one.rule in LEAKAGE for one in now or ())),
            "open": open_,
            "answered": [one for one in (*found, *gone) if one["answer"]],
            "looking": looking,
        }

    @request("illustration", beside=True)
    def illustration(self, _state: SessionState, key: str) -> IllustrationInfo:
        """Return what a warning is about."""
        found = illustrate(self._runtime, key)
        return {
            "caption": found.caption,
            "chart": f"subject_{found.chart}" if found.chart else "",
            "data": [dict(row) for row in found.data],
            "across": found.across,
            "up": found.up,
            "dates": found.dates,
            "header": list(found.header),
            "cells": [list(row) for row in found.cells],
            "sets": list(found.sets),
            "marked": list(found.marked),
            "python": f"session.illustrate({literal(key)})",
        }

    def _look(self) -> None:
        with self._lock:
            state = self._state
        runtime = self._runtime
        columns, metric = columns_of(runtime, state), state.steering.data.metric
        known = runtime.survey.safeguards_now(columns, metric)
        if known is None and (self._wanted or _idle(state) or state.ended >= _ENOUGH_TRIALS):
            self.ask(columns, metric)
            known = runtime.survey.safeguards_now(columns, metric)
        if known is None:
            return
        if state.phase is not Phase.RUNNING or state.ended >= _ENOUGH_FOR_LABELS:
            refresh_evidence(runtime, state)
        found = runtime.known_warnings.with_results(known, state)
        open_ = [one for one in found if not one.answer_in(state.warned)]
        head = _NO_WARNINGS
        if open_:
            head = {
                "open": len(open_),
                "severity": open_[0].severity.value,
                "sentence": open_[0].sentence,
                "caution": caution(runtime.words, state, open_),
            }
        with self._lock:
            same = (found, head, state.warned) == (self._now, self._head, self._answered)
            self._now, self._head, self._answered = found, head, state.warned
            self._ever |= {one.key: one for one in found}
            if same:
                return
            self._versions[0] += 1
        self._changed()

    def ask(self, columns: tuple[Column, ...], metric: str) -> None:
        """Request a check of the columns, once for each set of roles and each metric."""
        with self._lock:
            if (columns, metric) in self._waits:
                return
            self._waits.add((columns, metric))

        def profiled() -> None:
            with self._lock:
                self._versions[1] += 1
            self._changed()

        survey = self._runtime.survey
        if len(survey.profiles_now(columns)) < len(columns):
            survey.ask_profiles(columns, profiled)
        survey.ask_safeguards(columns, lambda: self._run(self._look), metric)


def _idle(state: SessionState) -> bool:
    """Return whether the table can be checked without slowing down the search."""
    return state.phase not in (Phase.READY, Phase.RUNNING) or (
        state.phase is Phase.READY and state.autonomy is Autonomy.USER
    )


def _coarse(ended: int) -> int:
    """Return a number that changes with the number of ended trials, more rarely the more there are."""
    return ended if ended < 30 else 30 + int(20 * math.log(ended / 30))


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
        "drawn": holds and is_drawn(one),
        "answers": answers,
        "answer": one.answer_in(state.warned, holds),
        "holds": holds,
    }


def open_warnings(runtime: Runtime, state: SessionState) -> list[WarningInfo]:
    """Return the open warnings known so far, most severe first."""
    return [_warning(one, state, True) for one in runtime.known_warnings.open(state)]


def _warnings_in_words(open_: Sequence[WarningInfo], looking: bool, leaky: bool) -> str:
    if looking:
        return "Checking the table for problems that make scores misleading…"
    if not open_:
        return "No open warnings. The columns were checked for leakage, duplicates and other problems."
    severe = sum(one["severity"] == "high" for one in open_)
    counted = plural(len(open_), "open warning")
    first = f"{counted}, {severe} severe." if severe and len(open_) > 1 else f"{counted}."
    return first if leaky else f"{first} No column seems to give away the target."
