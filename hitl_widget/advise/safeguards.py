"""Warnings about data and results: every rule is asked, most severe first."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TypeVar

from hitl_widget.advise.data_view import DataView
from hitl_widget.advise.result_view import ResultView
from hitl_widget.advise.rule import DataRule, ResultRule, Rule
from hitl_widget.advise.rules import data_rules, result_rules
from hitl_widget.data.task import Understood
from hitl_widget.domain.safeguard import Safeguard, Severity

__all__ = ["by_severity", "data_safeguards", "result_safeguards"]

_log = logging.getLogger("hitl_widget")

_ORDER = (Severity.HIGH, Severity.MEDIUM, Severity.LOW)
_V = TypeVar("_V")


def data_safeguards(
    understood: Understood, seed: int = 0, rules: Sequence[DataRule] | None = None
) -> tuple[Safeguard, ...]:
    """Return what a table warns of before the first trial, most severe first.

    A pure function of the task, its table and the seed; about a second at 50,000 rows of 30 columns.

    Parameters
    ----------
    understood
        The task with its table (`hitl_widget.data.task.understand`).
    seed
        Seed of samples and permutations.
    rules
        The rules to ask, default all that are registered.

    Examples
    --------
    >>> from hitl_widget.data.task import understand
    >>> table = {"paid_back": [1, 0] * 50, "age": list(range(30, 55)) * 4, "good": ["yes", "no"] * 50}
    >>> data_safeguards(understand(table, "good"))[0].sentence
    'paid_back predicts good almost perfectly: it may be a copy of the target.'
    """
    return _asked(data_rules() if rules is None else rules, DataView(understood, seed))


def result_safeguards(view: ResultView, rules: Sequence[ResultRule] | None = None) -> tuple[Safeguard, ...]:
    """Return what the results of a session warn of, most severe first.

    Parameters
    ----------
    view
        The session as rules on results see it.
    rules
        The rules to ask, default all that are registered.
    """
    return _asked(result_rules() if rules is None else rules, view)


def _asked(rules: Iterable[Rule[_V, Safeguard]], view: _V) -> tuple[Safeguard, ...]:
    found: list[Safeguard] = []
    for rule in rules:
        try:
            found.extend(rule(view))
        except Exception:  # noqa: BLE001 - a rule that fails costs its own warning, never the session
            _log.exception("The rule %s failed.", rule.name)
    return by_severity(found)


def by_severity(found: Iterable[Safeguard]) -> tuple[Safeguard, ...]:
    """Return safeguards in the order of their severity; of equal severity as they came."""
    return tuple(sorted(found, key=lambda one: _ORDER.index(one.severity)))
