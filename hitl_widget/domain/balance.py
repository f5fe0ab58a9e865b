"""Ways to balance the classes of a target, as a hyperparameter of each family. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from hitl_widget.domain.space import Categorical, Parameter, Space

__all__ = [
    "BALANCES",
    "SUFFIX",
    "WAYS",
    "Balance",
    "balance_parameter",
    "parameters_of_balance",
    "tunes_threshold",
    "with_balance",
]

Balance = Literal["weights", "oversample", "undersample", "threshold"]

BALANCES: tuple[Balance, ...] = get_args(Balance)

WAYS: Mapping[str, str] = {
    "weights": "class weights",
    "oversample": "oversampling",
    "undersample": "undersampling",
    "threshold": "a tuned threshold",
}
"""The ways in words."""

SUFFIX = ".balance"
"""End of the names of these hyperparameters."""


def tunes_threshold(config: Mapping[str, object], family: str) -> bool:
    """Return whether a configuration of a family tunes its threshold.

    Examples
    --------
    >>> tunes_threshold({"family": "svm", "svm.balance": "threshold"}, "svm")
    True
    """
    return config.get(f"{family}{SUFFIX}") == "threshold"


def balance_parameter(family: str, ways: Sequence[str], possible: Sequence[str]) -> Parameter:
    """Return the hyperparameter of a family; its default, None, is no balancing.

    Parameters
    ----------
    family
        Name of the family.
    ways
        The ways to search.
    possible
        The ways that the family can do; others are left out.

    Examples
    --------
    >>> balance_parameter("svm", ["weights", "threshold"], ["weights"]).choices
    (None, 'weights')
    """
    choices = tuple(way for way in BALANCES if way in ways and way in possible)
    return Categorical(f"{family}{SUFFIX}", (None, *choices), None, "class balance", (None, *possible))


def parameters_of_balance(space: Space) -> tuple[Categorical, ...]:
    """Return the hyperparameters of a space that balance classes."""
    found = (one for one in space.parameters if one.name.endswith(SUFFIX) and one.label == "class balance")
    return tuple(one for one in found if isinstance(one, Categorical))


def with_balance(space: Space, ways: Sequence[str], possible: Mapping[str, Sequence[str]]) -> Space:
    """Return a space in which each family searches some ways to balance classes, and no balancing.

    Parameters
    ----------
    space
        A space.
    ways
        The ways to search; none to stop balancing.
    possible
        The ways that each family can do, by its name; others have no such hyperparameter.
    """
    made = {family: balance_parameter(family, ways, them) for family, them in possible.items() if them}
    names = {one.name for one in made.values()}
    families = dict.fromkeys((*space.families, *(one.name.split(".", 1)[0] for one in space.parameters)))
    parameters: list[Parameter] = []
    for family in families:
        parameters += [made[family]] if family in made else []
        parameters += [one for one in space.of(family) if one.name not in names]
    return Space(space.families, tuple(parameters))
