"""What is known of a person's preferences at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hitl_widget.domain.objective import Objective
from hitl_widget.domain.preference import Question
from hitl_widget.preference.inconsistencies import Inconsistency
from hitl_widget.preference.summary import Learnt
from hitl_widget.preference.utility import Utility

__all__ = ["SOFT", "Assessment"]

SOFT = 0.25
"""What breaking a soft constraint costs, as a share of the way from the worst to the best of the front."""


@dataclass(frozen=True)
class Assessment:
    """What is known of the person's preferences at one moment.

    Parameters
    ----------
    objectives
        Today's objectives, the metric of the task first.
    utility
        What the answers say; None with one objective, or with fewer than two trials to compare.
    certainty
        How sure it is which of two trials on the front the person prefers, 0 to 1; 0 before the first answer or goal.
    question
        The pair that teaches most, or None.
    enough
        Why there is no question, in words; or "".
    said
        What was learnt, in numbers and words; None before the first answer or goal.
    doubts
        Answers that the others contradict.
    worth, spread
        By number of a trial, its expected utility and one standard deviation.
    recommended
        The trial to take; None while nothing was said.
    front
        Numbers of the Pareto front.
    """

    objectives: tuple[Objective, ...]
    utility: Utility | None = None
    certainty: float = 0.0
    question: Question | None = None
    enough: str = ""
    said: Learnt | None = None
    doubts: tuple[Inconsistency, ...] = ()
    worth: Mapping[int, float] = field(default_factory=dict)
    spread: Mapping[int, float] = field(default_factory=dict)
    recommended: int | None = None
    front: tuple[int, ...] = ()
