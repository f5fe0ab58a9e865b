"""The free hyperparameters of one family as the columns of a matrix."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from hitl_widget.domain.edit import is_fixed
from hitl_widget.domain.space import FAMILY, Categorical, Config, Float, Int, Parameter, Space, Value

__all__ = ["Axes", "Matrix"]

Matrix: TypeAlias = npt.NDArray[np.float64]


class Axes:
    """Turns configurations of one family into rows of numbers and back.

    A row holds one number for each hyperparameter that is free: its value, or the index of its choice. Hyperparameters
    that are fixed (one value is left) are no columns. In *unit* rows the range of a number is 0 to 1 on the scale of
    the search; a choice keeps its index.

    Parameters
    ----------
    space
        Today's space.
    family
        Name of the family.
    """

    def __init__(self, space: Space, family: str) -> None:
        self.family = family
        self.parameters = space.of(family)
        self.free = tuple(one for one in self.parameters if _is_free(one))
        self.names = tuple(one.name for one in self.free)
        self._readers = [(one.name, _reader(one)) for one in self.free]
        self.choices = np.array([len(one.choices) if isinstance(one, Categorical) else 0 for one in self.free], int)
        self.categorical = self.choices > 0
        self._log = np.array([not isinstance(one, Categorical) and one.log for one in self.free], bool)
        self._whole = np.array([isinstance(one, Int) for one in self.free], bool)
        bounds = [(0.0, 1.0) if isinstance(one, Categorical) else _ends(one) for one in self.free]
        self._low = np.array([low for low, _ in bounds])
        self._span = np.array([high - low for low, high in bounds])

    @cached_property
    def size(self) -> float:
        """Number of configurations; infinite when a hyperparameter is real-valued."""
        return math.prod(_size(one) for one in self.free)

    def row(self, config: Config) -> tuple[float, ...] | None:
        """Return the row of a configuration, or None when a free hyperparameter lies outside its range."""
        found = []
        for name, read in self._readers:
            number = read(config.get(name))
            if number is None:
                return None
            found.append(number)
        return tuple(found)

    def config(self, row: npt.ArrayLike) -> dict[str, Value]:
        """Return the whole configuration of a row, inside the space whatever rounding did to the row."""
        numbers = dict(zip(self.names, np.asarray(row, float).tolist(), strict=True))
        whole: dict[str, Value] = {FAMILY: self.family}
        for one in self.parameters:
            number = numbers.get(one.name)
            whole[one.name] = _only(one) if number is None else _value(one, number)
        return whole

    def snapped(self, rows: Matrix) -> Matrix:
        """Return rows whose numbers are those of real configurations: whole where they must be, and in range."""
        snapped = rows.copy()
        for column, one in enumerate(self.free):
            if isinstance(one, Float):
                snapped[:, column] = np.clip(rows[:, column], one.low, one.high)
            elif isinstance(one, Int):
                snapped[:, column] = np.clip(np.rint(rows[:, column]), one.low, one.high)
        return snapped

    def unit(self, rows: Matrix) -> Matrix:
        """Return unit rows."""
        scaled: Matrix = rows.astype(float)
        scaled[:, self._log] = np.log(scaled[:, self._log])
        scaled -= self._low
        scaled /= self._span
        scaled[:, self.categorical] = rows[:, self.categorical]
        return scaled

    def natural(self, units: Matrix) -> Matrix:
        """Return the rows of unit rows, snapped."""
        rows = np.clip(units, 0.0, 1.0) * self._span + self._low
        rows[:, self._log] = np.exp(rows[:, self._log])
        rows[:, self.categorical] = units[:, self.categorical]
        return self.snapped(rows)

    def unit_of(self, column: int, value: float) -> float:
        """Return where a value lies on the unit scale of a numeric column; it may lie outside 0 to 1."""
        if self._log[column]:
            value = math.log(value) if value > 0 else -math.inf
        return float((value - self._low[column]) / self._span[column])

    def places(self, column: int, values: Iterable[Value]) -> tuple[int, ...]:
        """Return the indices of those values that are choices of a column."""
        _, read = self._readers[column]
        return tuple(int(place) for place in map(read, values) if place is not None)

    def uniform(self, rng: np.random.RandomState, count: int) -> Matrix:
        """Draw rows uniformly over the space."""
        units = rng.rand(count, len(self.free))
        for column in np.flatnonzero(self.categorical):
            units[:, column] = np.minimum(units[:, column] * self.choices[column], self.choices[column] - 1) // 1
        return self.natural(units) if self.free else units

    def distances(self, units: Matrix, to: Matrix) -> Matrix:
        """Return the root mean square distance of each unit row to each other one; two choices are 1 apart."""
        if not self.free:
            return np.zeros((len(units), len(to)))
        apart = np.abs(units[:, None, :] - to[None, :, :])
        apart[:, :, self.categorical] = apart[:, :, self.categorical] > 0
        means: Matrix = np.sqrt(np.square(apart).mean(axis=2))
        return means


def _is_free(one: Parameter) -> bool:
    """Return whether a hyperparameter can vary; a range as narrow as rounding cannot."""
    if is_fixed(one) or isinstance(one, Categorical):
        return not is_fixed(one)
    low, high = _ends(one)
    return high - low > 1e-12 * max(abs(low), abs(high))


def _ends(one: Float | Int) -> tuple[float, float]:
    """Return the ends of a range on the scale of the search; a whole number owns half a step on either side."""
    half = 0.5 if isinstance(one, Int) else 0.0
    low, high = one.low - half, one.high + half
    if one.log:
        return math.log(low), math.log(high)
    return low, high


def _reader(one: Parameter) -> Callable[[object], float | None]:
    if isinstance(one, Categorical):
        places = {(type(choice), choice): float(index) for index, choice in enumerate(one.choices)}
        return lambda value: places.get((type(value), value))  # type: ignore[arg-type]
    low, high = one.low, one.high
    kinds = (int,) if isinstance(one, Int) else (int, float)

    def read(value: object) -> float | None:
        if type(value) in kinds and low <= value <= high:  # type: ignore[operator]
            return float(value)  # type: ignore[arg-type]
        return None

    return read


def _value(one: Parameter, number: float) -> Value:
    if isinstance(one, Categorical):
        return one.choices[int(number)]
    if isinstance(one, Int):
        return int(min(max(round(number), one.low), one.high))
    return float(min(max(number, one.low), one.high))


def _only(one: Parameter) -> Value:
    return one.choices[0] if isinstance(one, Categorical) else one.low


def _size(one: Parameter) -> float:
    if isinstance(one, Categorical):
        return len(one.choices)
    return one.high - one.low + 1 if isinstance(one, Int) else math.inf
