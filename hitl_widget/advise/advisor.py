"""The advisor: asks every rule, drops answered nudges, and ranks the rest by worth."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from hitl_widget.advise.evidence import Evidence
from hitl_widget.advise.rule import NudgeRule
from hitl_widget.advise.rules import nudge_rules
from hitl_widget.advise.view import Found, Setting, View
from hitl_widget.domain.nudge import LATER, NEVER, Nudge
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Task
from hitl_widget.explain.evidence import LEAST_TRIALS
from hitl_widget.explain.importances import shares

__all__ = ["RuleAdvisor"]

_log = logging.getLogger("hitl_widget")

MOST = 5
_LATER = 20
_ANSWERED = 30
_NEW = 3
_FINAL = (NEVER, "keep", "look")
_SAMPLE = 400
_EVERY = 20


class RuleAdvisor:
    """Proposes acts by rules; implements `hitl_widget.engine.ports.Advisor`.

    What it returns follows from the state alone; what it keeps between calls only saves time. For the controller's
    thread.

    Parameters
    ----------
    task
        The task.
    labels
        Family names as people know them.
    baselines
        Baseline families, which every score is compared with.
    workers
        Trials that run at the same time.
    rules
        The rules to ask, default all that are registered.
    """

    def __init__(
        self,
        task: Task,
        labels: Mapping[str, str],
        baselines: frozenset[str],
        workers: int = 1,
        rules: Sequence[NudgeRule] | None = None,
    ) -> None:
        self._setting = Setting(task, labels, baselines, workers)
        self._rules = nudge_rules() if rules is None else tuple(rules)
        self._evidence = Evidence()
        self._shares: dict[str, tuple[object, Mapping[str, float]]] = {}

    def nudges(self, state: SessionState, elapsed: float) -> Sequence[Nudge]:
        """Return the nudges to offer, most valuable first, without answered ones; at most five."""
        if state.phase not in (Phase.RUNNING, Phase.PAUSED):
            return ()
        found = [one for rule, one in self._asked(self.view(state, elapsed)) if _open(state, rule, one)]
        found.sort(key=lambda one: -one.nudge.worth)
        return tuple(one.nudge for one in found[:MOST])

    def view(self, state: SessionState, elapsed: float) -> View:
        """Return what the rules see."""
        setting = replace(self._setting, task=state.steering.data.scored(self._setting.task))
        return View(state, elapsed, setting, self._evidence.read(state), lambda family: self._known(state, family))

    def _asked(self, view: View) -> Iterator[tuple[NudgeRule, Found]]:
        for rule in self._rules:
            if rule.uses_metric and view.state.preferences.lead:
                continue
            try:
                yield from ((rule, found) for found in rule(view))
            except Exception:  # noqa: BLE001 - a rule that fails costs its own proposal, never the search
                _log.exception("The rule %s failed.", rule.name)

    def _known(self, state: SessionState, family: str) -> Mapping[str, float]:
        """Return the importances as of the last full step of evidence, of a few hundred trials spread over it."""
        numbers = self._evidence.read(state).get(family)
        count = _step(len(numbers.scored)) if numbers is not None else 0
        if numbers is None or count < LEAST_TRIALS:
            return {}
        parameters = state.space.of(family)
        mark = (count, parameters, state.steering.discarded)
        known = self._shares.get(family)
        if known is None or known[0] != mark:
            stride = -(-count // _SAMPLE)
            trials = [state.trials[number] for number in numbers.scored[:count:stride]]
            known = mark, shares(parameters, trials)
            self._shares[family] = known
        return known[1]


def _step(count: int) -> int:
    """Return the last number of trials, up to this one, at which importances are computed: 20, 40, 60, … then +10%."""
    step = _EVERY
    while True:
        following = max(step + _EVERY, int(step * 1.1))
        if following > count:
            return step if count >= step else 0
        step = following


def _open(state: SessionState, rule: NudgeRule, found: Found) -> bool:
    """Return whether a nudge was not answered, or long enough ago, or has new evidence."""
    said = state.answered.get(found.nudge.key)
    if said is None:
        return True
    word, then = said
    if word in _FINAL:
        return False
    if word == LATER:
        return state.ended - then >= _LATER
    new = sum(number >= then for number in found.trials)
    return state.ended - then >= _ANSWERED or (rule.reopens and new >= _NEW)
