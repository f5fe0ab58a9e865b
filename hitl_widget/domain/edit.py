"""Edits of the search space: validation, application and description."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hitl_widget.domain.space import FAMILY, Categorical, Float, Int, Parameter, Space, Value, displayed, same
from hitl_widget.domain.spelling import is_number
from hitl_widget.errors import CommandError, ConfigError, nothing_changes

__all__ = ["Change", "Described", "changed", "described", "is_fixed", "remaining", "spread_of", "title_of"]

Change = Any
"""A change of one hyperparameter as given by the user; see `changed`."""


def changed(
    space: Space,
    base: Space,
    changes: Mapping[str, Change],
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    needed: Iterable[str] = (),
) -> Space:
    """Return the space after an edit; an error leaves everything unchanged.

    Parameters
    ----------
    space
        The current space.
    base
        The original space, with its defaults and families.
    changes
        By hyperparameter: ``(low, high)``; a value, to fix it; a list of choices; or a dict with some of ``low``,
        ``high``, ``log``, ``choices``, ``add``, ``remove``, ``fix``; None restores the original.
    include, exclude
        Names of families.
    needed
        Families that cannot be excluded (baselines); at least one other must remain.

    Returns
    -------
    Space
        The new space.

    Raises
    ------
    ConfigError
        If a name is unknown, or a range is empty or exceeds the legal range of the estimator.
    CommandError
        If nothing would change, or nothing would be left to search.
    """
    families = _families(space, base, include, exclude, tuple(needed))
    own = {parameter.name: parameter for parameter in space.parameters}
    for family in families:
        if family not in space.families:  # undoing the addition of a learner removed its hyperparameters
            own |= {parameter.name: parameter for parameter in base.of(family) if parameter.name not in own}
    for name, change in changes.items():
        if name not in own:
            raise ConfigError(f"There is no hyperparameter {name!r}.{_near(name, own)}")
        own[name] = _parameter(own[name], base[name], change)
    new = Space(families, tuple(own.values()))
    if new == space:
        raise CommandError(nothing_changes("the search space already has these values"))
    return new


def _near(name: str, own: Mapping[str, Parameter]) -> str:
    family = name.split(".", 1)[0]
    known = [one for one in own if one.startswith(family + ".")] or sorted({one.split(".", 1)[0] for one in own})
    return f" There are {', '.join(known)}." if known else ""


def _families(
    space: Space, base: Space, include: Sequence[str], exclude: Sequence[str], needed: tuple[str, ...]
) -> tuple[str, ...]:
    for name in (*include, *exclude):
        if name not in base.families:
            raise ConfigError(f"There is no family {name!r}. Known families: {', '.join(base.families)}.")
    both = set(include) & set(exclude)
    if both:
        raise CommandError(f"{min(both)} is both included and excluded. Choose one.")
    kept_for_all = set(exclude) & set(needed)
    if kept_for_all:
        raise CommandError(f"{min(kept_for_all)} cannot be excluded: every score is compared with it.")
    left = (set(space.families) | set(include)) - set(exclude)
    if not left - set(needed):
        raise CommandError("At least one family must stay in the search; this edit would exclude the last one.")
    return tuple(name for name in base.families if name in left)


def _parameter(now: Parameter, base: Parameter, change: Change) -> Parameter:
    if change is None:
        return base
    if isinstance(now, Categorical):
        assert isinstance(base, Categorical)
        return _categorical(now, base, change)
    assert not isinstance(base, Categorical)
    wanted = _numeric_change(now, change)
    if "fix" in wanted:
        low = high = _bound(now, wanted["fix"])
    else:
        low = _bound(now, wanted["low"]) if wanted.get("low") is not None else now.low
        high = _bound(now, wanted["high"]) if wanted.get("high") is not None else now.high
    log = wanted.get("log", now.log)
    if not isinstance(log, bool):
        raise ConfigError(f"log of {now.name} must be true or false; got {log!r}.")
    if low > high:
        raise ConfigError(
            f"The range of {now.name} is empty: its lower bound {low:g} is above its upper bound {high:g}."
        )
    if log and low <= 0:
        raise ConfigError(f"{now.name} starts at {low:g}, but a logarithmic scale needs a lower bound above 0.")
    default = min(max(base.default, low), high)
    if isinstance(now, Int):
        return replace(now, low=int(low), high=int(high), default=int(default), log=log)
    return replace(now, low=float(low), high=float(high), default=float(default), log=log)


def _numeric_change(now: Float | Int, change: Change) -> Mapping[str, Any]:
    if isinstance(change, Mapping):
        strange = [key for key in change if key not in ("low", "high", "log", "fix")]
        if strange or not change:
            raise ConfigError(f"{now.name} is numeric: change low, high, log or fix; got {_listed(change)}.")
        return change
    if isinstance(change, tuple | list):
        if len(change) != 2:
            raise ConfigError(f"The range of {now.name} must be two numbers, (low, high); got {_brief(change)}.")
        return {"low": change[0], "high": change[1]}
    return {"fix": change}


def _bound(now: Float | Int, value: Any) -> float:
    whole = isinstance(now, Int)
    if not is_number(value) or (whole and value != int(value)):
        raise ConfigError(f"{now.name} takes {'whole numbers' if whole else 'numbers'}; got {_brief(value)}.")
    if not now.legal_low <= value <= now.legal_high:
        raise ConfigError(
            f"{now.name} accepts {now.legal_low:g} to {now.legal_high:g}, so its range cannot include {value:g}."
        )
    return int(value) if whole else float(value)


def _categorical(now: Categorical, base: Categorical, change: Change) -> Categorical:
    choices = list(now.choices)
    legal = (*base.legal, *(one for one in base.choices if not _among(one, base.legal)))
    if isinstance(change, Mapping):
        strange = [key for key in change if key not in ("choices", "add", "remove", "fix")]
        if strange or not change:
            raise ConfigError(f"{now.name} is categorical: change choices, add, remove or fix; got {_listed(change)}.")
        if "fix" in change:
            choices = _several([change["fix"]], legal)
        if "choices" in change:
            choices = _several(change["choices"], legal)
        choices += [one for one in _several(change.get("add", []), legal) if not _among(one, choices)]
        removed = _several(change.get("remove", []), legal)
        for one in removed:
            if not _among(one, choices):
                raise ConfigError(f"{now.name} has no choice {_brief(one)} to remove.")
        choices = [one for one in choices if not _among(one, removed)]
    else:
        choices = _several(change, legal)
    if not choices:
        raise ConfigError(f"{now.name} needs at least one choice.")
    for one in choices:
        if not _among(one, legal):
            raise ConfigError(f"{now.name} must be one of {', '.join(map(repr, legal))}; got {_brief(one)}.")
    kept = tuple(one for one in legal if _among(one, choices))
    return replace(now, choices=kept, default=base.default if _among(base.default, kept) else kept[0])


def _several(given: Any, legal: Iterable[Value]) -> list[Value]:
    """Return choices as they are stored; they may be given as displayed."""
    several = given if isinstance(given, tuple | list) else [given]
    stored = {displayed(one): one for one in legal if displayed(one) != one}
    return [stored.get(one, one) if isinstance(one, str) else one for one in several]


def _among(value: object, values: Iterable[object]) -> bool:
    return any(same(value, one) for one in values)


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _listed(change: Mapping[str, Any]) -> str:
    return ", ".join(map(str, change)) or "nothing"


# -- description of an edit -----------------------------------------------------------------------------------------


def is_fixed(parameter: Parameter) -> bool:
    """Return whether only one value is left."""
    if isinstance(parameter, Categorical):
        return len(parameter.choices) == 1
    return parameter.low == parameter.high


def spread_of(parameter: Float | Int, low: float, high: float) -> float:
    """Return the length of a range on the scale of the search."""
    return math.log(high) - math.log(low) if parameter.log else high - low


def remaining(before: Parameter, after: Parameter) -> float:
    """Return the share of a range that an edit keeps, on the scale of the search; above 1 if it widens."""
    if isinstance(before, Categorical) or isinstance(after, Categorical):
        assert isinstance(before, Categorical)
        assert isinstance(after, Categorical)
        return len(after.choices) / len(before.choices)
    whole = spread_of(before, before.low, before.high)
    if whole <= 0:
        return math.inf if after.high > after.low else 1.0
    if before.log and after.low <= 0:
        return spread_of(replace(before, log=False), after.low, after.high) / (before.high - before.low)
    return spread_of(before, after.low, after.high) / whole


@dataclass(frozen=True, slots=True)
class Described:
    """One change in words."""

    name: str
    label: str
    before: str
    after: str


def described(before: Space, after: Space, labels: Mapping[str, str] | None = None) -> tuple[Described, ...]:
    """Return the differences between two spaces: families first, then hyperparameters."""
    labels = labels or {}
    found = []
    for name in dict.fromkeys((*before.families, *after.families)):
        if (name in before.families) != (name in after.families):
            state = ("excluded", "included") if name in after.families else ("included", "excluded")
            found.append(Described(f"{FAMILY}:{name}", labels.get(name, name), *state))
    old = {one.name: one for one in before.parameters}
    for parameter in after.parameters:
        was = old.get(parameter.name)
        if was is not None and was != parameter:
            scale = (
                not isinstance(was, Categorical) and not isinstance(parameter, Categorical) and was.log != parameter.log
            )
            label = parameter.label or parameter.name
            found.append(Described(parameter.name, label, _range(was, scale), _range(parameter, scale)))
    return tuple(found)


def title_of(before: Space, after: Space, labels: Mapping[str, str] | None = None) -> str:
    """Return a short title of an edit, for example ``"learning rate 0.005–0.3 → 0.02–0.08"``."""
    parts = []
    several = len({one.name.split(".", 1)[0] for one in described(before, after)}) > 1
    for one in described(before, after, labels):
        if one.name.startswith(FAMILY + ":"):
            parts.append(f"{one.after} {one.label}")
        else:
            family = one.name.split(".", 1)[0]
            whose = f"{(labels or {}).get(family, family)} " if several else ""
            parts.append(f"{whose}{one.label} {one.before} → {one.after}")
    if len(parts) > 3:
        parts = [*parts[:2], f"{len(parts) - 2} more changes"]
    return "; ".join(parts)


def _range(parameter: Parameter, scale: bool) -> str:
    if isinstance(parameter, Categorical):
        shown = [str(one) for one in parameter.choices]
        return ", ".join(shown) if len(shown) <= 4 else f"{len(shown)} choices"
    if parameter.low == parameter.high:
        return _short(parameter.low)
    kind = (" (log)" if parameter.log else " (linear)") if scale else ""
    return f"{_short(parameter.low)}–{_short(parameter.high)}{kind}"


def _short(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
