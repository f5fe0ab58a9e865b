"""The machine's configurations: the planned starts, then the sampler's proposals. Owned by the controller's thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.proposal import Proposal
from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Origin, Trial, TrialState
from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.context import Context
from hitl_widget.engine.scalarizer import Scalarizer
from hitl_widget.learners.registry import LEARNERS
from hitl_widget.sampling.contract import Sampler

__all__ = ["Proposals"]

_ENOUGH = 3
"""Families whose best is measured again on changed columns; with fewer the planned starts come too."""


class _Start(NamedTuple):
    """A configuration to begin with; `again` is the trial that measured it on other columns."""

    config: dict[str, Value]
    again: int | None = None


class Proposals:
    """Says what the machine tries next.

    Parameters
    ----------
    context
        State, log, plan and clock.
    make_sampler
        Makes the sampler for a state: at once, and again when there is a new family that it may propose.
    scalarizer
        The worth of trials, where more than the metric counts.
    code
        The person's own learners.
    """

    def __init__(
        self,
        context: Context,
        make_sampler: Callable[[SessionState], Sampler],
        scalarizer: Scalarizer,
        code: CodeStore,
    ) -> None:
        self._context = context
        self._plan = context.plan
        self._make_sampler = make_sampler
        self._sampler = make_sampler(context.state)
        self._scalarizer = scalarizer
        self._code = code
        self._starts: deque[_Start] = deque()
        self._next: Proposal | None = None

    # -- the evidence -------------------------------------------------------------------------------------------------

    def steered(self, by: Provenance, *, new_family: bool = False) -> None:
        """Follow an act: it holds from the next proposal on."""
        if new_family:
            self._sampler = self._make_sampler(self._context.state)
        self._read(by)
        self._starts = deque(self._starts_left())

    def learn_anew(self, by: Provenance = MACHINE) -> None:
        """Learn again what the person prefers once there are more trials, and search by that."""
        if self._scalarizer.due:
            self._read(by)

    def _read(self, by: Provenance) -> None:
        self._next = None
        worth = self._scalarizer.learn(by)
        self._sampler.read(self._context.state, worth)

    def begun(self, trial: Trial) -> None:
        """Take note that a trial runs."""
        self._sampler.begin(trial)

    def ended(self, trial: Trial) -> None:
        """Take note of how a trial ended."""
        self._sampler.end(trial)

    def measured(self, trial: Trial) -> None:
        """Take note that more was measured of a trial that ended."""
        self._sampler.amend(trial)

    def judge(self, state: SessionState) -> list[Verdict]:
        """Return what the evidence says to each belief."""
        return self._sampler.judge(state)

    # -- what comes next ----------------------------------------------------------------------------------------------

    def suggest(self) -> Proposal:
        """Return what comes next, and keep it for then."""
        if self._starts:
            start = self._starts[0]
            return Proposal(start.config, self._why_start(start), self._origin_of_start(start))
        if self._next is None:
            self._next = self._sampler.propose(self._context.state)
        return self._next

    def prepare(self) -> None:
        """Have the next proposal ready before it is needed."""
        if not self._starts:
            self.suggest()

    def queue(self) -> int:
        """Queue what comes next; returns the number of the trial."""
        if self._starts:
            start = self._starts.popleft()
            return self._context.queue(
                start.config, MACHINE, self._origin_of_start(start), self._why_start(start), start.again
            )
        proposal, self._next = self.suggest(), None
        return self._context.queue(
            dict(proposal.config), MACHINE, proposal.origin, proposal.why, reasons=proposal.reasons
        )

    # -- the starts ---------------------------------------------------------------------------------------------------

    def _starts_left(self) -> Iterator[_Start]:
        """Yield the starts that lie in today's space and were not begun on today's columns."""
        state = self._context.state
        today = [one for one in state.trials if not state.on_other_data(one)]
        begun = [dict(one.config) for one in today if one.origin in (Origin.BASELINE, Origin.START)]
        inside = state.space.contains()
        for one in self._all_starts():
            if one.config in begun or not inside(one.config) or self._lacks(one.config[FAMILY]):
                continue
            if one.again is None or not any(dict(trial.config) == one.config for trial in today):
                yield one

    def _all_starts(self) -> Iterator[_Start]:
        """Yield the planned starts, then the default of each family that has none: one that was added.

        On columns that were changed, the best of each family comes instead, so that scores can be compared at once.
        """
        again = self._again()
        planned = () if len(again) >= _ENOUGH else self._plan.starts
        yield from (*again, *map(_Start, planned))
        known = {config[FAMILY] for config in self._plan.starts}
        space = self._context.state.space
        yield from (_Start(space.complete({FAMILY: name})) for name in space.families if name not in known)

    def _again(self) -> list[_Start]:
        """Return the best configuration of each family that was measured on other columns, the best first."""
        state = self._context.state
        if not state.view:
            return []
        aside = (one for one in state.trials if state.on_other_data(one) and one.state is TrialState.COMPLETE)
        scored = [one for one in aside if one.score is not None and one.number not in state.steering.discarded]
        best: dict[str, Trial] = {}
        for trial in sorted(scored, key=lambda one: -(one.score or 0.0)):
            best.setdefault(trial.family, trial)
        return [_Start(dict(one.config), one.number) for one in best.values()]

    def _lacks(self, family: Value) -> bool:
        """Whether a family's package is missing here, or its code is not this person's: its trials would fail."""
        known = family in LEARNERS or family in self._context.state.learners
        return known and not self._code.has_family(str(family))

    def _origin_of_start(self, start: _Start) -> Origin:
        return Origin.BASELINE if start.config[FAMILY] in self._plan.baselines else Origin.START

    def _why_start(self, start: _Start) -> str:
        family = str(start.config[FAMILY])
        if start.again is not None:
            label = self._context.labels.get(family, family)
            return f"The best of {label} until now, #{start.again}, on the columns as they are today."
        if family in self._plan.baselines:
            return "A baseline: what every model must beat."
        return "A starting configuration: settings that do well on many tables."
