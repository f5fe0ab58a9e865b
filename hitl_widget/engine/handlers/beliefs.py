"""Commands on beliefs about hyperparameters and families."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.belief import SURENESS, Belief, Strength
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.space import FAMILY, Categorical, Float, Int, Parameter, Space, same
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.errors import CommandError, ConfigError

__all__ = ["BeliefHandler"]


class BeliefHandler(Handler):
    """States and withdraws beliefs.

    Parameters
    ----------
    context
        State, log, plan and clock.
    acts
        Records acts.
    """

    def __init__(self, context: Context, acts: Acts) -> None:
        super().__init__(context)
        self._acts = acts

    @handles(cmd.Believe)
    def believe(self, command: cmd.Believe, by: Provenance) -> Receipt:
        """State a belief, and replace an earlier one about the same subject."""
        state, steering = self._context.state, self._context.state.steering
        belief = _softened(steering.belief(command.about), _belief(command, state.space, state.started))
        kept = [one for one in steering.beliefs if one.about != belief.about]
        after = replace(steering, beliefs=(*kept, belief))
        return self._acts.do("belief", f"belief: {self._in_words(belief)}", by, after)

    @handles(cmd.Withdraw)
    def withdraw(self, command: cmd.Withdraw, by: Provenance) -> Receipt:
        """Withdraw a belief."""
        steering = self._context.state.steering
        belief = steering.belief(command.about)
        if belief is None:
            known = ", ".join(one.about for one in steering.beliefs) or "none"
            raise CommandError(f"There is no belief about {command.about!r}; there are: {known}.")
        after = replace(steering, beliefs=tuple(one for one in steering.beliefs if one is not belief))
        return self._acts.do("belief", f"withdrew the belief: {self._in_words(belief)}", by, after)

    def _in_words(self, belief: Belief) -> str:
        """Return a belief in words, for example ``"learning rate near 0.05 (very sure)"``."""
        if belief.about == FAMILY:
            labels = self._context.labels
            names = ", ".join(labels.get(str(one), str(one)) for one in belief.likely)
            return f"{names} likely ({SURENESS[belief.strength]})"
        parameter = _named(self._context.state.base, belief.about)
        family = belief.about.split(".", 1)[0]
        label = f"{self._context.labels.get(family, family)} {parameter.label or belief.about.split('.', 1)[-1]}"
        if belief.around is None:
            return f"{label} likely {', '.join(map(str, belief.likely))} ({SURENESS[belief.strength]})"
        return f"{label} near {belief.around:.3g} ({SURENESS[belief.strength]})"


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
            raise ConfigError(f"{parameter.name} is categorical: give likely= with some of {shown}.")
        likely = tuple(parameter.check(one) for one in command.likely)
        return Belief(parameter.name, likely=likely, strength=command.strength, since=since)
    if command.around is None:
        raise ConfigError(f"{parameter.name} is numeric: give a value with around=.")
    return _bell(command, parameter, since)


def _softened(before: Belief | None, now: Belief) -> Belief:
    """Return the belief with its former age if only its strength decreased, so that it does not gain weight."""
    if before is None or (before.around, before.likely) != (now.around, now.likely):
        return now
    order = list(Strength)
    return replace(now, since=before.since) if order.index(now.strength) < order.index(before.strength) else now


def _families(command: cmd.Believe, space: Space) -> tuple[str, ...]:
    if not command.likely:
        raise ConfigError("A belief about the families needs likely=.")
    for one in command.likely:
        if not any(same(one, name) for name in space.families):
            raise ConfigError(f"There is no family {one!r} in today's space; there are {', '.join(space.families)}.")
    return tuple(str(one) for one in command.likely)


def _bell(command: cmd.Believe, parameter: Float | Int, since: int) -> Belief:
    around = command.around
    assert around is not None
    if not parameter.low <= around <= parameter.high:
        raise ConfigError(
            f"{parameter.name} now ranges from {parameter.low:g} to {parameter.high:g}; {around:g} is outside. "
            "Widen the range first."
        )
    if parameter.log:
        factor = max((parameter.high / parameter.low) ** command.spread, 1.0 + 1e-9)
        low, high = around / factor, around * factor
    else:
        width = max((parameter.high - parameter.low) * command.spread, 1e-12)
        low, high = around - width, around + width
    return Belief(parameter.name, float(around), low, high, strength=command.strength, since=since)
