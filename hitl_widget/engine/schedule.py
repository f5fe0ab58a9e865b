"""The schedule of folds. Used on the controller's thread only."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hitl_widget.domain.space import Value

__all__ = ["Active", "Schedule", "Unit"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One fold of one trial."""

    number: int
    fold: int

    @property
    def key(self) -> str:
        """Key of the unit in the executor."""
        return f"{self.number}:{self.fold}"


@dataclass(slots=True)
class Active:
    """A running trial."""

    number: int
    folds: int
    started: int = 0
    done: int = 0
    promoted: bool = False
    hints: Mapping[str, Value] = field(default_factory=dict)
    predictions: dict[int, Any] = field(default_factory=dict)


class Schedule:
    """The running trials: the first fold alone, the others once it has passed the race.

    Examples
    --------
    >>> schedule = Schedule()
    >>> schedule.begin(7, folds=2)
    Unit(number=7, fold=0)
    >>> schedule.next() is None
    True
    >>> schedule.active[7].promoted = True
    >>> schedule.next()
    Unit(number=7, fold=1)
    """

    def __init__(self) -> None:
        self.active: dict[int, Active] = {}
        self.waiting: deque[int] = deque()

    def units(self) -> Iterator[Active]:
        """Iterate over the running trials."""
        return iter(list(self.active.values()))

    def begin(self, number: int, folds: int) -> Unit:
        """Start a trial of so many folds with its first fold."""
        self.active[number] = Active(number, folds, started=1)
        return Unit(number, 0)

    def next(self) -> Unit | None:
        """Start the next fold of the oldest trial that passed its first."""
        for trial in self.active.values():
            if trial.promoted and trial.started < trial.folds:
                trial.started += 1
                return Unit(trial.number, trial.started - 1)
        return None

    def end(self, number: int) -> Active | None:
        """Remove a trial."""
        return self.active.pop(number, None)
