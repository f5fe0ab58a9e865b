"""The check of `balance=`: the ways to balance classes that a person asks the search to try."""

from __future__ import annotations

from typing import Any

from hitl_widget.data.hints import did_you_mean
from hitl_widget.data.scorers import decides
from hitl_widget.domain.balance import BALANCES
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError

__all__ = ["checked_balance"]


def checked_balance(given: Any, kind: Kind, metric: Metric) -> tuple[str, ...]:
    """Return the ways to balance classes, in a fixed order; none without a request.

    Parameters
    ----------
    given
        A way, a list of ways, True for all that can change the metric, or None.
    kind, metric
        Of the task.

    Raises
    ------
    DataError
        If there is no such way, or it changes nothing: there are no classes, or the metric reads no threshold.

    Examples
    --------
    >>> from hitl_widget.domain.objective import metric_named
    >>> checked_balance(True, Kind.BINARY, metric_named("roc_auc"))
    ('weights', 'oversample', 'undersample')
    """
    if given is None or given is False:
        return ()
    threshold = decides(metric)
    if given is True:
        given = [way for way in BALANCES if way != "threshold" or threshold]
    ways = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple | set) else [given]
    for way in ways:
        if way not in BALANCES:
            hint = did_you_mean(way, BALANCES) if isinstance(way, str) else ""
            listed = ", ".join(map(repr, BALANCES))
            raise DataError(f"balance= must be one or several of {listed}, or True; got {way!r:.60}.{hint}")
    if ways and kind is Kind.REGRESSION:
        raise DataError("balance= balances classes, but the target is numeric. Leave out balance=.")
    if "threshold" in ways and not threshold:
        raise DataError(
            f"A threshold does not change {metric.label}, which reads probabilities. Leave out 'threshold' from "
            "balance=, or choose a metric of classes, for example metric='f1_macro' or 'balanced_accuracy'."
        )
    return tuple(way for way in BALANCES if way in ways)
