"""The illustration of a warning: drawn here for small tables, else in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitl_widget.advise.rules import data_rules, result_rules
from hitl_widget.errors import CommandError
from hitl_widget.workers.contract import Call

if TYPE_CHECKING:
    from hitl_widget.advise.illustration import Illustration
    from hitl_widget.domain.safeguard import Safeguard
    from hitl_widget.session.runtime import Runtime

__all__ = ["illustrate", "is_drawn"]

_MOST_CELLS = 2_000_000
"""Cells of a table that is drawn in the kernel; a worker draws a larger one."""


def is_drawn(warning: Safeguard) -> bool:
    """Return True if the rule of a warning draws what it is about."""
    drawn = {rule.name for rule in data_rules() if rule.draw is not None}
    drawn |= {rule.name for rule in result_rules() if rule.draw is not None}
    return warning.rule in drawn


def illustrate(runtime: Runtime, key: str) -> Illustration:
    """Return what a warning is about, as a chart or a table.

    Parameters
    ----------
    runtime
        The runtime of the session.
    key
        Key of a warning that is known by now.

    Raises
    ------
    CommandError
        If there is no such warning, its rule draws nothing, or the worker is lost.
    """
    state = runtime.state
    warning = runtime.known_warnings.find(state, key)
    if warning is None:
        raise CommandError(f"There is no warning {key!r:.100}; session.warnings lists the open ones.")
    of_results = next((rule for rule in result_rules() if rule.name == warning.rule), None)
    if of_results is not None and of_results.draw is not None:
        return of_results.draw(runtime.known_warnings.result_view(state), warning)
    if not is_drawn(warning):
        raise CommandError(f"There is nothing to draw for the warning {key!r:.100}. Its evidence: {warning.evidence}")
    return _of_table(runtime, warning)


def _of_table(runtime: Runtime, warning: Safeguard) -> Illustration:
    from hitl_widget.advise.survey import illustration_of

    understood, choices = runtime.understood, runtime.state.steering.data
    columns = choices.columns(understood.task)
    path = None
    if understood.task.rows * len(columns) > _MOST_CELLS:
        path = runtime.table_file()
    if path is None:
        return illustration_of(understood, columns, runtime.seed, choices.metric, warning)
    arguments = (path, dict(runtime.settings["arguments"]), columns, choices.rows, choices.metric, warning)
    found: Illustration = runtime.compute("draw", Call("hitl_widget.advise.survey:survey_illustration", arguments))
    return found
