"""The initiative of the search: nudges, verdicts on beliefs, and acts under autopilot.

Owned by the controller's thread. The search acts through commands, as the user does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.nudge import LATER, Nudge
from hitl_widget.domain.provenance import MACHINE
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.trial import Author
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import CarryOut
from hitl_widget.engine.ports import Advisor
from hitl_widget.errors import CommandError, ConfigError, DataError

__all__ = ["Initiative"]

SHOWN = 2
_RESTATE = 10
_ACT_EVERY = 10
_STAY = 2.0


class Initiative:
    """Keeps the proposals of the search up to date.

    Parameters
    ----------
    context
        State, log, plan and clock.
    advisor
        Proposes nudges; None for no nudges.
    verdicts
        Returns the verdict on each belief.
    carry_out
        Carries out an answer.
    """

    def __init__(
        self,
        context: Context,
        advisor: Advisor | None,
        verdicts: Callable[[SessionState], Sequence[Verdict]],
        carry_out: CarryOut,
    ) -> None:
        self._context = context
        self._advisor = advisor
        self._verdicts = verdicts
        self._carry_out = carry_out
        self._seen = -1
        self._offered_at = 0
        self._steering = context.state.steering
        self._acted_at = _last_own_answer(context.state)

    def review(self) -> None:
        """Review the evidence after trials ended: update verdicts and nudges, and act if the search may."""
        state = self._context.state
        if state.ended == self._seen or state.phase is not Phase.RUNNING:
            return
        self._seen = state.ended
        self._update_verdicts(state)
        self._offer()
        if self._context.state.autonomy is cmd.Autonomy.AUTOPILOT:
            self._act()

    def keep_up(self) -> None:
        """Update the open nudges after an act, since a nudge depends on the search space."""
        state = self._context.state
        if state.nudges and state.steering is not self._steering:
            self._offer()

    def _update_verdicts(self, state: SessionState) -> None:
        if not state.steering.beliefs:
            return
        for verdict in self._verdicts(state):
            known = state.verdicts.get(verdict.about)
            grown = known is None or not known.trials <= verdict.trials < 1.2 * known.trials + 1
            if known is None or known.kind is not verdict.kind or grown:
                self._context.emit(
                    ev.BeliefJudged(
                        *(verdict.about, str(verdict.kind), verdict.sentence, verdict.trials),
                        round(verdict.confidence, 3),
                    )
                )

    def _offer(self) -> None:
        if self._advisor is None:
            return
        state = self._context.state
        found = self._worthiest(self._advisor.nudges(state, self._context.watch.elapsed))
        same = {one.key for one in found} == {one.key for one in state.nudges}
        fresh = state.steering is self._steering and state.ended - self._offered_at < _RESTATE
        self._steering = state.steering
        if same and (found == state.nudges or fresh):
            return
        self._offered_at = state.ended
        self._context.emit(ev.NudgesOffered(tuple(one.as_json() for one in found)))

    def _worthiest(self, every: Sequence[Nudge]) -> tuple[Nudge, ...]:
        """Return the nudges to show: a new one replaces an open one only if it is worth twice as much.

        Under autopilot, nudges that need the user make room for those that the search may answer.
        """
        open_now = {one.key for one in self._context.state.nudges}
        alone = self._context.state.autonomy is cmd.Autonomy.AUTOPILOT

        def place(one: Nudge) -> tuple[bool, float]:
            return alone and not one.auto, -one.worth * (_STAY if one.key in open_now else 1.0)

        return tuple(sorted(sorted(every, key=place)[:SHOWN], key=lambda one: -one.worth))

    def _act(self) -> None:
        state = self._context.state
        if state.ended - self._acted_at < _ACT_EVERY:
            return
        for nudge in state.nudges:
            if nudge.auto and nudge.answers[0].command is not None:
                self._acted_at = state.ended
                try:
                    self._carry_out(cmd.AnswerNudge(nudge.key), MACHINE)
                except (CommandError, ConfigError, DataError) as error:
                    self._context.emit(ev.NudgeAnswered(nudge.key, LATER, f"{nudge.question} This failed: {error}"))
                return


def _last_own_answer(state: SessionState) -> int:
    """Return how many trials had ended at the last answer of the search, also in a loaded session."""
    given = (one.event for one in state.story if one.author is Author.MACHINE)
    then = (state.answered[one.key][1] for one in given if isinstance(one, ev.NudgeAnswered))
    return max(then, default=-_ACT_EVERY)
