"""The search's clock, and the limits that follow from a budget."""

from __future__ import annotations

from hitl_widget.engine.ports import Clock

__all__ = ["Stopwatch", "fold_limits"]

_SHARE = 0.15
_LEAST = 3.0
_UNTIMED = 900.0


class Stopwatch:
    """Counts the seconds of a search; stands still while it is paused.

    Owned by the controller's thread.
    """

    def __init__(self, clock: Clock, elapsed: float = 0.0) -> None:
        self._clock = clock
        self._before = elapsed
        self._since: float | None = None

    @property
    def ticking(self) -> bool:
        """Whether it runs."""
        return self._since is not None

    @property
    def elapsed(self) -> float:
        """Seconds counted so far."""
        running = 0.0 if self._since is None else self._clock.monotonic() - self._since
        return self._before + running

    def start(self) -> None:
        """Run, from where it stood."""
        if self._since is None:
            self._since = self._clock.monotonic()

    def stop(self) -> None:
        """Stand still."""
        self._before = self.elapsed
        self._since = None


def fold_limits(budget_seconds: float | None, folds: int, given: float | None) -> tuple[float | None, float]:
    """Return the soft and the hard limit of one fold, in seconds.

    A learner that can stops itself in time at the soft limit; at the hard limit its process is ended.

    Parameters
    ----------
    budget_seconds
        The budget of the search, or None.
    folds
        Folds of a trial.
    given
        The person's limit for one trial, or None for 15 % of the budget.

    Examples
    --------
    >>> fold_limits(300, 5, None)
    (9.0, 32.0)
    >>> fold_limits(None, 5, None)
    (None, 900.0)
    """
    if given is None and budget_seconds is None:
        return None, _UNTIMED
    trial = given if given is not None else max(_SHARE * (budget_seconds or 0.0), 1.0)
    soft = max(trial / folds, _LEAST if given is None else 0.05)
    return soft, (3 * soft + 5.0 if given is None else max(trial, 0.1))
