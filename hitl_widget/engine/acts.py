"""Acts: the changes of the steering, as one event each. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from hitl_widget.domain import event as ev
from hitl_widget.domain.annotation import Annotation
from hitl_widget.domain.preference import Preferences
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.space import Space
from hitl_widget.domain.steering import Act, Steering
from hitl_widget.engine.context import Context

__all__ = ["Acts", "Steered"]


class Steered(Protocol):
    """A part that is told of each act."""

    def steered(self, by: Provenance, *, new_family: bool = False) -> None:
        """Follow an act that was recorded."""
        ...


class Acts:
    """Records acts. A handler checks everything before it calls one: nothing is half done.

    Parameters
    ----------
    context
        State, log, plan and clock.
    follower
        Told of each act after its event.
    """

    def __init__(self, context: Context, follower: Steered) -> None:
        self._context = context
        self._follower = follower

    def do(
        self,
        kind: str,
        title: str,
        by: Provenance,
        after: Steering | None = None,
        *,
        base: Space | None = None,
        learners: Mapping[str, str] | None = None,
        leaks: tuple[str, ...] = (),
    ) -> Receipt:
        """Record a new act.

        Parameters
        ----------
        kind, title
            As of `hitl_widget.domain.steering.Act`.
        by
            The author and the reason.
        after
            The steering after it; None if it is unchanged.
        base
            The original space with the added learner, if one was added.
        learners
            Labels of learners that were added, by name.
        leaks
            Excluded columns that a warning calls target leakage.
        """
        number = len(self._context.state.acts) + 1
        after = self._context.state.steering if after is None else after
        told = {"kind": kind, "title": title, "why": by.why, "learners": learners, "leaks": leaks}
        self._emit("do", number, after, by, base=base, **told)
        return Receipt(_sentence(title), act=number)

    def undo(self, act: Act, by: Provenance) -> Receipt:
        """Record that the last act was undone."""
        self._emit("undo", act.number, act.before, by)
        return Receipt(f"Undid: {act.title}.")

    def redo(self, act: Act, by: Provenance) -> Receipt:
        """Record that the last undone act was redone."""
        self._emit("redo", act.number, act.after, by)
        return Receipt(f"Redid: {act.title}.", act=act.number)

    def _emit(
        self,
        step: str,
        act: int,
        after: Steering,
        by: Provenance,
        *,
        base: Space | None = None,
        **told: Any,
    ) -> None:
        state = self._context.state
        before = state.steering
        moved = after.space != before.space
        reread = after.data.of_models != before.data.of_models
        event = ev.Steered(
            step=step,
            act=act,
            generation=state.generation + 1 if moved or reread else None,
            space=after.space.as_json() if moved else None,
            base=None if base is None else base.as_json(),
            beliefs=None if after.beliefs == before.beliefs else tuple(one.as_json() for one in after.beliefs),
            discarded=tuple(sorted(after.discarded - before.discarded)),
            restored=tuple(sorted(before.discarded - after.discarded)),
            data=after.data.as_json() if after.data != before.data else None,
            annotated=_annotated(before.annotations, after.annotations),
            reviewed=tuple(sorted(after.reviewed - before.reviewed)),
            unreviewed=tuple(sorted(before.reviewed - after.reviewed)),
            **_of_preferences(before.preferences, after.preferences),
            **told,
        )
        self._context.emit(event, by)
        self._follower.steered(by, new_family=event.kind == "learner")


def _sentence(title: str) -> str:
    return f"{title[:1].upper()}{title[1:]}."


def _annotated(before: Mapping[int, Annotation], after: Mapping[int, Annotation]) -> dict[str, Any] | None:
    """Return the annotations that differ, by number of the trial; None if none does."""
    changed = {
        str(number): after.get(number, Annotation()).as_json()
        for number in sorted({*before, *after})
        if before.get(number) != after.get(number)
    }
    return changed or None


def _of_preferences(before: Preferences, after: Preferences) -> dict[str, Any]:
    """Return the fields of the event for a change of the preferences: the added answers alone, or everything."""
    if after == before:
        return {}
    known = len(before.comparisons)
    more = after.comparisons[known:]
    if (
        more
        and replace(after, comparisons=before.comparisons) == before
        and after.comparisons[:known] == before.comparisons
    ):
        return {"answers": tuple([one.first, one.second, str(one.answer)] for one in more)}
    return {"preferences": after.as_json()}
