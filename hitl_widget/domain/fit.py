"""Fits in progress: a fold of a trial in a worker, and the rounds that it has done. They are never in the journal."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.figures import duration

__all__ = ["Fit", "Rounds"]


@dataclass(frozen=True, slots=True)
class Rounds:
    """The boosting rounds that a fit has done.

    Parameters
    ----------
    done, most
        Rounds done, and the most that there will be.
    choosing
        True while the number of rounds is being chosen by early stopping, which seldom needs the most.

    Examples
    --------
    >>> Rounds(180, 2000, choosing=True).in_words(), Rounds(90, 143).in_words()
    ('round 180 of up to 2,000', 'round 90 of 143')
    """

    done: int
    most: int
    choosing: bool = False

    def in_words(self) -> str:
        """Return the rounds as people read them."""
        return f"round {self.done:,} of {'up to ' if self.choosing else ''}{self.most:,}"


@dataclass(frozen=True, slots=True)
class Fit:
    """One fold of a running trial.

    Parameters
    ----------
    trial, fold
        Their numbers, from 0.
    started
        Seconds on the search's clock when it was handed to a worker.
    rounds
        Its rounds; None until it has reported some.
    """

    trial: int
    fold: int
    started: float
    rounds: Rounds | None = None

    def in_words(self, number: int, folds: int, elapsed: float) -> str:
        """Return how far it is.

        Parameters
        ----------
        number
            The displayed number of its fold, from 1.
        folds
            Folds of its trial.
        elapsed
            Seconds on the search's clock now.

        Examples
        --------
        >>> Fit(7, 1, 10.0, Rounds(180, 500)).in_words(2, 5, 22.0)
        'fold 2 of 5, round 180 of 500, 12 s'
        >>> Fit(7, 0, 10.0).in_words(1, 5, 22.0)
        'fold 1 of 5, 12 s'
        """
        rounds = "" if self.rounds is None else f", {self.rounds.in_words()}"
        return f"fold {number} of {folds}{rounds}, {duration(max(0.0, elapsed - self.started))}"
