"""Recent improvement of the search, and the gain of its last change. Pure."""

from __future__ import annotations

from hitl_widget.domain.credit import changes, proposing
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Generation
from hitl_widget.domain.trial import Author, TrialState
from hitl_widget.report.data_effects import effect_in_words
from hitl_widget.report.words import Words, number, plural

__all__ = ["Improvement", "gain"]

_ENOUGH = 4
_WINDOW = 10


class Improvement:
    """Answers "Is the search still improving?" for one session, again and again.

    What the last change gained rests on all trials. It is worked out again only when an act, a new best score or a
    constraint can have changed it.

    Parameters
    ----------
    words
        The vocabulary of the session.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._known: tuple[tuple[object, ...], str] = ((), "")

    def sentence(self, state: SessionState) -> str:
        """Return the answer, with the gain of the last change to the search space or the data."""
        return _recently(self._words, state) + self._steered(state)

    def _steered(self, state: SessionState) -> str:
        last = (state.generations or (None,))[-1]
        if last is not None and last.number and last.view != state.generations[-2].view:
            return _data_changed(self._words, state, last)
        mark = (state.acts, state.generations, state.climbs, state.broken)
        known, said = self._known
        if len(known) != len(mark) or any(one is not two for one, two in zip(known, mark, strict=True)):
            said = _edited(self._words, state)
            self._known = mark, said
        return said


def gain(words: Words, before: float | None, after: float | None, noise: float | None) -> str:
    """Return how the best score changed over a stretch of the search, for a list: "+0.004", "±0" or "–"."""
    if before is None or after is None:
        return "–"
    change = words.metric.shown(after) - words.metric.shown(before)
    shown = number(abs(change), noise / 10 if noise else None)
    if not any(digit in "123456789" for digit in shown):
        return "±0"
    return f"{'+' if change > 0 else '−'}{shown}"


def _recently(words: Words, state: SessionState) -> str:
    complete = state.count(TrialState.COMPLETE, today=True)
    climbs = [one for one in state.climbs if state.trials[one[1]].family not in words.baselines]
    if complete < _ENOUGH or not climbs:
        return "Too early to say."
    window = min(_WINDOW, complete - climbs[0][0])
    last, best = climbs[-1]
    earlier = [number for at, number in climbs if at <= complete - window]
    if last <= complete - window or not earlier:
        stopped = state.count(TrialState.STOPPED, today=True)
        aside = f" ({stopped:,} stopped early {'is' if stopped == 1 else 'are'} not counted)" if stopped else ""
        return f"Not in the last {plural(complete - last, 'finished trial')}{aside}."
    now, then = state.trials[best], state.trials[earlier[-1]].score or 0.0
    recent = plural(window, "finished trial")
    if (now.score or 0.0) - then < (now.std or 0.0) / 10:
        return f"Hardly: the last {recent} improved the best score by less than a tenth of its SD over folds."
    return f"Yes: {words.difference(now.score or 0.0, then)} better in the last {recent}."


def _edited(words: Words, state: SessionState) -> str:
    made = [one for one in changes(state) if proposing(one.act) and not one.act.undone]
    best = state.best_trial
    if not made or best is None or best.score is None or made[-1].gain <= (best.std or 0.0) / 10:
        return ""
    act, gained = made[-1].act, words.difference(best.score, best.score - made[-1].gain)
    whose = "Your" if act.author is Author.YOU else "The search's"
    return f" {whose} last change, “{act.title}”, gained {gained}."


def _data_changed(words: Words, state: SessionState, last: Generation) -> str:
    act = None if last.act is None else state.act(last.act)
    effect = "" if act is None else effect_in_words(words, state, act)
    return f" {last.title[:1].upper()}{last.title[1:]}. {effect}" if effect else ""
