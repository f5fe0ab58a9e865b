"""`session.believe()`, `beliefs`, `nudges`, `accept()`, …: beliefs and proposals of the search."""

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
    """Methods that state beliefs, and answer proposals of the search."""

    def believe(
        self,
        about: str,
        around: float | None = None,
        *,
        likely: Any = None,
        strength: str = "fair",
        spread: float = 0.1,
    ) -> None:
        """State a belief, which guides the search at first and loses weight as results come in.

        Parameters
        ----------
        about
            A hyperparameter, or ``"family"``. The belief replaces an earlier one about the same.
        around
            For a numeric hyperparameter, its likely value: the mean of a normal prior.
        likely
            The likely choices or families.
        strength : {"hint", "fair", "strong"}
            How sure you are.
        spread
            Standard deviation of the prior, as a share of the range on the scale of the search.

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
        """Withdraw a belief.

        Parameters
        ----------
        about
            The hyperparameter, or ``"family"``.
        """
        self._runtime.do(cmd.Withdraw(about))

    @property
    def beliefs(self) -> pd.DataFrame:
        """Your beliefs, each with the verdict of the results so far.

        Returns
        -------
        pandas.DataFrame
            Columns about, around, likely, strength, verdict, sentence.
        """
        return beliefs_frame(self._runtime.state)

    @property
    def nudges(self) -> tuple[Nudge, ...]:
        """The open proposals of the search, the most valuable first."""
        return self._runtime.state.nudges

    def accept(self, nudge: str | Nudge, answer: str = "accept") -> tuple[int, ...]:
        """Accept a proposal of the search.

        Parameters
        ----------
        nudge
            The proposal or its key.
        answer
            Id of one of its answers; by default the first one.

        Returns
        -------
        tuple of int
            The trials that this queued, if any.
        """
        return self._runtime.do(cmd.AnswerNudge(_key(nudge), answer)).numbers

    def dismiss(self, nudge: str | Nudge, *, never: bool = False) -> None:
        """Postpone a proposal of the search, or decline it for good.

        Parameters
        ----------
        nudge
            The proposal or its key.
        never
            Whether to decline it for good.
        """
        self._runtime.do(cmd.AnswerNudge(_key(nudge), NEVER if never else LATER))


def _key(nudge: str | Nudge) -> str:
    return nudge.key if isinstance(nudge, Nudge) else nudge
