"""The fits in progress. They pass, so no event speaks of them, and no journal keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hitl_widget.domain.fit import Fit, Rounds
from hitl_widget.engine.publisher import Subscribers

__all__ = ["Fits"]


class Fits:
    """The folds that are in workers now, and how far they are.

    The controller's thread begins, advances and ends them; any thread may read `now` and subscribe.

    Examples
    --------
    >>> fits = Fits()
    >>> fits.begin(7, 0, started=3.0)
    >>> fits.advance(7, 0, Rounds(180, 500))
    >>> [one.rounds.in_words() for one in fits.of(7)]
    ['round 180 of 500']
    >>> fits.end(7)
    >>> fits.now
    ()
    """

    def __init__(self) -> None:
        self.now: tuple[Fit, ...] = ()
        self._subscribers = Subscribers()

    def of(self, trial: int) -> tuple[Fit, ...]:
        """Return the fits of a trial, in the order in which they began."""
        return tuple(one for one in self.now if one.trial == trial)

    def begin(self, trial: int, fold: int, started: float) -> None:
        """Add a fit that began at a time on the search's clock."""
        self.now = (*self.now, Fit(trial, fold, started))

    def advance(self, trial: int, fold: int, rounds: Rounds) -> None:
        """Note the rounds of a fit, and notify the subscribers."""
        self.now = tuple(
            replace(one, rounds=rounds) if (one.trial, one.fold) == (trial, fold) else one for one in self.now
        )
        self._subscribers.tell()

    def end(self, trial: int, fold: int | None = None) -> None:
        """Remove a fit, or all of a trial."""
        self.now = tuple(one for one in self.now if one.trial != trial or fold not in (None, one.fold))

    def subscribe(self, subscriber: Callable[[], None]) -> Callable[[], None]:
        """Call a function after each report, on the controller's thread; return a function that unsubscribes."""
        return self._subscribers.add(subscriber)
