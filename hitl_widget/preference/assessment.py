"""The preferences of the user, as learned from the answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hitl_widget.domain.objective import Objective
from hitl_widget.domain.preference import Question
from hitl_widget.preference.inconsistencies import Inconsistency
from hitl_widget.preference.summary import Summary
from hitl_widget.preference.utility import Utility

__all__ = ["SOFT", "Assessment"]

SOFT = 0.25
"""Cost of violating a soft constraint, as a share of the distance from the worst to the best of the front."""


@dataclass(frozen=True)
class Assessment:
    """The preferences of the user, as learned from the answers so far.

    Parameters
    ----------
    objectives
        The active objectives, the metric of the task first.
    utility
        The learned utility; None with one objective, or with fewer than two trials to compare.
    certainty
        Mean certainty about which of two trials on the front the user prefers, 0 to 1; 0 before any answer or goal.
    question
        The most informative pair, or None.
    enough
        Reason why there is no question, or "".
    summary
        The learned preferences, in numbers and sentences; None before the first answer or goal.
    inconsistencies
        Answers that the other answers contradict.
    worth, spread
        Expected utility by trial number, and its standard deviation.
    recommended
        The recommended trial; None before the first answer, goal or soft constraint.
    front
        Trial numbers of the Pareto front.
    """

    objectives: tuple[Objective, ...]
    utility: Utility | None = None
    certainty: float = 0.0
    question: Question | None = None
    enough: str = ""
    summary: Summary | None = None
    inconsistencies: tuple[Inconsistency, ...] = ()
    worth: Mapping[int, float] = field(default_factory=dict)
    spread: Mapping[int, float] = field(default_factory=dict)
    recommended: int | None = None
    front: tuple[int, ...] = ()
