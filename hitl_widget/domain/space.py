"""The search space: conditional parameters of families, and the configurations in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeGuard

from hitl_widget.errors import ConfigError

__all__ = ["FAMILY", "Categorical", "Config", "Float", "Int", "Parameter", "Space", "Value", "displayed", "same"]

FAMILY = "family"

Value = bool | int | float | str | None
Config = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Float:
    """A real-valued hyperparameter.

    Parameters
    ----------
    name
        ``"family.parameter"``, for example ``"lightgbm.learning_rate"``.
    low, high
        Bounds, both included.
    default
        Value used if a configuration omits it.
    log
        Search on a logarithmic scale.
    legal_low, legal_high
        Limits of the estimator; the range can be widened up to these.
    label
        Display name.
    """

    name: str
    low: float
    high: float
    default: float
    log: bool = False
    legal_low: float = -math.inf
    legal_high: float = math.inf
    label: str = ""

    def check(self, value: object) -> float:
        """Return the value as a float in range, or raise ConfigError."""
        if not _is_finite(value):
            raise ConfigError(f"{self.name} must be a number from {self.low:g} to {self.high:g}; got {_brief(value)}.")
        if not self.low <= value <= self.high:
            raise ConfigError(
                f"{self.name} must be between {self.low:g} and {self.high:g} in this search space; "
                f"got {_brief(value)}. Choose a value in this range."
            )
        return float(value)


@dataclass(frozen=True, slots=True)
class Int:
    """An integer hyperparameter; see `Float` for the fields."""

    name: str
    low: int
    high: int
    default: int
    log: bool = False
    legal_low: float = -math.inf
    legal_high: float = math.inf
    label: str = ""

    def check(self, value: object) -> int:
        """Return the value as an int in range, or raise ConfigError."""
        if not _is_finite(value) or value != int(value):
            raise ConfigError(
                f"{self.name} must be a whole number from {self.low} to {self.high}; got {_brief(value)}."
            )
        if not self.low <= value <= self.high:
            raise ConfigError(
                f"{self.name} must be between {self.low} and {self.high} in this search space; "
                f"got {_brief(value)}. Choose a value in this range."
            )
        return int(value)


def _is_finite(value: object) -> TypeGuard[int | float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


DISPLAYED: Mapping[str, str] = {"standardise": "standardize", "column per level": "one-hot"}
"""Choices whose stored values, which journals contain, differ from the displayed ones."""


@dataclass(frozen=True, slots=True)
class Categorical:
    """A hyperparameter with a list of choices.

    Parameters
    ----------
    name, default, label
        As of `Float`.
    choices
        The choices of the search.
    legal
        All values that the estimator accepts: further choices can be added from these.
    """

    name: str
    choices: tuple[Value, ...]
    default: Value
    label: str = ""
    legal: tuple[Value, ...] = ()

    def check(self, value: object) -> Value:
        """Return the choice equal to the value, as stored or as displayed, and of its type, or raise ConfigError."""
        for choice in self.choices:
            if same(choice, value) or same(displayed(choice), value):
                return choice
        listed = ", ".join(repr(choice) for choice in self.choices)
        raise ConfigError(f"{self.name} must be one of {listed}; got {_brief(value)}.")


def displayed(choice: Value) -> Value:
    """Return a choice as people read it, for example ``"one-hot"``."""
    return DISPLAYED.get(choice, choice) if isinstance(choice, str) else choice


def same(one: object, other: object) -> bool:
    """Return whether two choices are equal and of the same type: True is not 1."""
    return type(one) is type(other) and one == other


Parameter = Float | Int | Categorical


@dataclass(frozen=True, slots=True)
class Space:
    """A conditional search space: families, each with its own hyperparameters.

    Parameters
    ----------
    families
        Names of the learner families, in display order.
    parameters
        All hyperparameters; each belongs to the family before the dot in its name.
    """

    families: tuple[str, ...]
    parameters: tuple[Parameter, ...]

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __contains__(self, config: object) -> bool:
        if not isinstance(config, Mapping):
            return False
        return self.contains()(config)

    def contains(self) -> Callable[[Config], bool]:
        """Return a fast function that checks whether a complete configuration is in the space.

        A hyperparameter that was added since, and that the configuration lacks, has the value None.
        """
        families = {name: self.of(name) for name in self.families}

        def inside(config: Config) -> bool:
            own = families.get(str(config.get(FAMILY)))
            return (
                own is not None
                and sum(one.name in config for one in own) == len(config) - 1
                and all(_holds(one, config.get(one.name)) for one in own)
            )

        return inside

    def of(self, family: str) -> tuple[Parameter, ...]:
        """Return the hyperparameters of one family."""
        prefix = family + "."
        return tuple(parameter for parameter in self.parameters if parameter.name.startswith(prefix))

    def __getitem__(self, name: str) -> Parameter:
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)

    def __str__(self) -> str:
        """List the families and their ranges."""
        every = [one.name.split(".", 1)[1] for one in self.parameters]
        wide = max(map(len, every), default=0)
        lines = []
        for family in self.families:
            lines.append(family)
            lines += [f"  {one.name.split('.', 1)[1]:{wide}}  {_in_words(one)}" for one in self.of(family)]
        own = dict.fromkeys(one.name.split(".", 1)[0] for one in self.parameters)
        gone = [family for family in own if family not in self.families]
        return "\n".join(lines + ([f"excluded: {', '.join(gone)}"] if gone else []))

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("Space(…)" if cycle else str(self))

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form of the space; infinite bounds become None."""
        return {"families": list(self.families), "parameters": [_parameter_json(one) for one in self.parameters]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Space:
        """Read a space from its JSON form."""
        return cls(tuple(data["families"]), tuple(_parameter_from(one) for one in data["parameters"]))

    def complete(self, config: Mapping[str, object]) -> dict[str, Value]:
        """Return a validated configuration with defaults filled in.

        Parameters
        ----------
        config
            ``{"family": name, "name.parameter": value, ...}``; omitted parameters take their defaults.

        Returns
        -------
        dict
            The complete configuration: family first, then its parameters in the order of the space.

        Raises
        ------
        ConfigError
            For an unknown family or parameter, or a value out of range.
        """
        family = config.get(FAMILY)
        if not isinstance(family, str) or family not in self.families:
            known = ", ".join(self.families)
            raise ConfigError(f"A configuration needs a family, one of {known}; got {family!r}.")
        own = {parameter.name: parameter for parameter in self.of(family)}
        strange = [name for name in config if name != FAMILY and name not in own]
        if strange:
            known = ", ".join(own) or "none"
            raise ConfigError(f"{family} has no hyperparameter {strange[0]!r}. Its hyperparameters: {known}.")
        whole: dict[str, Value] = {FAMILY: family}
        for name, parameter in own.items():
            whole[name] = parameter.check(config[name]) if name in config else parameter.default
        return whole


def _holds(parameter: Parameter, value: object) -> bool:
    """Return whether a value is in the range; fast, without an error message."""
    if isinstance(parameter, Categorical):
        return any(same(value, choice) for choice in parameter.choices)
    if isinstance(parameter, Int) and type(value) is not int:
        return False
    return _is_finite(value) and parameter.low <= value <= parameter.high


def _in_words(parameter: Parameter) -> str:
    if isinstance(parameter, Categorical):
        body = ", ".join(map(str, parameter.choices))
    elif parameter.low == parameter.high:
        body = f"fixed at {parameter.low:g}"
    else:
        body = f"{parameter.low:g} – {parameter.high:g}{' (log)' if parameter.log else ''}"
    return f"{body:24}  {parameter.label}".rstrip()


_KINDS: dict[str, type[Any]] = {"float": Float, "int": Int, "categorical": Categorical}


def _parameter_json(parameter: Parameter) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": type(parameter).__name__.lower()}
    for one in fields(parameter):
        value = getattr(parameter, one.name)
        body[one.name] = None if isinstance(value, float) and math.isinf(value) else value
    if isinstance(parameter, Categorical):
        body["choices"], body["legal"] = list(parameter.choices), list(parameter.legal)
    return body


def _parameter_from(data: Mapping[str, Any]) -> Parameter:
    values = {key: value for key, value in data.items() if key != "kind"}
    for several in ("choices", "legal"):
        if several in values:
            values[several] = tuple(values[several])
    for bound, infinite in (("legal_low", -math.inf), ("legal_high", math.inf)):
        if bound in values and values[bound] is None:
            values[bound] = infinite
    parameter: Parameter = _KINDS[data["kind"]](**values)
    return parameter
