"""The preparation from a table to a matrix: a family's recipe, and the choices of a configuration in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hitl_widget.domain.space import Categorical, Config, Parameter
from hitl_widget.domain.task import Role, Task

__all__ = ["CATEGORIES", "LEAST_VALUES", "NUMBERS", "ONE_HOT", "Preparation", "Recipe", "dense_choices"]

Recipe = Literal["native", "dense", "none"]

NUMBERS = ("normal scores", "standardise", "ranks")
"""Scalings of numbers: quantiles to a normal distribution; mean 0 and deviation 1; quantiles evenly spread."""

CATEGORIES = ("column per level", "mean of target")
"""Encodings of categories: a column of 0 and 1 per level; one number, the mean of the target."""

LEAST_VALUES = 10
"""A column of fewer distinct numbers is standardized whatever the choice."""

ONE_HOT = 30
"""A column of more levels is encoded by the mean of the target whatever the choice."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """One way from the canonical table to a matrix.

    Parameters
    ----------
    recipe
        ``"native"`` (codes, missing cells), ``"dense"`` (numbers on one scale) or ``"none"`` (rows only).
    numbers, categories
        Choices of the dense recipe.
    """

    recipe: Recipe
    numbers: str = NUMBERS[0]
    categories: str = CATEGORIES[0]

    @classmethod
    def of(cls, recipe: Recipe, family: str, config: Config) -> Preparation:
        """Return the preparation of a configuration; what it leaves out, as older ones do, is the default."""
        if recipe != "dense":
            return cls(recipe)
        numbers, categories = config.get(f"{family}.numbers"), config.get(f"{family}.categories")
        return cls(recipe, str(numbers or NUMBERS[0]), str(categories or CATEGORIES[0]))

    @property
    def key(self) -> str:
        """A name for files, the recipe's own for the default choices."""
        choices = [self.numbers * (self.numbers != NUMBERS[0]), self.categories * (self.categories != CATEGORIES[0])]
        return "-".join([self.recipe, *filter(None, choices)]).replace(" ", "_")


def dense_choices(family: str, task: Task) -> tuple[Parameter, ...]:
    """Return the choices of the dense recipe that make a difference to a table.

    Parameters
    ----------
    family
        A family that reads the dense recipe.
    task
        Tells which columns there are.
    """
    found: tuple[Parameter, ...] = ()
    numeric = [one for one in task.columns_with(Role.NUMERIC) if one.distinct >= LEAST_VALUES]
    if numeric or task.columns_with(Role.DATE):
        words = "scaling of numbers"
        found += (Categorical(f"{family}.numbers", NUMBERS[:2], NUMBERS[0], words, NUMBERS[2:]),)
    if any(2 < one.distinct <= ONE_HOT for one in task.columns_with(Role.CATEGORICAL)):
        words = "encoding of categories"
        found += (Categorical(f"{family}.categories", CATEGORIES, CATEGORIES[0], words),)
    return found
