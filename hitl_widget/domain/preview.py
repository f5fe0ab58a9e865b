"""Preview of an edit of the search space: its effect before it is applied. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hitl_widget.domain.commands import Edit
from hitl_widget.domain.edit import changed, remaining, title_of
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import TrialState

__all__ = ["Preview", "preview"]


@dataclass(frozen=True, slots=True)
class Preview:
    """Effect of an edit.

    Parameters
    ----------
    title
        The change in words.
    space
        The search space after the edit.
    outside
        Ended trials that the edit moves outside the space.
    back
        Ended trials that the edit moves back inside.
    outside_after
        All ended trials outside the new space.
    of
        Number of ended trials.
    remains
        Product of the shares of the changed ranges that remain, on the scale of the search; above 1 if widened, None
        if only families change or the share is undefined.
    best_before, best_after
        The best trial before and after the edit.
    best_lost
        True if the current best trial would be outside.
    running_outside
        Running and queued trials that would be outside.
    sentences
        The effect in sentences.
    """

    title: str
    space: Space
    outside: tuple[int, ...]
    back: tuple[int, ...]
    outside_after: tuple[int, ...]
    of: int
    remains: float | None
    best_before: int | None
    best_after: int | None
    best_lost: bool
    running_outside: tuple[int, ...]
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join((self.title, *self.sentences))


def preview(
    state: SessionState, edit: Edit, needed: Iterable[str] = (), labels: Mapping[str, str] | None = None
) -> Preview:
    """Return the effect of an edit, without applying it.

    Parameters
    ----------
    state
        The session's state.
    edit
        The edit.
    needed
        Families that cannot be excluded.
    labels
        Display names of the families.

    Raises
    ------
    ConfigError, CommandError
        As `hitl_widget.domain.edit.changed`, if the edit is not possible.
    """
    before = state.space
    space = changed(before, state.base, edit.changes, edit.include, edit.exclude, needed)
    inside = space.contains()
    away = frozenset(one.number for one in state.trials if not inside(one.config) or state.on_other_data(one))
    ended = [trial for trial in state.trials if trial.state not in (TrialState.QUEUED, TrialState.RUNNING)]
    numbers = frozenset(trial.number for trial in ended)
    running = tuple(trial.number for trial in state.trials if trial.number in away - numbers)
    ranked = [
        trial
        for trial in ended
        if trial.state is TrialState.COMPLETE
        and trial.score is not None
        and trial.number not in away
        and trial.number not in state.steering.discarded
    ]
    best_after = max(ranked, key=lambda trial: (trial.score, -trial.number), default=None)
    found = Preview(
        title=title_of(before, space, labels),
        space=space,
        outside=tuple(sorted((away & numbers) - state.outside)),
        back=tuple(sorted((state.outside & numbers) - away)),
        outside_after=tuple(sorted(away & numbers)),
        of=len(ended),
        remains=_remaining(before, space),
        best_before=state.best,
        best_after=None if best_after is None else best_after.number,
        best_lost=state.best is not None and state.best in away,
        running_outside=running,
        sentences=(),
    )
    return _told(found, edit)


def _remaining(before: Space, after: Space) -> float | None:
    old = {one.name: one for one in before.parameters}
    shares = [remaining(old[one.name], one) for one in after.parameters if one.name in old and old[one.name] != one]
    if not shares or any(math.isinf(share) for share in shares):
        return None
    return math.prod(shares)


def _told(found: Preview, edit: Edit) -> Preview:

    lines = []
    if found.outside:
        count = len(found.outside)
        lines.append(
            f"{_of(count, found.of)} {_verb(count, 'fall')} outside and {_verb(count, 'turn')} gray, "
            f"but {_verb(count, 'stay')} in the record."
        )
    if found.back:
        lines.append(f"{_trials(len(found.back))} {_verb(len(found.back), 'come')} back.")
    if not found.outside and not found.back:
        lines.append("No trial falls outside." if found.of else "No trial has ended yet, so none is affected.")
    if found.remains is not None and found.remains < 0.995:
        lines.append(f"{_percent(found.remains)} of the range remains." if found.remains > 0 else "One value remains.")
    elif found.remains is not None and found.remains > 1.005:
        lines.append(f"The range grows by {_percent(found.remains - 1)}.")
    lines += _about_best(found)
    if found.running_outside:
        count = len(found.running_outside)
        fate = "finishes" if count == 1 else "finish"
        if edit.running == "cancel":
            fate = "is cancelled" if count == 1 else "are cancelled"
        lines.append(f"{count} running or queued trial{'s' * (count > 1)} {_verb(count, 'fall')} outside and {fate}.")
    return replace(found, sentences=tuple(lines))


def _about_best(found: Preview) -> list[str]:
    if found.best_before is None:
        return []
    if not found.best_lost:
        if found.best_after != found.best_before:
            return [f"The best trial becomes #{found.best_after}, which scores higher than #{found.best_before}."]
        return [f"The best trial, #{found.best_before}, stays inside."]
    if found.best_after is None:
        return [f"The best trial, #{found.best_before}, falls outside, and no other trial remains."]
    return [f"The best trial, #{found.best_before}, falls outside; #{found.best_after} becomes the best."]


def _of(count: int, whole: int) -> str:
    return f"{count} of {whole} trial{'s' if whole != 1 else ''}"


def _trials(count: int) -> str:
    return f"{count} trial{'s' if count != 1 else ''}"


def _verb(count: int, verb: str) -> str:
    return f"{verb}s" if count == 1 else verb


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%" if share >= 0.01 else "Less than 1%"
