"""The user's own metric: a scorer of `sklearn.metrics.make_scorer`, or a function of truth and prediction."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hitl_widget.data.scorers import BINARY, CLASSES, NUMBERS
from hitl_widget.domain.commands.preferences import TAKEN
from hitl_widget.domain.objective import Metric, built_in, metric_named
from hitl_widget.errors import DataError
from hitl_widget.learners.packing import pack, unpack

__all__ = ["own_metric", "scorer_of"]

_HOW = (
    "metric= must be the name of a scorer, a scorer made with sklearn.metrics.make_scorer, or a function of "
    "(y, prediction)"
)


def own_metric(given: Any, direction: Any) -> str | Metric | None:
    """Return the name of a metric, or the user's own metric with its code.

    Parameters
    ----------
    given
        A name, None, a scorer made with `sklearn.metrics.make_scorer`, or a function of truth and prediction.
    direction
        ``"higher"`` or ``"lower"``: which values of a function are better; None for everything else.

    Raises
    ------
    DataError
        If it is none of these, or the direction is missing.
    ConfigError
        If it cannot be sent to the workers.
    """
    if given is None or isinstance(given, str):
        if direction is not None:
            raise DataError("direction= applies to a function as metric=; names have theirs. Leave out direction=.")
        return given
    if _is_scorer(given):
        if direction is not None:
            raise DataError("A scorer has its direction, make_scorer(greater_is_better=…). Leave out direction=.")
        known = _known_name(given)
        return known if known is not None else _packed(given)
    return _packed(_scorer_of_function(given, direction))


def scorer_of(metric: Metric) -> Any:
    """Return the user's own scorer; this runs its code.

    Raises
    ------
    ValueError
        If the code is not this user's, so that it was not stored here.
    """
    if not metric.code:
        raise ValueError(
            f"The metric {metric.label!r} is code from another computer or user, so it was not run. "
            "Start a new session with your own metric."
        )
    return _unpacked(metric.code)


@lru_cache(maxsize=8)
def _unpacked(code: bytes) -> Any:
    return unpack(code)["scorer"]


def _is_scorer(given: Any) -> bool:
    return hasattr(given, "_score_func") and hasattr(given, "_sign")


def _known_name(scorer: Any) -> str | None:
    """Return the name of an equal scorer of scikit-learn, or None."""
    from sklearn.metrics import get_scorer

    def parts(one: Any) -> tuple[Any, ...]:
        return one._score_func, one._sign, one._kwargs, getattr(one, "_response_method", None)

    names = sorted((BINARY | CLASSES | NUMBERS) - {"cohen_kappa", "quadratic_kappa"})
    return next((name for name in names if parts(get_scorer(name)) == parts(scorer)), None)


def _scorer_of_function(given: Any, direction: Any) -> Any:
    from sklearn.metrics import make_scorer

    if not callable(given) or isinstance(given, type):
        raise DataError(f"{_HOW}; got {type(given).__name__}. Add further metrics with session.objectives().")
    if not _takes_two(given):
        raise DataError(f"{_HOW}; {_name(given)} cannot be called with two arguments. Give it these two.")
    if direction not in ("higher", "lower"):
        raise DataError(
            f'direction= says which values of {_name(given)} are better: "higher" or "lower"; got {direction!r:.40}. '
            'Add direction="higher" or direction="lower".'
        )
    return make_scorer(given, greater_is_better=direction == "higher")


def _takes_two(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        return False
    except ValueError:  # no signature, as some compiled functions
        return True
    return True


def _packed(scorer: Any) -> Metric:
    name = _name(scorer._score_func)
    code = pack(f"The metric {name!r}", {"scorer": scorer}, "inside the function")
    taken = metric_named(name).scorer in BINARY | CLASSES | NUMBERS or built_in(name) is not None
    free = f"own_{name}" if taken or name in {*TAKEN, "score"} else name
    return Metric(free, name.replace("_", " "), 1 if scorer._sign > 0 else -1, code=code)


def _name(function: Any) -> str:
    """Return the name of a function as an identifier; "metric" for a lambda."""
    function = getattr(function, "func", function)
    named = str(getattr(function, "__name__", type(function).__name__))
    plain = re.sub(r"\W", "_", named).strip("_")[:60]
    return plain if plain.isidentifier() and plain != "lambda" else "metric"
