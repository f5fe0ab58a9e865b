"""Answers to comparisons of trials, in words. Pure."""

from __future__ import annotations

from hitl_widget.domain.preference import Judgement
from hitl_widget.preference.inconsistencies import Inconsistency

__all__ = ["contradiction"]


def contradiction(found: Inconsistency) -> str:
    """Return a sentence on an answer that the others contradict, and the answer they suggest."""
    one = found.comparison
    suggestion = {
        Judgement.A: f"#{one.first} is better",
        Judgement.B: f"#{one.second} is better",
    }.get(found.otherwise, "they are about equal")
    return (
        f"Your answer on #{one.first} and #{one.second} contradicts the others, which suggest that {suggestion} "
        f"({found.probability:.0%} sure). Was it a slip?"
    )
