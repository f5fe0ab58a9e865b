"""The safeguards: every rule on data and on results, asked in turn, the gravest first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from hitl_widget.advise import faults, leaks, results, rows
from hitl_widget.advise.data_view import DataView
from hitl_widget.advise.results import ResultView
from hitl_widget.data.task import Understood
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task

__all__ = ["DATA_RULES", "LEAKS", "RESULT_RULES", "data_safeguards", "gravest_first", "result_safeguards"]

_log = logging.getLogger("hitl_widget")

DataRule = Callable[[DataView], Iterator[Safeguard]]
ResultRule = Callable[[ResultView], Iterator[Safeguard]]

LEAKS: tuple[DataRule, ...] = (
    leaks.copy,
    leaks.outshines,
    leaks.late,
    leaks.missingness,
    leaks.together,
    leaks.aggregate,
    leaks.shifted,
)
"""Rules on columns that know too much."""

DATA_RULES: tuple[DataRule, ...] = (
    *LEAKS,
    rows.duplicates,
    rows.groups,
    rows.repeats,
    rows.near_twins,
    rows.time,
    rows.order,
    rows.contradictions,
    faults.identifiers,
    faults.codes,
    faults.unknowns,
    faults.capped,
    faults.differ,
    faults.tiny_classes,
    faults.imbalance,
    faults.recodes,
    faults.constant,
)
"""Every rule on data. Of equal severity the earlier one goes first."""

RESULT_RULES: tuple[ResultRule, ...] = (
    results.perfect,
    results.at_once,
    results.apart_from_others,
    results.looks,
    results.winner,
)
"""Every rule on results."""

_ORDER = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
_V = TypeVar("_V")


def data_safeguards(
    understood: Understood, seed: int = 0, rules: Sequence[DataRule] = DATA_RULES
) -> tuple[Safeguard, ...]:
    """Return what a table warns of before the first trial, the gravest first.

    A pure function of the task, its table and the seed; about a second at 50,000 rows of 30 columns.

    Parameters
    ----------
    understood
        The task with its table (`hitl_widget.data.task.understand`).
    seed
        Seed of samples and permutations.
    rules
        The rules to ask.

    Examples
    --------
    >>> from hitl_widget.data.task import understand
    >>> table = {"paid_back": [1, 0] * 50, "age": list(range(30, 55)) * 4, "good": ["yes", "no"] * 50}
    >>> data_safeguards(understand(table, "good"))[0].sentence
    'paid_back tells good almost exactly, as a copy of it would.'
    """
    return _asked(rules, DataView(understood, seed))


def result_safeguards(
    state: SessionState,
    task: Task,
    baselines: frozenset[str] = frozenset({"dummy"}),
    labels: Mapping[str, str] = MappingProxyType({}),
    rules: Sequence[ResultRule] = RESULT_RULES,
) -> tuple[Safeguard, ...]:
    """Return what the results of a session warn of, the gravest first.

    Parameters
    ----------
    state
        The session.
    task
        What is learnt.
    baselines
        Families of the constant guess and its like.
    labels
        Names of families as people know them.
    rules
        The rules to ask.
    """
    return _asked(rules, ResultView(state, task, baselines, labels))


def with_results(
    known: Iterable[Safeguard], state: SessionState, task: Task, baselines: frozenset[str], labels: Mapping[str, str]
) -> tuple[Safeguard, ...]:
    """Return what is known of the data with what the results warn of, the gravest first; see `result_safeguards`."""
    return gravest_first((*known, *result_safeguards(state, task, baselines, labels)))


def _asked(rules: Iterable[Callable[[_V], Iterator[Safeguard]]], view: _V) -> tuple[Safeguard, ...]:
    found: list[Safeguard] = []
    for rule in rules:
        try:
            found.extend(rule(view))
        except Exception:  # noqa: BLE001 - a rule that fails costs its own warning, never the session
            _log.exception("The safeguard %s failed.", getattr(rule, "__name__", rule))
    return gravest_first(found)


def gravest_first(found: Iterable[Safeguard]) -> tuple[Safeguard, ...]:
    """Return safeguards in the order of their severity; of equal severity as they came."""
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.severity)))
