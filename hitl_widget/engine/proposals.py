"""The configurations of the search: the planned starts, then the sampler's proposals.

Owned by the controller's thread.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from hitl_widget.domain.balance import SUFFIX, WAYS, parameters_of_balance
from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.proposal import Proposal
from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.row_choices import TargetChoices
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Origin, Trial, TrialState
from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.context import Context
from hitl_widget.engine.scalarizer import Scalarizer
from hitl_widget.learners.registry import LEARNERS, starting_configs
from hitl_widget.sampling.contract import Sampler

__all__ = ["Proposals"]

_LEADING = 2
"""Families whose best configuration is tried with each way to balance classes, after the person asked for them."""

_ENOUGH = 3
"""Families whose best trial is evaluated again on changed columns; with fewer, the planned starts run too."""


class _Start(NamedTuple):
    """A starting configuration; `again` is the trial that measured it on other columns, or without `balance`."""

    config: dict[str, Value]
    again: int | None = None
    balance: str = ""


class Proposals:
    """Provides the next configuration of the search.

    Parameters
    ----------
    context
        State, log, plan and clock.
    make_sampler
        Returns the sampler for a state; called initially, and again after a family was added.
    scalarizer
        The worth of trials, if more than the metric counts.
    code
        Custom learners.
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
        self._of_target: tuple[TargetChoices, list[dict[str, Value]]] | None = None

    # -- the evidence -------------------------------------------------------------------------------------------------

    def steered(self, by: Provenance, *, new_family: bool = False) -> None:
        """Follow an act, which affects the next proposal."""
        if new_family:
            self._sampler = self._make_sampler(self._context.state)
        self._read(by)
        self._starts = deque(self._starts_left())

    def learn_anew(self, by: Provenance = MACHINE) -> None:
        """Update the user's preferences after new trials, and search by them."""
        if self._scalarizer.due:
            self._read(by)

    def _read(self, by: Provenance) -> None:
        self._next = None
        worth = self._scalarizer.learn(by)
        self._sampler.read(self._context.state, worth)

    def begun(self, trial: Trial) -> None:
        """Tell the sampler that a trial started."""
        self._sampler.begin(trial)

    def ended(self, trial: Trial) -> None:
        """Tell the sampler that a trial ended."""
        self._sampler.end(trial)

    def measured(self, trial: Trial) -> None:
        """Tell the sampler that an ended trial has new measurements."""
        self._sampler.amend(trial)

    def verdicts(self, state: SessionState) -> list[Verdict]:
        """Return the verdict on each belief."""
        return self._sampler.verdicts(state)

    # -- what comes next ----------------------------------------------------------------------------------------------

    def suggest(self) -> Proposal:
        """Return the next proposal, and keep it for the next trial."""
        if self._starts:
            start = self._starts[0]
            return Proposal(start.config, self._why_start(start), self._origin_of_start(start))
        if self._next is None:
            self._next = self._sampler.propose(self._context.state)
        return self._next

    def prepare(self) -> None:
        """Compute the next proposal in advance."""
        if not self._starts:
            self.suggest()

    def queue(self) -> int:
        """Queue the next proposal, and return the number of the trial."""
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
        """Yield the starts that lie in the current space and did not run on the current data."""
        state = self._context.state
        awaiting = {one.number for one in state.awaiting}
        today = [one for one in state.trials if not state.on_other_data(one) or one.number in awaiting]
        begun = [dict(one.config) for one in today if one.origin in (Origin.BASELINE, Origin.START)]
        inside = state.space.contains()
        for one in self._all_starts():
            if one.config in begun or not inside(one.config) or self._lacks(one.config[FAMILY]):
                continue
            if one.again is None or not any(dict(trial.config) == one.config for trial in today):
                yield one

    def _all_starts(self) -> Iterator[_Start]:
        """Yield the planned starts, then the default configuration of each added family.

        On changed columns, the best configuration of each family comes instead, so that scores can be compared early.
        """
        again, starts = self._again(), self._planned()
        planned = () if len(again) >= _ENOUGH else starts
        yield from (*again, *self._balanced(), *map(_Start, planned))
        known = {config[FAMILY] for config in starts}
        space = self._context.state.space
        yield from (_Start(space.complete({FAMILY: name})) for name in space.families if name not in known)

    def _planned(self) -> Sequence[dict[str, Value]]:
        """Return the starting configurations, which depend on the target."""
        task, choices = self._plan.task, self._context.state.steering.data
        if task is None or choices.target is None:
            return self._plan.starts
        if self._of_target is None or self._of_target[0] != choices.target:
            self._of_target = choices.target, starting_configs(choices.scored(task))
        return self._of_target[1]

    def _again(self) -> list[_Start]:
        """Return the best configuration of each family on other data, baselines and then the best first.

        Trials on the columns before the last change come first, so that each pair shows the effect of that change.
        """
        state = self._context.state
        if not state.view:
            return []
        awaiting = {one.number for one in state.awaiting}
        inside = state.space.contains()  # another target may need other hyperparameters
        others = (one for one in state.trials if state.on_other_data(one) and inside(one.config))
        aside = (one for one in others if one.state is TrialState.COMPLETE and one.number not in awaiting)
        scored = [one for one in aside if one.score is not None and one.number not in state.steering.discarded]
        last = max(scored, key=lambda one: one.ended, default=None)
        best: dict[str, Trial] = {}
        for trial in sorted(scored, key=lambda one: (last is not None and one.view != last.view, -(one.score or 0.0))):
            best.setdefault(trial.family, trial)
        first = sorted(best.values(), key=lambda one: one.family not in self._plan.baselines)
        return [_Start(dict(one.config), one.number) for one in first]

    def _balanced(self) -> list[_Start]:
        """Return the best configurations of the leading families with each way to balance classes that they lack."""
        state = self._context.state
        parameters = {one.name.removesuffix(SUFFIX): one for one in parameters_of_balance(state.space)}
        best = [state.trials[number] for number in state.family_best.values()]
        leading = sorted((one for one in best if one.family in parameters), key=lambda one: -(one.score or 0.0))
        tried = {(one.family, one.config.get(one.family + SUFFIX)) for one in state.trials}
        found = []
        for trial in leading[:_LEADING]:
            parameter = parameters[trial.family]
            ways = [way for way in parameter.choices if way is not None and (trial.family, way) not in tried]
            found += [_Start({**trial.config, parameter.name: way}, trial.number, str(way)) for way in ways]
        return found

    def _lacks(self, family: Value) -> bool:
        """Return whether a family's package is missing or its code is not trusted, so that its trials would fail."""
        known = family in LEARNERS or family in self._context.state.learners
        return known and not self._code.has_family(str(family))

    def _origin_of_start(self, start: _Start) -> Origin:
        return Origin.BASELINE if start.config[FAMILY] in self._plan.baselines else Origin.START

    def _why_start(self, start: _Start) -> str:
        family = str(start.config[FAMILY])
        if start.balance:
            return f"The configuration of #{start.again} with {WAYS[start.balance]}, to see what it brings."
        if start.again is not None:
            label = self._context.labels.get(family, family)
            return f"Repeats #{start.again}, the best {label} configuration so far, on the current data."
        if family in self._plan.baselines:
            return "A baseline, which every other model should beat."
        return "A starting point: settings that work well on many tables."
