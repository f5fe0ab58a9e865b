"""Random search."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from hitl_widget.domain.belief import Verdict
from hitl_widget.domain.space import FAMILY, Categorical, Parameter, Space, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial
from hitl_widget.sampling.contract import Proposal, Scalarization


class RandomSampler:
    """Draws each configuration at random from the current search space."""

    def __init__(self, space: Space, *, never: frozenset[str], seed: int, labels: Mapping[str, str]) -> None:
        self._never, self._random = never, random.Random(seed)

    def propose(self, state: SessionState) -> Proposal:
        """Return a random configuration."""
        families = [family for family in state.space.families if family not in self._never]
        family = self._random.choice(families)
        config: dict[str, Value] = {FAMILY: family}
        config |= {one.name: self._drawn(one) for one in state.space.of(family)}
        return Proposal(state.space.complete(config), "Drawn at random.")

    def _drawn(self, parameter: Parameter) -> Value:
        if isinstance(parameter, Categorical):
            return self._random.choice(parameter.choices)
        low, high = parameter.low, parameter.high
        if parameter.log:
            value = math.exp(self._random.uniform(math.log(low), math.log(high)))
        else:
            value = self._random.uniform(low, high)
        value = min(max(value, low), high)
        return round(value) if isinstance(low, int) else value

    def read(self, state: SessionState, scalarization: Scalarization | None = None) -> None:
        """Do nothing, since `propose` gets the current state."""

    def amend(self, trial: Trial) -> None:
        """Do nothing."""

    def begin(self, trial: Trial) -> None:
        """Do nothing."""

    def end(self, trial: Trial) -> None:
        """Do nothing."""

    def verdicts(self, state: SessionState) -> list[Verdict]:
        """Return no verdicts, since random search ignores beliefs."""
        return []
