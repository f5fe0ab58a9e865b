"""`session.believe()`, `beliefs`, `nudges`, `accept()`, …: beliefs and proposals of the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.nudge import LATER, NEVER, Nudge
from hitl_widget.session.frames import beliefs_frame
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BeliefMethods"]


class BeliefMethods(Part):
    """Methods that state beliefs, and answer the proposals of the machine."""

    def believe(
        self,
        about: str,
        around: float | None = None,
        *,
        likely: Any = None,
        strength: str = "fair",
        spread: float = 0.1,
    ) -> None:
        """Tell the search what you believe; it leads at first, never forbids, and gives way to the evidence.

        Parameters
        ----------
        about
            A hyperparameter, or ``"family"``. An earlier belief about the same thing is replaced.
        around
            The value that a numeric hyperparameter lies around: the centre of a bell.
        likely
            The likely choices, or families.
        strength : {"hint", "fair", "strong"}
            How sure you are.
        spread
            Standard deviation of the bell, as a share of the range on the scale of the search.

        References
        ----------
        Hvarfner et al. 2022, *πBO: Augmenting Acquisition Functions with User Beliefs for Bayesian Optimization*.

        Examples
        --------
        >>> session.believe("lightgbm.learning_rate", around=0.05, strength="strong")   # doctest: +SKIP
        >>> session.believe("family", likely=["lightgbm", "catboost"])                 # doctest: +SKIP
        """
        several = () if likely is None else tuple(likely) if isinstance(likely, list | tuple | set) else (likely,)
        command = {"about": about, "around": plain(around), "likely": tuple(map(plain, several))}
        self._runtime.do(cmd.Believe(**command, spread=plain(spread), strength=strength))  # type: ignore[arg-type]

    def withdraw(self, about: str) -> None:
        """Take a belief back.

        Parameters
        ----------
        about
            What the belief is about.
        """
        self._runtime.do(cmd.Withdraw(about))

    @property
    def beliefs(self) -> pd.DataFrame:
        """What you believe and what the evidence says to it.

        Returns
        -------
        pandas.DataFrame
            Columns about, around, likely, strength, verdict, sentence.
        """
        return beliefs_frame(self._runtime.state)

    @property
    def nudges(self) -> tuple[Nudge, ...]:
        """What the machine proposes now, the greatest worth first."""
        return self._runtime.state.nudges

    def accept(self, nudge: str | Nudge, answer: str = "accept") -> tuple[int, ...]:
        """Take up a proposal of the machine.

        Parameters
        ----------
        nudge
            The proposal or its key.
        answer
            Which of its answers; the first by default.

        Returns
        -------
        tuple of int
            The trials that it queued, if any.
        """
        return self._runtime.do(cmd.AnswerNudge(_key(nudge), answer)).numbers

    def dismiss(self, nudge: str | Nudge, *, never: bool = False) -> None:
        """Put a proposal of the machine off, or decline it for good.

        Parameters
        ----------
        nudge
            The proposal or its key.
        never
            True to hear no more of it.
        """
        self._runtime.do(cmd.AnswerNudge(_key(nudge), NEVER if never else LATER))


def _key(nudge: str | Nudge) -> str:
    return nudge.key if isinstance(nudge, Nudge) else nudge
