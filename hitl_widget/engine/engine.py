"""The engine: the parts of a search, wired once. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import Command, Subject
from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.trial import Trial
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.artifacts import Artifacts
from hitl_widget.engine.background import BackgroundTasks
from hitl_widget.engine.backlog import Backlog
from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.answers import AnswerHandler
from hitl_widget.engine.handlers.base import Handler
from hitl_widget.engine.handlers.beliefs import BeliefHandler
from hitl_widget.engine.handlers.data import DataHandler
from hitl_widget.engine.handlers.lifecycle import LifecycleHandler
from hitl_widget.engine.handlers.notes import NoteHandler
from hitl_widget.engine.handlers.preferences import PreferenceHandler
from hitl_widget.engine.handlers.rows import RowHandler
from hitl_widget.engine.handlers.space import SpaceHandler
from hitl_widget.engine.handlers.trials import TrialHandler
from hitl_widget.engine.handlers.undo import UndoHandler
from hitl_widget.engine.initiative import Initiative
from hitl_widget.engine.phases import Phases
from hitl_widget.engine.ports import Advisor, Journal, PreferenceLearner, Tables, Warnings
from hitl_widget.engine.proposals import Proposals
from hitl_widget.engine.retention import Retention
from hitl_widget.engine.scalarizer import Scalarizer
from hitl_widget.engine.scheduler import Scheduler
from hitl_widget.engine.worker_pool import WorkerPool
from hitl_widget.evaluation.fold_models import seed_of
from hitl_widget.sampling.contract import Sampler

__all__ = ["Engine"]


class Engine:
    """Carries out commands, receives outcomes, and schedules the work that follows from both.

    Parameters
    ----------
    context
        State, log, plan and clock.
    journal
        The journal, which stores artifacts and code.
    pool
        The workers.
    make_sampler
        Returns the sampler for a state.
    advisor, learner, tables, known_warnings
        The other ports; see `hitl_widget.engine.ports`.
    """

    def __init__(
        self,
        context: Context,
        journal: Journal,
        pool: WorkerPool,
        make_sampler: Callable[[SessionState], Sampler],
        advisor: Advisor | None,
        learner: PreferenceLearner | None,
        tables: Tables | None,
        known_warnings: Warnings,
    ) -> None:
        plan = context.plan
        self._context = context
        self.pool = pool
        phases = Phases(context)
        code = CodeStore(plan.folder, journal)
        artifacts = Artifacts(plan.folder, journal)
        backlog = Backlog(_seed_of(plan.seed), artifacts.has_model, _view_of(context), _is_history(context))
        scalarizer = Scalarizer(context, learner)
        proposals = Proposals(context, make_sampler, scalarizer, code)
        retention = Retention(context, artifacts, backlog)
        seen = _seen_in_holdout(context, tables)
        background = BackgroundTasks(context, phases, pool, artifacts, backlog, retention, proposals, scalarizer, seen)
        self._scheduler = scheduler = Scheduler(
            context, phases, pool, proposals, background, artifacts, retention, scalarizer
        )
        acts = Acts(context, scheduler)
        self._lifecycle = LifecycleHandler(context, phases, scheduler)
        self._handlers: dict[Subject, Handler] = {
            Subject.LIFECYCLE: self._lifecycle,
            Subject.TRIALS: TrialHandler(context, acts, phases, scheduler, code),
            Subject.SPACE: SpaceHandler(context, acts, scheduler, code),
            Subject.BELIEFS: BeliefHandler(context, acts),
            Subject.DATA: DataHandler(context, acts, scheduler, code, tables, known_warnings),
            Subject.ROWS: RowHandler(context, acts, journal.put, tables),
            Subject.PREFERENCES: PreferenceHandler(context, acts, code),
            Subject.UNDO: UndoHandler(context, acts, tables),
            Subject.ANSWERS: AnswerHandler(context, known_warnings, self._dispatch),
            Subject.NOTES: NoteHandler(context),
        }
        scheduler.take_up()
        self._initiative = Initiative(context, advisor, proposals.verdicts, self._dispatch)

    def carry_out(self, command: Command, by: Provenance) -> Receipt:
        """Carry out a command.

        Raises
        ------
        HitlError
            If it cannot be carried out; then it has no effect.
        """
        receipt = self._dispatch(command, by)
        return replace(receipt, python=receipt.python or command.python(), seq=self._context.state.seq)

    def _dispatch(self, command: Command, by: Provenance) -> Receipt:
        return self._handlers[command.spec.subject].carry_out(command, by)

    def follow(self) -> None:
        """Update proposals after a command, since they depend on the search space."""
        self._initiative.keep_up()

    def advance(self) -> None:
        """Do the work after new items: end the search, propose, fill the workers, update the clock."""
        self._lifecycle.watch_budget()
        self._initiative.review()
        self._scheduler.fill()
        self._lifecycle.keep_time()

    def fill(self) -> None:
        """Fill the free slots of the workers."""
        self._scheduler.fill()

    def rest(self) -> None:
        """Record a closed session as paused."""
        self._context.watch.stop()
        if self._context.state.phase is Phase.RUNNING:
            self._context.emit(ev.Paused())


def _seed_of(seed: int) -> Callable[[int], int]:
    return lambda number: seed_of(seed, number)


def _seen_in_holdout(context: Context, tables: Tables | None) -> Callable[[], int]:
    return lambda: 0 if tables is None else tables.rows.seen_in_holdout(context.state)


def _is_history(context: Context) -> Callable[[Trial], bool]:
    return lambda trial: context.state.of_other_target(trial)


def _view_of(context: Context) -> Callable[[Trial], DataView]:
    return lambda trial: context.state.view_of(trial)
