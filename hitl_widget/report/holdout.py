"""The holdout's scores in a sentence. Pure."""

from __future__ import annotations

from hitl_widget.domain.state import SessionState
from hitl_widget.report.words import Words

__all__ = ["holdout_sentence"]


def holdout_sentence(words: Words, state: SessionState) -> str:
    """Return the holdout scores in words, or "" before they are evaluated.

    The holdout is evaluated once, on the model that was to be taken then; the sentence names that model when another
    one leads now.
    """
    holdout = state.holdout
    if holdout is None:
        return ""
    then = state.trials[holdout.trial]
    when, model = "once", "best model"
    if holdout.trial == state.chosen != state.best:
        model = f"preferred model #{then.number} ({words.label(then)})"
    elif holdout.trial != state.best:
        when, model = f"once, when #{then.number} led", f"#{then.number} ({words.label(then)})"
    text = f"Holdout ({holdout.rows:,} rows, evaluated {when}): {model} {words.score(holdout.best)}"
    if holdout.ensemble is not None:
        text += f", ensemble {words.score(holdout.ensemble)}"
    return f"{text}."
