"""The short form in which people give a search space, and the hyperparameters that it means."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hitl_widget.data.hints import did_you_mean
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.space import Categorical, Float, Int, Parameter, Value, same
from hitl_widget.errors import ConfigError
from hitl_widget.learners.blueprint import Blueprint
from hitl_widget.learners.legal import legal_names, legal_range

__all__ = ["objects_from", "parameters_from"]

_FORMS = '(low, high), (low, high, "log"), a list of choices or one value'


def parameters_from(name: str, space: Any, estimator: Any = None) -> tuple[Parameter, ...]:
    """Return the hyperparameters that a short form means.

    Parameters
    ----------
    name
        The family; parameters become ``"name.parameter"``.
    space : mapping
        By parameter: ``(low, high)`` or ``(low, high, "log")``, whole numbers when both bounds are and the present
        value is no float; a list of choices; one value, which fixes it; or a `Float`, `Int` or `Categorical`. May be
        empty.
    estimator
        An estimator or what makes one: its present values are the defaults where they lie inside, and what
        scikit-learn says of its parameters bounds the ranges.

    Raises
    ------
    ConfigError
        For a form that is none of these, an empty range, or values that the estimator does not accept.

    Examples
    --------
    >>> for one in parameters_from("knn", {"n_neighbors": (1, 50), "weights": ["uniform", "distance"]}):
    ...     print(one.name, one.default)
    knn.n_neighbors 25
    knn.weights uniform
    """
    if not isinstance(space, Mapping) or not all(isinstance(short, str) for short in space):
        raise ConfigError(f'A space must be a dict such as {{"n_neighbors": (1, 50)}}; got {_brief(space)}.')
    current = Blueprint(estimator).values() if estimator is not None else {}
    return tuple(
        _parameter(f"{name}.{short}", short, given, current.get(short, inspect.Parameter.empty), estimator)
        for short, given in space.items()
    )


def objects_from(space: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return, by parameter, the objects behind words: ``{"layers": {"(64, 64)": (64, 64)}}``."""
    found = {}
    for short, given in space.items():
        values = _listed(given) if _is_list(given) else [] if isinstance(given, tuple) else [given]
        objects = {_word(one): one for one in values if not _is_plain(one) and not _is_ready(one)}
        if objects:
            found[short] = objects
    return found


def _parameter(full: str, short: str, given: Any, current: Any, estimator: Any) -> Parameter:
    label = short.replace("__", " ").replace("_", " ").strip()
    if _is_ready(given):
        return _ready(full, given, label)
    if _is_list(given):
        return _choices(full, [_as_value(one) for one in _listed(given)], current, label, estimator, short)
    if isinstance(given, tuple):
        return _range(full, given, current, label, estimator, short)
    value = _as_value(given)
    if not _is_number(value):
        return _choices(full, [value], current, label, estimator, short)
    return _range(full, (value, value), current, label, estimator, short)


def _ready(full: str, given: Parameter, label: str) -> Parameter:
    """Check the user's parameters."""
    if isinstance(given, Categorical):
        if not given.choices or not any(same(given.default, one) for one in given.choices):
            raise ConfigError(f"The default of {full}, {given.default!r}, is not one of its choices.")
    elif not given.legal_low <= given.low <= given.default <= given.high <= given.legal_high:
        raise ConfigError(f"{full} needs low ≤ default ≤ high; got {given.low}, {given.default}, {given.high}.")
    elif given.log and given.low <= 0:
        raise ConfigError(f"{full} starts at {given.low:g}; a logarithmic scale needs a lower bound above 0.")
    return replace(given, name=full, label=given.label or label)


def _range(full: str, given: tuple[Any, ...], current: Any, label: str, estimator: Any, short: str) -> Float | Int:
    bounds, scale = [plain(one) for one in given[:2]], list(given[2:])
    if len(bounds) < 2 or not all(map(_is_number, bounds)) or scale not in ([], ["log"], ["linear"]):
        raise ConfigError(f"{full} must be {_FORMS}; got {_brief(given)}. Use a list for choices, a tuple for a range.")
    low, high = bounds
    now = plain(current)
    log = scale == ["log"]
    whole = isinstance(low, int) and isinstance(high, int) and not isinstance(now, float)
    if low > high:
        raise ConfigError(f"The range of {full} is empty: its lower bound {low:g} is above its upper bound {high:g}.")
    if log and low <= 0:
        raise ConfigError(f"{full} starts at {low:g}; a logarithmic scale needs a lower bound above 0.")
    least, most = _legal(low, whole, estimator, short)
    if low < least or high > most:
        raise ConfigError(f"{full} accepts {least:g} to {most:g}; the range given is {low:g} to {high:g}.")
    inside = _is_number(now) and low <= now <= high and (not whole or now == int(now))
    default = now if inside else math.sqrt(low * high) if log else (low + high) / 2
    if whole:
        return Int(full, int(low), int(high), int(default), log, least, most, label)
    return Float(full, float(low), float(high), min(max(float(default), low), high), log, least, most, label)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _legal(low: float, whole: bool, estimator: Any, short: str) -> tuple[float, float]:
    """Return the estimator's limits, else any number; integers stay integers."""
    said = legal_range(_of(estimator), short, whole)
    if said is not None:
        return said
    return (float(min(low, 1)) if whole and low >= 0 else -math.inf), math.inf


def _choices(full: str, values: list[Value], current: Any, label: str, estimator: Any, short: str) -> Categorical:
    choices: list[Value] = []
    for one in values:
        if not any(same(one, other) for other in choices):
            choices.append(one)
    if not choices:
        raise ConfigError(f"{full} needs at least one choice; got an empty list.")
    legal, nothing_else = legal_names(_of(estimator), short)
    wrong = [one for one in choices if not any(same(one, other) for other in legal)]
    if nothing_else and wrong:
        words = [one for one in legal if isinstance(one, str)]
        near = did_you_mean(str(wrong[0]), words) or f" It takes {', '.join(map(repr, legal))}."
        raise ConfigError(f"{full} cannot be {wrong[0]!r}.{near}")
    now = current if _is_plain(current) else _word(current)
    default = next((one for one in choices if same(one, now)), choices[0])
    more = tuple(one for one in legal if not any(same(one, other) for other in choices))
    return Categorical(full, tuple(choices), default, label, more)


def _of(estimator: Any) -> Any:
    """Return the estimator itself, the class behind ``functools.partial`` too."""
    return getattr(estimator, "func", estimator)


def _is_ready(given: Any) -> bool:
    return isinstance(given, Float | Int | Categorical)


def _is_list(given: Any) -> bool:
    return isinstance(given, list) or (hasattr(given, "tolist") and getattr(given, "ndim", 0) == 1)


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else list(given.tolist())


def _is_plain(value: Any) -> bool:
    value = plain(value)
    return value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value))


def _as_value(given: Any) -> Value:
    """Return a choice as it stands in configurations: itself, or a word for what has no JSON form."""
    value: Value = plain(given) if _is_plain(given) else _word(given)
    return value


def _word(value: Any) -> str:
    text = getattr(value, "__name__", None) or " ".join(repr(value).split())
    return str(text)[:80]


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
