"""Profiles and warnings of the columns of a session, computed in a worker, once for each role of a column."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from hitl_widget.data.profile import ColumnProfile
from hitl_widget.data.task import Understood
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Column, Role
from hitl_widget.session.known_warnings import JudgedBy, KnownWarnings, Roles, roles_of
from hitl_widget.workers.contract import Call, FailureKind, Outcome

__all__ = ["Survey"]

_log = logging.getLogger("hitl_widget")
_SECONDS = 600.0
_BESIDE, _WHILE_WAITING = (50, 100_000), (200, 2_000_000)
"""Most columns and cells that are computed here rather than in a worker, where nobody waits and where someone does: the
worker may be busy with a long explanation."""
_PART = 200
"""Columns of one call: the first profiles are shown while others are computed, and explanations run in between."""
_counter = itertools.count(1)

Columns = tuple[Column, ...]
Asked = tuple[str, Role, tuple[str | float, ...]]


class Surveyed(Protocol):
    """The runtime of a session, as far as a survey needs it."""

    def run_background(
        self, key: str, call: Call, done: Callable[[Outcome], None], seconds: float | None = None
    ) -> None: ...

    def table_file(self) -> str | None: ...

    @property
    def understood(self) -> Understood: ...

    @property
    def state(self) -> SessionState: ...


class Survey:
    """Profiles and warnings of columns, by their roles and by the values that count as missing.

    A worker computes them, at a lower priority than fits; without one, the caller does. Results are cached.
    Thread-safe.

    Parameters
    ----------
    runtime
        The runtime of the session.
    arguments
        The arguments that the session was opened with.
    known_warnings
        Holds the warnings that were found.
    """

    def __init__(
        self,
        runtime: Surveyed,
        arguments: Mapping[str, Any],
        known_warnings: KnownWarnings,
    ) -> None:
        self._runtime, self._arguments = runtime, arguments
        self._lock = threading.Lock()
        self._profiles: dict[tuple[str, Asked], ColumnProfile] = {}
        self._known_warnings = known_warnings
        self._open: dict[tuple[str, Roles, JudgedBy], list[Callable[[], None]]] = {}

    # -- results so far -----------------------------------------------------------------------------------------------

    def profiles_now(self, columns: Columns) -> Mapping[str, ColumnProfile]:
        """Return the known profiles of these columns, by name."""
        with self._lock:
            found = [self._profiles.get((self._rows, _asked(one))) for one in columns]
        return {one.name: one for one in found if one is not None}

    def safeguards_now(self, columns: Columns, metric: str = "") -> tuple[Safeguard, ...] | None:
        """Return the warnings for these columns and this metric ("" for the task's), or None while not known."""
        return self._known_warnings.of_table(columns, (metric, self._rows))

    @property
    def _rows(self) -> str:
        """The key of the current rows."""
        return self._runtime.state.steering.data.judged_by[1]

    # -- computing ----------------------------------------------------------------------------------------------------

    def profiles(self, columns: Columns) -> tuple[ColumnProfile, ...]:
        """Return the profiles of these columns, computing those that are missing."""
        left = self._unknown(columns)
        while left:
            self._wait("profiles", left[:_PART])
            before, left = left, self._unknown(columns)
            if len(left) == len(before):
                found: tuple[ColumnProfile, ...] = self._here("profiles", columns)
                return found
        known = self.profiles_now(columns)
        return tuple(known[one.name] for one in columns)

    def safeguards(self, columns: Columns, metric: str = "") -> tuple[Safeguard, ...]:
        """Return the warnings for these columns and this metric, computing them if necessary."""
        if self.safeguards_now(columns, metric) is None:
            self._wait("safeguards", columns, metric)
        found = self.safeguards_now(columns, metric)
        return self._here("safeguards", columns, metric) if found is None else found

    def safeguards_within(self, seconds: float, columns: Columns, metric: str = "") -> tuple[Safeguard, ...] | None:
        """Return the warnings for these columns and this metric, or None if they take longer; they are computed on."""
        if self.safeguards_now(columns, metric) is None:
            done = threading.Event()
            asked = ("safeguards", columns, metric, done.set, _WHILE_WAITING)
            threading.Thread(target=self._begin, args=asked, name="hitl-survey", daemon=True).start()
            done.wait(seconds)
        return self.safeguards_now(columns, metric)

    def ask_profiles(self, columns: Columns, told: Callable[[], None]) -> None:
        """Compute the profiles of these columns in parts; `told` is called after each part, from any thread."""
        unknown = self._unknown(columns)

        def go_on() -> None:
            told()
            if 0 < len(self._unknown(columns)) < len(unknown):
                self.ask_profiles(columns, told)

        if unknown:
            self._begin("profiles", unknown[:_PART], "", go_on)
        else:
            told()

    def ask_safeguards(self, columns: Columns, told: Callable[[], None], metric: str = "") -> None:
        """Compute the warnings for these columns and this metric; `told` is called once, from any thread."""
        if self.safeguards_now(columns, metric) is None:
            self._begin("safeguards", columns, metric, told)
        else:
            told()

    def _unknown(self, columns: Columns) -> Columns:
        with self._lock:
            return tuple(one for one in columns if (self._rows, _asked(one)) not in self._profiles)

    def _wait(self, what: str, columns: Columns, metric: str = "") -> None:
        done = threading.Event()
        self._begin(what, columns, metric, done.set, _WHILE_WAITING)
        done.wait()

    def _begin(
        self, what: str, columns: Columns, metric: str, told: Callable[[], None], most: tuple[int, int] = _BESIDE
    ) -> None:
        rows = self._runtime.state.steering.data.rows
        judged_by = metric, "" if rows is None else rows.key
        key = (what, roles_of(columns), judged_by)
        with self._lock:
            waiting = self._open.get(key)
            if waiting is not None:
                waiting.append(told)
                return
            self._open[key] = [told]
        most_columns, most_cells = most
        if len(columns) <= most_columns and self._runtime.understood.task.rows * len(columns) <= most_cells:
            self._try_here(what, columns, judged_by)
            return
        path = self._runtime.table_file()
        if path is None:
            self._end(what, columns, judged_by)
            return
        function = f"hitl_widget.advise.survey:survey_{what}"
        call = Call(function, (path, dict(self._arguments), columns, rows, *((metric,) if metric else ())))

        def receive(outcome: Outcome) -> None:
            if outcome.failure is None:
                self._end(what, columns, judged_by, outcome.value)
            elif outcome.failure.kind is FailureKind.CANCELLED:
                self._end(what, columns, judged_by)
            else:  # off the thread of the executor, which others wait for
                here = threading.Thread(target=self._try_here, args=(what, columns, judged_by), name="hitl-survey")
                here.daemon = True
                here.start()

        self._runtime.run_background(f"survey#{next(_counter)}", call, receive, _SECONDS)

    def _try_here(self, what: str, columns: Columns, judged_by: JudgedBy) -> None:
        try:
            found = self._here(what, columns, judged_by[0])
        except Exception:  # noqa: BLE001 - those who wait for it are told
            _log.exception("The %s of the columns could not be computed", what)
            found = None
        self._end(what, columns, judged_by, found)

    def _here(self, what: str, columns: Columns, metric: str = "") -> Any:
        from hitl_widget.advise.survey import profiles_of, safeguards_of

        seed = int(self._arguments["seed"])
        if what == "profiles":
            return profiles_of(self._runtime.understood, columns, seed)
        return safeguards_of(self._runtime.understood, columns, seed, metric)

    def _end(self, what: str, columns: Columns, judged_by: JudgedBy, found: Sequence[Any] | None = None) -> None:
        with self._lock:
            if found is None:
                pass
            elif what == "profiles":
                self._profiles.update({(judged_by[1], _asked(one)): it for one, it in zip(columns, found, strict=True)})
            else:
                self._known_warnings.keep(columns, found, judged_by)
            told = self._open.pop((what, roles_of(columns), judged_by), [])
        for one in told:
            one()


def _asked(one: Column) -> Asked:
    return one.name, one.role, one.codes
