"""The course of a search: its phases, its clock and its budget. Owned by the controller's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Author
from hitl_widget.engine.budget import Stopwatch
from hitl_widget.errors import CommandError

if TYPE_CHECKING:
    from hitl_widget.engine.controller import Controller

__all__ = ["Lifecycle"]


class Lifecycle:
    """Starts, pauses, resumes and ends a search.

    Parameters
    ----------
    controller
        Where events go and state comes from.
    watch
        The search's clock.
    """

    def __init__(self, controller: Controller, watch: Stopwatch) -> None:
        self._c = controller
        self._watch = watch

    def carry_out(self, command: cmd.Start | cmd.Pause | cmd.Resume | cmd.Stop) -> None:
        """Carry out a command on the run."""
        match command:
            case cmd.Start():
                self.start()
            case cmd.Pause():
                self.pause()
            case cmd.Resume():
                self.resume()
            case cmd.Stop():
                self.stop()

    def start(self) -> None:
        """Begin the search."""
        match self._c.now.phase:
            case Phase.READY:
                self._watch.start()
                self._c.emit(ev.Started())
            case Phase.PAUSED | Phase.FAILED:
                self.resume()
            case Phase.FINISHED | Phase.FINISHING:
                raise CommandError("The search has ended. Raise its budget, then session.resume().")
            case Phase.RUNNING:
                pass

    def pause(self) -> None:
        """Start nothing new; what runs finishes its fold."""
        if self._c.now.phase is Phase.PAUSED:
            return
        if self._c.now.phase is not Phase.RUNNING:
            raise CommandError(f"Only a running search can be paused; this one is {self._c.now.phase}.")
        self._watch.stop()
        self._c.emit(ev.Paused())

    def resume(self) -> None:
        """Go on after a pause, or after the end when the budget was raised."""
        match self._c.now.phase:
            case Phase.RUNNING:
                return
            case Phase.READY:
                self.start()
            case Phase.FINISHING:
                raise CommandError("The search is just ending. Try again in a moment.")
            case Phase.PAUSED | Phase.FINISHED | Phase.FAILED:
                spent = self.spent()
                if spent is None:
                    self._watch.start()
                    self._c.emit(ev.Resumed())
                elif self._c.now.phase is Phase.FINISHED:
                    raise CommandError(f"{spent} Raise the budget first, for example {self._more().python()}.")
                else:
                    self.end(spent)

    def _more(self) -> cmd.SetBudget:
        """Return a budget that would let the search go on."""
        state = self._c.now
        seconds = None if state.budget_seconds is None else round(max(state.budget_seconds, self._watch.elapsed)) + 300
        trials = None if state.budget_trials is None else max(state.budget_trials, state.started) + 20
        return cmd.SetBudget(seconds, trials)

    def stop(self) -> None:
        """End the search for the person."""
        if self._c.now.phase in (Phase.FINISHED, Phase.FINISHING):
            return
        if self._c.now.phase is Phase.READY:
            raise CommandError("The search has not started yet, so there is nothing to stop.")
        self.end("You stopped the search." if self._c.author is Author.YOU else "The search was stopped.")

    def spent(self) -> str | None:
        """Say which limit is reached, or None."""
        state = self._c.now
        if state.budget_seconds is not None and self._watch.elapsed >= state.budget_seconds:
            return "The time is spent."
        if state.budget_trials is not None and state.started >= state.budget_trials and not self._c.desk.trials_in_work:
            return f"All {state.budget_trials} trials are done."
        return None

    def watch_budget(self) -> None:
        """End the search when a limit is reached."""
        if self._c.now.phase is Phase.RUNNING:
            reason = self.spent()
            if reason is not None:
                self.end(reason)

    def end(self, reason: str) -> None:
        """End the search: what runs is halted, then the ensemble and the holdout follow."""
        self._watch.stop()
        self._c.desk.halt(reason)
        self._c.emit(ev.Finishing(reason))
        self._c.desk.finish()

    def finished(self) -> None:
        """Close the search after the holdout was measured."""
        self._c.emit(ev.Finished(self._c.now.reason))

    def give_up(self, message: str) -> None:
        """End the search because nothing can run."""
        self._watch.stop()
        self._c.emit(ev.Failed(message, "Mend the cause, then session.resume(): it starts new workers."))

    def keep_time(self) -> None:
        """Let the clock run while the search does; where the person drives, only while something runs."""
        idle = self._c.now.autonomy is cmd.Autonomy.USER and not self._c.desk.busy
        if self._c.now.phase is Phase.RUNNING and not idle:
            self._watch.start()
        else:
            self._watch.stop()
