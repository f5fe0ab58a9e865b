"""Commands on trials: queue, cancel, discard and restore them, or request proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.annotation import Annotation
from hitl_widget.domain.figures import plural
from hitl_widget.domain.proposal import Proposal
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Origin, Trial, TrialState
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.engine.phases import Phases
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.trust import untrusted

__all__ = ["Queue", "TrialHandler"]


class Queue(Protocol):
    """The scheduler's interface for queueing trials."""

    def enqueue(self, number: int) -> None:
        """Add a queued trial."""
        ...

    def cancel(self, number: int, by: Provenance, *, asked: bool = False) -> None:
        """End one queued or running trial, `asked` if the history tells it; raises `CommandError`."""
        ...

    def suggest(self) -> Proposal:
        """Return the next proposal, and keep it for the next trial."""
        ...


class TrialHandler(Handler):
    """Queues trials, and discards or restores them.

    Parameters
    ----------
    context
        State, log, plan and clock.
    acts
        Records acts.
    phases
        Starts the search while the user drives.
    queue
        The scheduler.
    code
        Stores custom learners.
    """

    def __init__(self, context: Context, acts: Acts, phases: Phases, queue: Queue, code: CodeStore) -> None:
        super().__init__(context)
        self._acts = acts
        self._phases = phases
        self._queue = queue
        self._code = code

    @handles(cmd.Propose)
    def propose(self, command: cmd.Propose, by: Provenance) -> Receipt:
        """Queue a configuration."""
        config = self._checked(command.config)
        if command.parent is None:
            return self._line_up([config], by, Origin.OWN, f"{by.who} queued it.", None)
        parent = self._context.trial(command.parent)
        return self._line_up([config], by, Origin.EDIT, _difference(parent, config), command.parent)

    @handles(cmd.Grid)
    def grid(self, command: cmd.Grid, by: Provenance) -> Receipt:
        """Queue one configuration several times, varying one hyperparameter."""
        if command.parent is not None:
            self._context.trial(command.parent)
        if command.parameter == FAMILY:
            raise CommandError("A grid needs a hyperparameter. Queue several families with session.propose.")
        configs = [self._checked({**command.config, command.parameter: value}) for value in command.values]
        label = self._context.state.space[command.parameter].label or command.parameter
        why = f"Part of a grid over {label} ({plural(len(configs), 'value')})."
        return self._line_up(configs, by, Origin.GRID, why, command.parent)

    @handles(cmd.Batch)
    def batch(self, command: cmd.Batch, by: Provenance) -> Receipt:
        """Request a batch of the search's trials while the user drives."""
        autonomy = self._context.state.autonomy
        if autonomy is not cmd.Autonomy.USER:
            raise CommandError(
                f"Under {autonomy} the search already proposes trials. To request a batch, drive yourself: "
                'session.autonomy = "user".'
            )
        self._context.emit(ev.BatchAsked(command.count), by)
        self._start_if_driven(by)
        return Receipt(f"The search will run {plural(command.count, 'trial')}.")

    @handles(cmd.Suggest)
    def suggest(self, _command: cmd.Suggest, _by: Provenance) -> Receipt:
        """Return the configuration that the search would try next."""
        found = self._queue.suggest()
        return Receipt("The search suggests a configuration; nothing runs.", suggestion=found)

    @handles(cmd.Cancel)
    def cancel(self, command: cmd.Cancel, by: Provenance) -> Receipt:
        """End one running trial at once, or take a queued one out of the queue."""
        ran = self._context.trial(command.number).state is TrialState.RUNNING
        self._queue.cancel(command.number, by, asked=True)
        return Receipt(f"{'Ended' if ran else 'Canceled'} trial {command.number}.")

    @handles(cmd.Discard)
    def discard(self, command: cmd.Discard, by: Provenance) -> Receipt:
        """Discard a trial."""
        number, steering = command.number, self._context.state.steering
        state = self._context.trial(number).state
        if number in steering.discarded:
            raise CommandError(f"Trial {number} is already discarded.")
        if state in (TrialState.QUEUED, TrialState.RUNNING):
            raise CommandError(f"Trial {number} is {state} and can be ended; only an ended one can be discarded.")
        after = replace(steering, discarded=steering.discarded | {number})
        return self._acts.do("discard", f"discarded #{number}", by, after)

    @handles(cmd.Restore)
    def restore(self, command: cmd.Restore, by: Provenance) -> Receipt:
        """Restore a discarded trial."""
        number, steering = command.number, self._context.state.steering
        self._context.trial(number)
        if number not in steering.discarded:
            raise CommandError(f"Trial {number} is not discarded.")
        after = replace(steering, discarded=steering.discarded - {number})
        return self._acts.do("discard", f"restored #{number}", by, after)

    @handles(cmd.Annotate)
    def annotate(self, command: cmd.Annotate, by: Provenance) -> Receipt:
        """Write tags and a note on a trial."""
        number, steering = command.number, self._context.state.steering
        self._context.trial(number)
        fresh = Annotation(command.tags, command.note)
        if fresh == steering.annotations.get(number, Annotation()):
            raise CommandError(f"Trial {number} already has these tags and this note.")
        kept = {key: one for key, one in steering.annotations.items() if key != number}
        added = {number: fresh} if fresh != Annotation() else {}
        words = ", ".join(fresh.tags) or fresh.note.split("\n")[0][:60]
        title = f"annotated #{number}: {words}" if words else f"removed the annotation of #{number}"
        return self._acts.do("annotate", title, by, replace(steering, annotations={**kept, **added}))

    def _checked(self, config: Mapping[str, Value]) -> dict[str, Value]:
        """Return the complete configuration, validated against the current space and the available families."""
        state = self._context.state
        whole = state.space.complete(config)
        family = str(whole[FAMILY])
        if family in state.learners and not self._code.has_family(family):
            raise CommandError(untrusted(state.learners[family], family))
        return whole

    def _line_up(
        self, configs: Sequence[dict[str, Value]], by: Provenance, origin: Origin, why: str, parent: int | None
    ) -> Receipt:
        if by.why:
            origin, why = Origin.NUDGE, f"{by.who} accepted a proposal: {by.why}"
        numbers = tuple(self._context.queue(config, by, origin, why, parent) for config in configs)
        for number in numbers:
            self._queue.enqueue(number)
        self._start_if_driven(by)
        first = f"trial {numbers[0]}" if len(numbers) == 1 else f"trials {numbers[0]} to {numbers[-1]}"
        return Receipt(f"Queued {first}.", numbers)

    def _start_if_driven(self, by: Provenance) -> None:
        """Start the search if the user drives and has queued a trial."""
        state = self._context.state
        if state.autonomy is cmd.Autonomy.USER and state.phase is Phase.READY:
            self._phases.begin(by)


def _difference(parent: Trial, config: dict[str, Value]) -> str:
    changed = [
        f"{name.split('.', 1)[-1]} {parent.config.get(name, '–')} → {value}"
        for name, value in config.items()
        if parent.config.get(name, object()) != value
    ]
    if not changed and parent.state is TrialState.STOPPED:
        return f"You ran #{parent.number} again, which had been stopped."
    return f"You edited #{parent.number}: {', '.join(changed) or 'no change, which measures the noise'}."
