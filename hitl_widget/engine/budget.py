"""The search's clock, and the limits that follow from a budget."""

from __future__ import annotations

from hitl_widget.engine.ports import Clock

__all__ = ["Stopwatch", "fold_limits"]

_SHARE = 0.15
_LEAST = 5.0
_UNTIMED = (60.0, 300.0)


class Stopwatch:
    """Counts the seconds of a search; stops while it is paused.

    The controller's thread starts and stops it; any thread may read.
    """

    def __init__(self, clock: Clock, elapsed: float = 0.0) -> None:
        self._clock = clock
        self._held: tuple[float, float | None] = (elapsed, None)  # counted before, running since: swapped as one

    @property
    def ticking(self) -> bool:
        """True while it runs."""
        return self._held[1] is not None

    @property
    def elapsed(self) -> float:
        """Seconds counted so far."""
        before, since = self._held
        return before if since is None else before + self._clock.monotonic() - since

    def start(self) -> None:
        """Start or continue counting."""
        before, since = self._held
        if since is None:
            self._held = (before, self._clock.monotonic())

    def stop(self) -> None:
        """Stop counting."""
        self._held = (self.elapsed, None)


def fold_limits(budget_seconds: float | None, folds: int, given: float | None, workers: int = 1) -> tuple[float, float]:
    """Return the soft and the hard limit of one fold, in seconds.

    At the soft limit, learners that support it stop early; at the hard limit, the process is ended.

    Parameters
    ----------
    budget_seconds
        The budget of the search; without one, or if trials limit the search, None: then the limits do not depend on it,
        so that a search can be repeated.
    folds
        Folds of a trial.
    given
        The user's limit for one trial, or None for 15% of the workers' time in the budget, and at least 5 s per fold
        (a twelfth of a shorter budget), so that boosters on large tables can converge.
    workers
        Workers that share the budget.

    Examples
    --------
    >>> fold_limits(300, 5, None, workers=2)
    (18.0, 59.0)
    >>> fold_limits(None, 5, None)
    (60.0, 300.0)
    """
    if given is None and budget_seconds is None:
        return _UNTIMED
    if given is not None:
        return max(given / folds, 0.05), max(given, 0.1)
    budget = budget_seconds or 0.0
    soft = max(_SHARE * budget * workers / folds, min(_LEAST, budget / 12))
    return soft, 3 * soft + 5.0
