"""What a person asks for: configurations, grids, batches, a suggestion. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Author, Origin, Trial
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.trust import untrusted
from hitl_widget.sampling.contract import Proposal

if TYPE_CHECKING:
    from hitl_widget.engine.controller import Controller

__all__ = ["Made", "TrialHandler"]


@dataclass(frozen=True, slots=True)
class Made:
    """What a command brought about, for its receipt."""

    numbers: tuple[int, ...] = ()
    suggestion: Proposal | None = None


class TrialHandler:
    """Puts what a person asks for into the queue; each checks all of itself first.

    Parameters
    ----------
    controller
        Where events go and state comes from.

    Attributes
    ----------
    evidence
        Why, while a proposal of the machine is being taken up; else ``""``.
    """

    def __init__(self, controller: Controller) -> None:
        self._c = controller
        self.evidence = ""

    def carry_out(self, command: cmd.Propose | cmd.Grid | cmd.Batch | cmd.Suggest, author: Author) -> Made:
        """Carry out a command that asks for trials."""
        match command:
            case cmd.Propose():
                return Made((self._propose(command, author),))
            case cmd.Grid():
                return Made(self._grid(command, author))
            case cmd.Batch(count=count):
                self._batch(count)
                return Made()
            case cmd.Suggest():
                return Made(suggestion=self._c.desk.suggest())

    def _propose(self, command: cmd.Propose, author: Author) -> int:
        config = self._checked(command.config)
        parent = self._parent(command.parent)
        origin = Origin.OWN if parent is None else Origin.EDIT
        who = "You" if author is Author.YOU else "The machine"
        why = f"{who} queued it." if parent is None else self._difference(parent, config)
        return self._line_up([config], author, origin, why, command.parent)[0]

    def _grid(self, command: cmd.Grid, author: Author) -> tuple[int, ...]:
        self._parent(command.parent)
        if command.parameter == FAMILY:
            raise CommandError("A grid is over one hyperparameter of a family; queue each family with session.propose.")
        configs = [self._checked({**command.config, command.parameter: value}) for value in command.values]
        label = self._c.now.space[command.parameter].label or command.parameter
        count = f"{len(configs)} value{'s' if len(configs) > 1 else ''}"
        why = f"One of a grid over {label}: {count}."
        return self._line_up(configs, author, Origin.GRID, why, command.parent)

    def _checked(self, config: Mapping[str, Value]) -> dict[str, Value]:
        """Complete a configuration in today's space, of a family that can be fitted here."""
        whole = self._c.now.space.complete(config)
        family = str(whole[FAMILY])
        if family in self._c.now.learners and not self._c.desk.has_learner(family):
            raise CommandError(untrusted(self._c.now.learners[family], family))
        return whole

    def _parent(self, number: int | None) -> Trial | None:
        if number is None:
            return None
        if not 0 <= number < len(self._c.now.trials):
            raise CommandError(f"There is no trial {number}; the record has {len(self._c.now.trials)} trials.")
        return self._c.now.trials[number]

    def _line_up(
        self, configs: Sequence[dict[str, Value]], author: Author, origin: Origin, why: str, parent: int | None
    ) -> tuple[int, ...]:
        if self.evidence:
            origin, why = Origin.NUDGE, f"{'You' if author is Author.YOU else 'The machine'} took up: {self.evidence}"
        numbers = tuple(self._c.queue(config, author, origin, why, parent) for config in configs)
        for number in numbers:
            self._c.desk.wait(number)
        self._start_if_driven()
        return numbers

    def _batch(self, count: int) -> None:
        if self._c.now.autonomy is not cmd.Autonomy.USER:
            raise CommandError(
                f"The machine proposes by itself under {self._c.now.autonomy}; a batch is for when you drive: "
                'session.autonomy = "user".'
            )
        self._c.emit(ev.BatchAsked(count))
        self._start_if_driven()

    def _start_if_driven(self) -> None:
        """Where the person drives, what they queue is what starts the search."""
        if self._c.now.autonomy is cmd.Autonomy.USER and self._c.now.phase is Phase.READY:
            self._c.course.start()

    def _difference(self, parent: Trial, config: dict[str, Value]) -> str:
        changed = [
            f"{name.split('.', 1)[-1]} {parent.config.get(name, '–')} → {value}"
            for name, value in config.items()
            if parent.config.get(name, object()) != value
        ]
        return f"You edited #{parent.number}: {', '.join(changed) or 'nothing changed, so it measures the noise'}."
