"""The sentence that stands beside every score while a warning of high severity is open. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.state import SessionState
from hitl_widget.report.words import Words, plural

__all__ = ["caution"]


def caution(words: Words, state: SessionState, open_warnings: Sequence[Safeguard]) -> str:
    """Return the most severe open warning as a caution about the scores, or "".

    It is empty before a model has a score, and unless a warning of high severity is open.

    Parameters
    ----------
    words
        The vocabulary of the session.
    state
        Its state.
    open_warnings
        The warnings without an answer, most severe first.
    """
    best = state.best_trial
    severe = [one for one in open_warnings if one.severity is Severity.HIGH]
    if not severe or best is None or best.family in words.baselines:
        return ""
    others = len(severe) - 1
    more = f" {plural(others, 'other severe warning')} {'is' if others == 1 else 'are'} open." if others else ""
    return f"Scores may be misleading. {severe[0].sentence}{more}"
