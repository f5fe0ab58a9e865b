"""The warnings of a session that are known by now: of the table, as far as it was surveyed, and of the results."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence

from hitl_widget.advise.result_view import LabelEvidence, ResultView
from hitl_widget.advise.safeguards import by_severity, result_safeguards
from hitl_widget.domain.safeguard import LEAKAGE, Safeguard
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Column, Role, Task

__all__ = ["KnownWarnings"]

Roles = tuple[tuple[str, Role, tuple[str | float, ...]], ...]

JudgedBy = tuple[str, str]
"""Metric and rows, as of `hitl_widget.domain.data_choices.DataChoices.judged_by`."""


class KnownWarnings:
    """Keeps the warnings that the survey found and finds one by its key. May be used from any thread.

    Parameters
    ----------
    task
        The task as first understood.
    baselines
        Families of the constant guess and its like.
    labels
        Names of families as people know them.
    """

    def __init__(self, task: Task, baselines: frozenset[str], labels: Mapping[str, str]) -> None:
        self._task, self._baselines, self._labels = task, baselines, labels
        self._lock = threading.Lock()
        self._known: dict[tuple[Roles, JudgedBy], tuple[Safeguard, ...]] = {}
        self._label_evidence: dict[tuple[int, frozenset[int]], LabelEvidence] = {}

    def keep(self, columns: Sequence[Column], found: Sequence[Safeguard], judged_by: JudgedBy = ("", "")) -> None:
        """Keep the warnings of the table with its columns in these roles, by metric and rows."""
        with self._lock:
            self._known[roles_of(columns), judged_by] = tuple(found)

    def of_table(self, columns: Sequence[Column], judged_by: JudgedBy = ("", "")) -> tuple[Safeguard, ...] | None:
        """Return the warnings of the table in these roles, by metric and rows, or None while they are not known."""
        with self._lock:
            return self._known.get((roles_of(columns), judged_by))

    def keep_labels(self, state: SessionState, found: LabelEvidence) -> None:
        """Keep what the predictions say of the labels, for the view of the data and the reviewed rows of a state."""
        with self._lock:
            self._label_evidence[state.view, state.steering.reviewed] = found

    def labels(self, state: SessionState) -> LabelEvidence | None:
        """Return what the predictions say of the labels, or None while they are not compared."""
        with self._lock:
            return self._label_evidence.get((state.view, state.steering.reviewed))

    def result_view(self, state: SessionState) -> ResultView:
        """Return a state as the rules on results see it."""
        task = state.steering.data.applied(self._task)
        return ResultView(state, task, self._baselines, self._labels, self.labels(state))

    def with_results(self, of_table: Iterable[Safeguard], state: SessionState) -> tuple[Safeguard, ...]:
        """Return warnings of the table with those of the results, most severe first."""
        return by_severity((*of_table, *self._of_results(state)))

    def _of_results(self, state: SessionState) -> tuple[Safeguard, ...]:
        return result_safeguards(self.result_view(state))

    def open(self, state: SessionState) -> tuple[Safeguard, ...]:
        """Return the warnings that have no answer yet, most severe first.

        While the table is surveyed again, an answer counts, and a warning about columns that were left out does not
        hold; the survey then decides.
        """
        surveyed = self._surveyed(state) is not None
        found = self.with_results(self._of_table_now(state), state)
        ignored = {one.name for one in state.steering.data.columns(self._task) if one.role is Role.IGNORED}
        return tuple(
            one
            for one in found
            if not one.answer_in(state.warned, holds=surveyed)
            and (surveyed or not one.columns or not ignored.issuperset(one.columns))
        )

    def find(self, state: SessionState, key: str) -> Safeguard | None:
        """Return the warning of a key if it holds now."""
        known = self._of_table_now(state)
        return _named(known, key) or _named(self._of_results(state), key)

    def leaks(self, state: SessionState, columns: Collection[str]) -> tuple[str, ...]:
        """Return those of some columns that a current warning calls target leakage, in their order."""
        warned = {name for one in self._of_table_now(state) if one.rule in LEAKAGE for name in one.columns}
        return tuple(name for name in columns if name in warned)

    def _of_table_now(self, state: SessionState) -> tuple[Safeguard, ...]:
        """Return the warnings of the table.

        While the table is surveyed again, a warning that held before counts as holding: it is still shown.
        """
        known = self._surveyed(state)
        if known is None:
            target = state.steering.data.target_name
            same = {choices.judged_by[1] for choices in state.views if choices.target_name == target}
            with self._lock:
                of_target = [found for (_, (_, rows)), found in self._known.items() if rows in same]
            earlier = [one for found in reversed(of_target) for one in found]
            known = tuple({one.key: one for one in reversed(earlier)}.values())
        return known

    def _surveyed(self, state: SessionState) -> tuple[Safeguard, ...] | None:
        return self.of_table(state.steering.data.columns(self._task), state.steering.data.judged_by)


def roles_of(columns: Sequence[Column]) -> Roles:
    """Return what tells columns apart whose warnings may differ."""
    return tuple((one.name, one.role, one.codes) for one in columns)


def _named(found: Sequence[Safeguard], key: str) -> Safeguard | None:
    return next((one for one in found if one.key == key), None)
