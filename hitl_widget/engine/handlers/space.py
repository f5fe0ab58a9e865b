"""Acts of steering: edits of the space, beliefs, trials set aside, undo and redo. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Belief, Strength
from hitl_widget.domain.data_choices import DataChoices, Transform
from hitl_widget.domain.edit import changed, title_of
from hitl_widget.domain.preference import Preferences
from hitl_widget.domain.space import FAMILY, Categorical, Float, Int, Parameter, Space, same
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Steering, undoing
from hitl_widget.domain.trial import TrialState
from hitl_widget.errors import CommandError, ConfigError

if TYPE_CHECKING:
    from hitl_widget.engine.controller import Controller
    from hitl_widget.engine.ports import Tables

__all__ = ["SpaceHandler"]


class SpaceHandler:
    """Turns acts of steering into events. Each checks all of itself before its event: nothing is half done.

    Parameters
    ----------
    controller
        Where events go and state comes from.
    """

    def __init__(self, controller: Controller) -> None:
        self._c = controller
        self.why = ""

    @property
    def _state(self) -> SessionState:
        return self._c.now

    @property
    def _labels(self) -> Mapping[str, str]:
        return self._c.plan.labels

    def carry_out(self, command: cmd.Command) -> None:
        """Carry out an act of steering."""
        match command:
            case cmd.Edit():
                self.edit(command)
            case cmd.Undo(act=act):
                self.undo(act)
            case cmd.Redo():
                self.redo()
            case cmd.Believe():
                self.believe(command)
            case cmd.Withdraw(about=about):
                self.withdraw(about)
            case cmd.Discard(number=number):
                self.discard(number)
            case cmd.Restore(number=number):
                self.restore(number)
            case cmd.AddLearner():
                self.add_learner(command)
            case cmd.ChangeData():
                self.change_data(command)
            case cmd.AddTransform():
                self.add_transform(command)
            case cmd.RemoveTransform(name=name):
                choices = self._tables.without_transform(self._state.steering.data, name)
                self._act("data", f"removed the transform {name}", data=choices)
            case cmd.SetObjectives() | cmd.AddObjective() | cmd.Require() | cmd.Relax() | cmd.Prefer() | cmd.SetGoals():
                self._c.desk.wishes.carry_out(command, self._wish)
            case _:
                raise CommandError(f"{type(command).__name__} is not a command of this search.")

    # -- the space ----------------------------------------------------------------------------------------------------

    def edit(self, command: cmd.Edit) -> None:
        """Open a generation under the edited space."""
        state, needed = self._state, self._c.plan.baselines
        space = changed(state.space, state.base, command.changes, command.include, command.exclude, needed)
        self._act("space", title_of(state.space, space, self._labels), space=space)
        if command.running == "cancel":
            self._cancel_outside()

    # -- the data -----------------------------------------------------------------------------------------------------

    @property
    def _tables(self) -> Tables:
        if self._c.tables is None:
            raise CommandError("This search has no table whose columns could be changed.")
        return self._c.tables

    def change_data(self, command: cmd.ChangeData) -> None:
        """Open a generation on the changed columns."""
        before = self._state.steering.data
        choices = self._tables.changed(before, command)
        if choices == before:
            raise CommandError("This changes nothing: the columns enter the models so already.")
        self._tables.keep()
        self._act("data", self._tables.in_words(before, choices), data=choices)
        if command.running == "cancel":
            self._cancel_outside()

    def add_transform(self, command: cmd.AddTransform) -> None:
        """Open a generation with a transform of the person's own; or give one back that was not trusted."""
        before = self._state.steering.data
        transform = Transform(command.name, command.columns, command.what)
        if transform in before.transforms and not self._c.desk.has_transform(command.name):
            self._c.desk.keep_transform(command.name, command.code)
            self._act("data", f"added the transform {command.name} again")
            return
        choices = self._tables.with_transform(before, transform)
        self._c.desk.keep_transform(command.name, command.code)
        self._tables.keep()
        self._act("data", f"added the transform {command.name}", data=choices)

    def _cancel_outside(self) -> None:
        state = self._state
        for number in sorted(state.outside):
            if state.trials[number].state in (TrialState.QUEUED, TrialState.RUNNING):
                self._c.desk.cancel(number, self._c.author)

    def add_learner(self, command: cmd.AddLearner) -> None:
        """Open a generation with one family more; or give one back whose code a loaded session could not trust."""
        state, name = self._state, command.name
        if name in state.base.families:
            self._check_again(command)
            self._c.desk.keep_learner(name, command.code)
            self._act("learner", f"added {command.label} again")
            return
        self._c.desk.keep_learner(name, command.code)
        base = _with_family(state.base, name, command.parameters)
        space = _with_family(state.space, name, command.parameters)
        self._act("learner", f"added {command.label}", space=space, base=base, learners={name: command.label})

    def _check_again(self, command: cmd.AddLearner) -> None:
        name, before = command.name, [one.name for one in self._state.base.of(command.name)]
        if self._c.desk.has_learner(name):
            raise CommandError(f"There is a family {name!r} already; give yours another name.")
        if before != [one.name for one in command.parameters]:
            listed = ", ".join(before) or "no hyperparameters"
            raise CommandError(f"{name!r} was searched with {listed}; add it again with the same ones.")

    # -- beliefs ------------------------------------------------------------------------------------------------------

    def believe(self, command: cmd.Believe) -> None:
        """State a belief; an earlier one about the same thing is replaced."""
        state = self._state
        belief = _softened(state.steering.belief(command.about), _belief(command, state.space, state.started))
        kept = [one for one in state.steering.beliefs if one.about != belief.about]
        self._act("belief", f"belief: {self.in_words(belief)}", beliefs=(*kept, belief))

    def withdraw(self, about: str) -> None:
        """Take a belief back."""
        steering = self._state.steering
        belief = steering.belief(about)
        if belief is None:
            known = ", ".join(one.about for one in steering.beliefs) or "none"
            raise CommandError(f"There is no belief about {about!r}; there are: {known}.")
        left = tuple(one for one in steering.beliefs if one.about != about)
        self._act("belief", f"withdrew the belief: {self.in_words(belief)}", beliefs=left)

    def in_words(self, belief: Belief) -> str:
        """Say what is believed, for example ``"learning rate around 0.05 (strong)"``."""
        if belief.about == FAMILY:
            names = ", ".join(self._labels.get(str(one), str(one)) for one in belief.likely)
            return f"{names} likely ({belief.strength})"
        parameter = _named(self._state.base, belief.about)
        label = parameter.label or belief.about
        if belief.around is None:
            return f"{label} likely {', '.join(map(str, belief.likely))} ({belief.strength})"
        return f"{label} around {belief.around:.3g} ({belief.strength})"

    # -- trials set aside ---------------------------------------------------------------------------------------------

    def discard(self, number: int) -> None:
        """Take a trial out of the evidence."""
        trial = self._trial(number)
        if number in self._state.steering.discarded:
            raise CommandError(f"Trial {number} is discarded already.")
        if trial in (TrialState.QUEUED, TrialState.RUNNING):
            raise CommandError(f"Trial {number} is {trial} and can be cancelled; only an ended one can be discarded.")
        self._act("discard", f"discarded #{number}", discarded=self._state.steering.discarded | {number})

    def restore(self, number: int) -> None:
        """Bring a trial back into the evidence."""
        self._trial(number)
        if number not in self._state.steering.discarded:
            raise CommandError(f"Trial {number} is not discarded.")
        self._act("discard", f"brought back #{number}", discarded=self._state.steering.discarded - {number})

    def _trial(self, number: int) -> TrialState:
        if not 0 <= number < len(self._state.trials):
            raise CommandError(f"There is no trial {number}; the record has {len(self._state.trials)} trials.")
        return self._state.trials[number].state

    # -- what good means ----------------------------------------------------------------------------------------------

    def _wish(self, kind: str, title: str, preferences: Preferences) -> None:
        self._act(kind, title, preferences=preferences)

    # -- undo and redo ------------------------------------------------------------------------------------------------

    def undo(self, number: int | None) -> None:
        """Take back the last act, or an earlier one and leave those after it."""
        state = self._state
        if not state.done:
            raise CommandError("There is nothing to undo: the search space is as it was given.")
        if number is None or number == state.done[-1]:
            act = state.acts[state.done[-1] - 1]
            self._emit("undo", act.number, act.before)
            return
        act_then = state.act(number)
        if act_then is None:
            raise CommandError(f"There is no act {number}; there are 1 to {len(state.acts)}.")
        if act_then.undone:
            raise CommandError(f"Act {number} ({act_then.title}) is undone already.")
        steering = undoing(act_then, state.steering)
        if isinstance(steering, str):
            raise CommandError(
                f"Act {number} ({act_then.title}) cannot be taken back alone: {steering} was changed again since. "
                "Undo the later acts first."
            )
        if steering.data != state.steering.data:
            steering = replace(steering, data=self._tables.settled(steering.data))
        if steering == state.steering:
            raise CommandError(f"Act {number} ({act_then.title}) has no effect any more.")
        if not set(steering.space.families) - self._c.plan.baselines:
            raise CommandError("This would exclude the last family; at least one must be left to search.")
        self._act(
            "undo",
            f"took back: {act_then.title}",
            space=steering.space,
            beliefs=steering.beliefs,
            discarded=steering.discarded,
            preferences=steering.preferences,
            data=steering.data,
        )

    def redo(self) -> None:
        """Do again what was undone last."""
        state = self._state
        if not state.undone:
            raise CommandError("There is nothing to do again.")
        act = state.acts[state.undone[-1] - 1]
        self._emit("redo", act.number, act.after)

    # -- events -------------------------------------------------------------------------------------------------------

    def _act(
        self,
        kind: str,
        title: str,
        *,
        space: Space | None = None,
        base: Space | None = None,
        beliefs: tuple[Belief, ...] | None = None,
        discarded: frozenset[int] | None = None,
        learners: Mapping[str, str] | None = None,
        preferences: Preferences | None = None,
        data: DataChoices | None = None,
    ) -> None:
        now = self._state.steering
        after = Steering(
            now.space if space is None else space,
            now.beliefs if beliefs is None else beliefs,
            now.discarded if discarded is None else discarded,
            now.preferences if preferences is None else preferences,
            now.data if data is None else data,
        )
        self._emit("do", len(self._state.acts) + 1, after, kind, title, base, learners)

    def _emit(
        self,
        step: str,
        act: int,
        after: Steering,
        kind: str = "",
        title: str = "",
        base: Space | None = None,
        learners: Mapping[str, str] | None = None,
    ) -> None:
        before = self._state.steering
        moved, reread = after.space != before.space, after.data != before.data
        event = ev.Steered(
            step=step,
            act=act,
            kind=kind,
            title=title,
            why=self.why,
            generation=self._state.generation + 1 if moved or reread else None,
            space=after.space.as_json() if moved else None,
            base=None if base is None else base.as_json(),
            learners=learners,
            beliefs=None if after.beliefs == before.beliefs else tuple(one.as_json() for one in after.beliefs),
            discarded=tuple(sorted(after.discarded - before.discarded)),
            restored=tuple(sorted(before.discarded - after.discarded)),
            data=after.data.as_json() if reread else None,
            **_of_preferences(before.preferences, after.preferences),
        )
        self._c.emit(event)
        self._c.desk.steered()


def _of_preferences(before: Preferences, after: Preferences) -> dict[str, Any]:
    """Return what an event keeps of a change of the preferences: an added answer alone, or all of them."""
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


def _with_family(space: Space, name: str, parameters: tuple[Parameter, ...]) -> Space:
    return Space((*space.families, name), (*space.parameters, *parameters))


def _named(space: Space, name: str) -> Parameter:
    try:
        return space[name]
    except KeyError:
        family = name.split(".", 1)[0]
        known = [one.name for one in space.of(family)] or [*space.families]
        raise ConfigError(f"There is no hyperparameter {name!r}. There are {', '.join(known)}.") from None


def _belief(command: cmd.Believe, space: Space, since: int) -> Belief:
    if command.about == FAMILY:
        return Belief(FAMILY, likely=_families(command, space), strength=command.strength, since=since)
    parameter = _named(space, command.about)
    if isinstance(parameter, Categorical):
        if not command.likely:
            shown = ", ".join(map(repr, parameter.choices))
            raise ConfigError(f"{parameter.name} has choices: name the likely ones of {shown}.")
        likely = tuple(parameter.check(one) for one in command.likely)
        return Belief(parameter.name, likely=likely, strength=command.strength, since=since)
    if command.around is None:
        raise ConfigError(f"{parameter.name} is a number: say around which value you believe it to lie.")
    return _bell(command, parameter, since)


def _softened(before: Belief | None, now: Belief) -> Belief:
    """Keep the age of a belief that is stated again only less surely: it must not lead anew."""
    if before is None or (before.around, before.likely) != (now.around, now.likely):
        return now
    order = list(Strength)
    return replace(now, since=before.since) if order.index(now.strength) < order.index(before.strength) else now


def _families(command: cmd.Believe, space: Space) -> tuple[str, ...]:
    if not command.likely:
        raise ConfigError("A belief about the families names the likely ones.")
    for one in command.likely:
        if not any(same(one, name) for name in space.families):
            raise ConfigError(f"There is no family {one!r} in today's space; there are {', '.join(space.families)}.")
    return tuple(str(one) for one in command.likely)


def _bell(command: cmd.Believe, parameter: Float | Int, since: int) -> Belief:
    around = command.around
    assert around is not None
    if not parameter.low <= around <= parameter.high:
        raise ConfigError(
            f"{parameter.name} lies between {parameter.low:g} and {parameter.high:g} today; {around:g} is outside. "
            "Widen the range first."
        )
    if parameter.log:
        factor = max((parameter.high / parameter.low) ** command.spread, 1.0 + 1e-9)
        low, high = around / factor, around * factor
    else:
        width = max((parameter.high - parameter.low) * command.spread, 1e-12)
        low, high = around - width, around + width
    return Belief(parameter.name, float(around), low, high, strength=command.strength, since=since)
