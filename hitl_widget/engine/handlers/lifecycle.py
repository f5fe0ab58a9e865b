"""Commands on the run: start, pause, resume, stop, budget and autonomy."""

from __future__ import annotations

from typing import Protocol

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.figures import plural
from hitl_widget.domain.provenance import MACHINE, Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Author
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.engine.phases import Phases
from hitl_widget.errors import CommandError

__all__ = ["LifecycleHandler", "Work"]


class Work(Protocol):
    """The scheduler's interface for ending a search."""

    @property
    def busy(self) -> int:
        """Number of calls in the workers."""
        ...

    def halt(self, reason: str, by: Provenance) -> None:
        """Cancel the running calls."""
        ...

    def finish(self, by: Provenance) -> None:
        """Start the last ensemble and the holdout."""
        ...

    def cancel_end(self) -> None:
        """Cancel the last ensemble and the holdout."""
        ...


class LifecycleHandler(Handler):
    """Starts, pauses, resumes and ends a search.

    Parameters
    ----------
    context
        State, log, plan and clock.
    phases
        Records the phases.
    work
        The scheduler.
    """

    def __init__(self, context: Context, phases: Phases, work: Work) -> None:
        super().__init__(context)
        self._phases = phases
        self._work = work

    @handles(cmd.Start)
    def start(self, _command: cmd.Start, by: Provenance) -> Receipt:
        """Start the search, or continue it."""
        match self._context.state.phase:
            case Phase.READY:
                self._phases.begin(by)
                return Receipt("The search started.")
            case Phase.PAUSED | Phase.FAILED:
                return self.resume(cmd.Resume(), by)
            case Phase.FINISHING | Phase.FINISHED:
                raise CommandError("The search has ended. To continue, call session.resume() or raise the budget.")
            case Phase.RUNNING:
                return Receipt("The search is running already.")

    @handles(cmd.Pause)
    def pause(self, _command: cmd.Pause, by: Provenance) -> Receipt:
        """Pause the search; running folds finish."""
        phase = self._context.state.phase
        if phase is Phase.PAUSED:
            return Receipt("The search is paused already.")
        if phase is not Phase.RUNNING:
            raise CommandError(f"Only a running search can be paused; this one is {phase}.")
        self._phases.pause(by)
        return Receipt("The search is paused.")

    @handles(cmd.Resume)
    def resume(self, _command: cmd.Resume, by: Provenance) -> Receipt:
        """Resume the search after a pause, or after its end if budget is left."""
        phase = self._context.state.phase
        if phase is Phase.RUNNING:
            return Receipt("The search is running already.")
        if phase is Phase.READY:
            return self.start(cmd.Start(), by)
        spent = self._phases.spent
        if spent is None:
            if phase is Phase.FINISHING:
                self._work.cancel_end()
            self._phases.go_on(by)
            return Receipt("The search resumed.")
        if phase in _ENDED:
            raise CommandError(f"{spent} Raise the budget first, for example {self._more().python()}.")
        self._end(spent, by)
        return Receipt(f"The search ended: {spent[:1].lower()}{spent[1:]}")

    def _more(self) -> cmd.SetBudget:
        """Return a budget that would allow the search to continue."""
        state, elapsed = self._context.state, self._context.watch.elapsed
        seconds = None if state.budget_seconds is None else round(max(state.budget_seconds, elapsed)) + 300
        trials = None if state.budget_trials is None else max(state.budget_trials, state.started) + 20
        return cmd.SetBudget(seconds, trials)

    @handles(cmd.Stop)
    def stop(self, _command: cmd.Stop, by: Provenance) -> Receipt:
        """End the search."""
        phase = self._context.state.phase
        if phase in _ENDED:
            return Receipt("The search has ended already.")
        if phase is Phase.READY:
            raise CommandError("The search has not started yet, so there is nothing to stop.")
        self._end("You stopped the search." if by.author is Author.YOU else "The search was stopped.", by)
        return Receipt("The search was stopped.")

    @handles(cmd.SetBudget)
    def set_budget(self, command: cmd.SetBudget, by: Provenance) -> Receipt:
        """Set the budget; a search that has ended resumes if this raises it."""
        before = self._context.state
        self._context.emit(ev.BudgetSet(command.seconds, command.trials), by)
        limits = [] if command.seconds is None else [f"{command.seconds:g} s"]
        limits += [] if command.trials is None else [plural(command.trials, "trial")]
        said = f"The budget is {' and '.join(limits)}." if limits else "The search has no limit."
        raised = _more(command.seconds, before.budget_seconds) or _more(command.trials, before.budget_trials)
        if before.phase in _ENDED and raised and self._phases.spent is None:
            said = f"{said} {self.resume(cmd.Resume(), by).sentence}"
        return Receipt(said)

    @handles(cmd.SetAutonomy)
    def set_autonomy(self, command: cmd.SetAutonomy, by: Provenance) -> Receipt:
        """Set the autonomy level."""
        self._context.emit(ev.AutonomySet(command.level), by)
        return Receipt(_AUTONOMY[command.level])

    # -- what follows from the clock ----------------------------------------------------------------------------------

    def watch_budget(self) -> None:
        """End the search when a limit is reached."""
        if self._context.state.phase is Phase.RUNNING:
            reason = self._phases.spent
            if reason is not None:
                self._end(reason, MACHINE)

    def keep_time(self) -> None:
        """Run the clock while the search runs; while the user drives, only while a trial runs."""
        state = self._context.state
        idle = state.autonomy is cmd.Autonomy.USER and not self._work.busy
        if state.phase is Phase.RUNNING and not idle:
            self._context.watch.start()
        else:
            self._context.watch.stop()

    def _end(self, reason: str, by: Provenance) -> None:
        """End the search: cancel the running calls, then measure the ensemble and the holdout."""
        self._context.watch.stop()
        self._work.halt(reason, by)
        self._phases.finishing(reason, by)
        self._work.finish(by)


def _more(limit: float | None, before: float | None) -> bool:
    """Return whether a limit is higher than before; None is no limit."""
    return before is not None and (limit is None or limit > before)


_ENDED = (Phase.FINISHING, Phase.FINISHED)

_AUTONOMY = {
    cmd.Autonomy.USER: "You drive: only trials that you queue run.",
    cmd.Autonomy.CRUISE: "The search runs and asks you before it changes the search space.",
    cmd.Autonomy.AUTOPILOT: "The search runs and accepts its own proposals.",
}
