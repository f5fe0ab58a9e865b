"""The ports of a real session: journal, workers and sampler, created on the controller's thread when needed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hitl_widget.data.task import Understood
from hitl_widget.domain.space import FAMILY, Space, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.engine.plan import Plan
from hitl_widget.engine.ports import Journal
from hitl_widget.errors import ConfigError
from hitl_widget.evaluation.user_code import UserCode
from hitl_widget.sampling.contract import Sampler
from hitl_widget.workers.contract import Executor

__all__ = [
    "new_executor",
    "new_journal",
    "new_sampler",
    "possible_configs",
]


def new_journal(place: str) -> Journal:
    """Return the journal of a new session."""
    from hitl_widget.engine.journal import SqlJournal

    return SqlJournal(place, create=True)


def new_executor(understood: Understood, folder: Path, seed: int, limits: Mapping[str, Any]) -> Executor:
    """Write the table for the workers, and return the executor."""
    from hitl_widget.evaluation.context import open_context, write_context
    from hitl_widget.learners.registry import LEARNERS, preloads
    from hitl_widget.workers.executors import PRELOAD, InProcessExecutor, ProcessExecutor, StartMethod, start_method

    write_context(folder, understood, seed)
    if start_method() is StartMethod.THREADS:
        return InProcessExecutor(lambda: open_context(folder), limits["workers"])
    preload = (*PRELOAD, *preloads(LEARNERS.values()))
    return ProcessExecutor(limits["workers"], folder=folder, preload=preload, memory_bytes=limits["trial_memory"])


def new_sampler(plan: Plan, state: SessionState, before: int) -> Sampler:
    """Return the sampler; after a load its seed differs, so that it does not repeat earlier draws."""
    from hitl_widget.sampling.registry import SAMPLERS, checked_sampler

    code = UserCode(plan.folder)
    missing = {name for name in state.base.families if not code.has_family(name)}
    make = SAMPLERS[checked_sampler(plan.settings.get("sampler"))]
    labels = {**plan.labels, **state.learners}
    return make(plan.space, never=plan.baselines | missing, seed=plan.seed + before, labels=labels)


def possible_configs(space: Space, configs: Sequence[Mapping[str, Value]]) -> Iterator[dict[str, Value]]:
    """Return the configurations in the space, completed; the journal may be older than the installed package."""
    known = {FAMILY, *(one.name for one in space)}
    for config in configs:
        with contextlib.suppress(ConfigError):
            yield space.complete({name: value for name, value in config.items() if name in known})
