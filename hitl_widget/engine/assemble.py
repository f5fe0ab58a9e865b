"""The ports of a real session: journal, workers and sampler, made late and on the controller's thread."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hitl_widget.data.task import Understood
from hitl_widget.domain.space import Space, Value
from hitl_widget.engine.plan import Plan
from hitl_widget.engine.ports import Executor, Journal, Sampler
from hitl_widget.errors import ConfigError
from hitl_widget.learners.registry import LEARNERS

__all__ = ["new_executor", "new_journal", "new_sampler", "possible_configs"]


def new_journal(place: str) -> Journal:
    """Make the journal of a new session."""
    from hitl_widget.engine.journal import SqlJournal

    return SqlJournal(place, create=True)


def new_executor(understood: Understood, folder: Path, seed: int, limits: Mapping[str, Any]) -> Executor:
    """Write the table for the workers and start them."""
    from hitl_widget.engine.evaluate import open_context, write_context
    from hitl_widget.engine.workers import InProcessExecutor, ProcessExecutor

    write_context(folder, understood, seed)
    if not hasattr(os, "fork"):
        return InProcessExecutor(lambda: open_context(folder), limits["workers"])
    return ProcessExecutor(limits["workers"], folder=folder, memory_bytes=limits["trial_memory"])


def new_sampler(plan: Plan, before: int) -> Sampler:
    """Make the sampler; after a load its seed differs, so that it does not draw again what it drew before."""
    from hitl_widget.engine.sampler import TpeSampler

    missing = {name for name, learner in LEARNERS.items() if not learner.available()}
    return TpeSampler(plan.space, never=plan.baselines | missing, seed=plan.seed + before, labels=plan.labels)


def possible_configs(space: Space, configs: Sequence[Mapping[str, Value]]) -> Iterator[dict[str, Value]]:
    """Complete the configurations that lie in the space; a journal may be older than what is installed."""
    for config in configs:
        with contextlib.suppress(ConfigError):
            yield space.complete(config)
