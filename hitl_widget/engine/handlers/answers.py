"""Answers to nudges and warnings: each carries out its command and is recorded, in one batch of events."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.nudge import LATER, NEVER, Answer, Nudge
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import CarryOut, Handler, handles
from hitl_widget.engine.ports import Warnings
from hitl_widget.errors import CommandError

__all__ = ["AnswerHandler"]


class AnswerHandler(Handler):
    """Carries out the command of an answer, then records the answer.

    Parameters
    ----------
    context
        State, log, plan and clock.
    known_warnings
        The warnings that are known by now.
    carry_out
        Carries out the command of an answer.
    """

    def __init__(self, context: Context, known_warnings: Warnings, carry_out: CarryOut) -> None:
        super().__init__(context)
        self._known_warnings = known_warnings
        self._carry_out = carry_out

    @handles(cmd.AnswerNudge)
    def answer_nudge(self, command: cmd.AnswerNudge, by: Provenance) -> Receipt:
        """Answer a nudge."""
        nudge = next((one for one in self._context.state.nudges if one.key == command.key), None)
        if nudge is None:
            raise CommandError(f"The nudge {command.key!r} is not open; session.nudges lists the open ones.")
        if command.answer in (LATER, NEVER):
            self._context.emit(ev.NudgeAnswered(nudge.key, command.answer, nudge.question), by)
            return Receipt(
                "Postponed the proposal."
                if command.answer == LATER
                else "Declined the proposal; it will not come up again."
            )
        answer = _chosen(nudge, command.answer)
        receipt = self._act(answer, replace(by, why=nudge.evidence))
        self._context.emit(ev.NudgeAnswered(nudge.key, answer.id, nudge.question), by)
        return receipt

    @handles(cmd.AnswerWarning)
    def answer_warning(self, command: cmd.AnswerWarning, by: Provenance) -> Receipt:
        """Answer a warning: act on it, or record a reason; an answer that only shows Python leaves it open."""
        warning = self._known_warnings.find(self._context.state, command.key)
        if warning is None:
            raise CommandError(f"There is no warning {command.key!r:.100}; session.warnings lists the open ones.")
        said = command.answer.strip()
        answer = warning.answer(said)
        if answer is not None and answer.only_shows:
            return Receipt(f"The warning stays open. In Python: {answer.python}", python=answer.python)
        if answer is None:
            receipt = Receipt("The answer is saved in the journal.")
        else:
            receipt = self._act(answer, replace(by, why=warning.evidence))
        self._context.emit(ev.WarningAnswered(command.key, said if answer is None else answer.label), by)
        return receipt

    def _act(self, answer: Answer, by: Provenance) -> Receipt:
        """Carry out the command of an answer, if it has one."""
        if answer.only_shows:
            return Receipt(f"In Python: {answer.python}", python=answer.python)
        if answer.command is None:
            return Receipt(f"Recorded: {answer.label}.")
        return self._carry_out(cmd.command_from(answer.command), by)


def _chosen(nudge: Nudge, word: str) -> Answer:
    if word == "accept":
        return nudge.answers[0]
    for answer in nudge.answers:
        if answer.id == word:
            return answer
    ids = ", ".join([answer.id for answer in nudge.answers] + [LATER, NEVER])
    raise CommandError(f"This nudge can be answered with {ids}; got {word!r}.")
