"""Ranges that scikit-learn's estimators accept."""

from __future__ import annotations

import inspect
import math
from typing import Any

from hitl_widget.domain.space import Value

__all__ = ["legal_names", "legal_range"]

_OPEN = 1e-12


def _constraints(estimator: Any, name: str) -> list[Any]:
    """Return scikit-learn's constraints of a parameter; empty where there are none (a private table)."""
    *path, leaf = name.split("__")
    for part in path:
        asked = hasattr(estimator, "get_params") and not inspect.isclass(estimator)
        known = estimator.get_params(deep=False) if asked else {}
        steps = dict(known.get("steps") or ()) if isinstance(known.get("steps"), list) else {}
        estimator = known.get(part, steps.get(part))
    table = getattr(estimator, "_parameter_constraints", None)
    found = table.get(leaf) if isinstance(table, dict) else None
    return list(found) if isinstance(found, list) else []


def legal_range(estimator: Any, name: str, whole: bool) -> tuple[float, float] | None:
    """Return the least and the greatest number that an estimator accepts, None where it does not say.

    Parameters
    ----------
    estimator
        An estimator or its class.
    name
        A parameter, ``"step__parameter"`` for one inside.
    whole
        For whole numbers; an estimator may take both, with different ranges.
    """
    lows, highs = [], []
    for one in _constraints(estimator, name):
        kind = getattr(getattr(one, "type", None), "__name__", "")
        if not hasattr(one, "closed") or kind not in (("Integral", "Real") if whole else ("Real", "RealNotInt")):
            continue
        step = 1 if whole else _OPEN
        low, high = one.left, one.right
        lows.append(-math.inf if low is None else low + step * (one.closed in ("right", "neither")))
        highs.append(math.inf if high is None else high - step * (one.closed in ("left", "neither")))
    return (float(min(lows)), float(max(highs))) if lows else None


def legal_names(estimator: Any, name: str) -> tuple[tuple[Value, ...], bool]:
    """Return the words that a parameter may be, sorted, None last; and whether it may be nothing else.

    Parameters
    ----------
    estimator, name
        As of `legal_range`.
    """
    words: set[str] = set()
    nothing_else, none = True, False
    for one in _constraints(estimator, name):
        options = getattr(one, "options", None)
        if isinstance(options, set | frozenset) and all(isinstance(word, str) for word in options):
            words |= set(options) - set(getattr(one, "deprecated", ()))
        elif one is None:
            none = True
        else:
            nothing_else = False
    found: tuple[Value, ...] = tuple(sorted(words))
    return ((*found, None) if none and found else found), bool(found) and nothing_else
