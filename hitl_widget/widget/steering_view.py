"""The steering of a session in the form of the wire messages. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hitl_widget.domain.belief import Belief, VerdictKind
from hitl_widget.domain.commands import Edit
from hitl_widget.domain.nudge import Nudge
from hitl_widget.domain.preview import preview
from hitl_widget.domain.space import FAMILY, Categorical, Parameter
from hitl_widget.domain.state import SessionState, spans
from hitl_widget.report.history import Line
from hitl_widget.report.words import Words
from hitl_widget.sampling.priors import weight_of
from hitl_widget.widget import wire

__all__ = ["ImportanceCache", "beliefs_info", "nudge_info", "preview_info", "steering_info", "story_row"]

MOST_LISTED = 50


def steering_info(state: SessionState, words: Words) -> wire.Steering:
    """Return where the search looks, and how it came to that."""
    return {
        "families": list(state.space.families),
        "ranges": [_range(one, state) for one in state.space.parameters],
        "outside": sorted(state.outside),
        "discarded": sorted(state.steering.discarded),
        "beliefs": beliefs_info(state),
        "acts": [_act(one) for one in reversed(state.acts[-MOST_LISTED:])],
        "generations": _generations(state, words),
        "undo": state.acts[state.done[-1] - 1].title if state.done else None,
        "redo": state.acts[state.undone[-1] - 1].title if state.undone else None,
    }


def beliefs_info(state: SessionState) -> list[wire.BeliefInfo]:
    """Return what is believed, what the evidence says to it, and how much it leads now."""
    return [_belief(one, state) for one in state.steering.beliefs]


def _range(now: Parameter, state: SessionState) -> wire.RangeInfo:
    given = now == state.base[now.name]
    if isinstance(now, Categorical):
        choices = list(now.choices)
        return {"name": now.name, "low": None, "high": None, "log": False, "choices": choices, "given": given}
    return {"name": now.name, "low": now.low, "high": now.high, "log": now.log, "choices": None, "given": given}


def _belief(belief: Belief, state: SessionState) -> wire.BeliefInfo:
    said = state.verdicts.get(belief.about)
    return {
        "about": belief.about,
        "label": _label(belief.about, state),
        "around": belief.around,
        "low": belief.low,
        "high": belief.high,
        "likely": list(belief.likely),
        "strength": belief.strength.value,
        "verdict": (said.kind if said else VerdictKind.UNDECIDED).value,
        "sentence": said.sentence if said else "Too early to say: too few trials have ended since.",
        "weight": round(weight_of(belief, max(0, state.started - belief.since)), 2),
    }


def _label(about: str, state: SessionState) -> str:
    if about == FAMILY:
        return "likely models"
    try:
        return state.base[about].label or about
    except KeyError:
        return about


def _act(act: Any) -> wire.ActInfo:
    return {
        "number": act.number,
        "author": act.author.value,
        "kind": act.kind,
        "title": act.title,
        "why": act.why,
        "elapsed": act.elapsed,
        "undone": act.undone,
    }


def _generations(state: SessionState, words: Words) -> list[wire.GenerationInfo]:
    found: list[wire.GenerationInfo] = []
    best = state.best_trial
    noise = None if best is None else best.std
    for one, trials, after in spans(state):
        found.append(
            {
                "number": one.number,
                "title": one.title,
                "author": one.author.value,
                "elapsed": one.elapsed,
                "trials": trials,
                "first": one.started,
                "best_before": one.best_score,
                "best_after": after,
                "gain": words.gain(one.best_score, after, noise),
                "act": one.act,
            }
        )
    return found[: -MOST_LISTED - 1 : -1]


def nudge_info(nudge: Nudge) -> wire.NudgeInfo:
    """Return a proposal of the machine."""
    return {
        "key": nudge.key,
        "question": nudge.question,
        "evidence": nudge.evidence,
        "effect": nudge.effect,
        "answers": [{"id": one.id, "label": one.label, "python": one.python} for one in nudge.answers],
        "trial": nudge.trial,
    }


def preview_info(state: SessionState, edit: Edit, needed: frozenset[str], labels: Mapping[str, str]) -> Any:
    """Return what an edit would do."""
    found = preview(state, edit, needed, labels)
    answer: wire.SpacePreview = {
        "title": found.title,
        "python": edit.python(),
        "sentences": list(found.sentences),
        "outside": len(found.outside),
        "back": len(found.back),
        "outside_after": list(found.outside_after),
        "of": found.of,
        "remains": None if found.remains is None or math.isinf(found.remains) else found.remains,
        "best_lost": found.best_lost,
        "best_after": found.best_after,
        "running_outside": len(found.running_outside),
    }
    return answer


class ImportanceCache:
    """What decides the score within each family; computed again once a tenth more trials have ended."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, SessionState, wire.ImportanceInfo]] = {}

    def of(self, state: SessionState, family: str) -> wire.ImportanceInfo:
        """Return what decides the score within a family."""
        from hitl_widget.explain.search import importances, sentence

        ended, before, found = self._found.get(family, (-1, state, None))
        same = (before.steering.discarded, before.view) == (state.steering.discarded, state.view)
        known = found is not None and same
        if known and found is not None and state.ended <= 1.1 * ended + 1:
            return found
        shares = importances(state, family)
        own = (one for one in state.trials if one.family == family and not state.on_other_data(one))
        scored = sum(one.score is not None for one in own)
        answer: wire.ImportanceInfo = {
            "family": family,
            "trials": scored,
            "shares": {name: round(share, 3) for name, share in shares.items()},
            "sentence": sentence(shares, state.base.of(family), scored),
        }
        self._found[family] = (state.ended, state, answer)
        return answer


def story_row(line: Line) -> wire.StoryRow:
    """Return a line of the story."""
    record = line.record
    return {
        "seq": record.seq,
        "time": record.time,
        "elapsed": record.elapsed,
        "author": record.author.value,
        "kind": line.kind,  # type: ignore[typeddict-item]
        "text": line.text,
        "detail": line.detail,
        "act": line.act,
        "undone": line.undone,
        "trial": line.trial,
    }
