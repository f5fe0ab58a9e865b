"""Commands on the run: start, pause, resume, stop, the budget, who takes the next step."""

from __future__ import annotations

from enum import StrEnum

from hitl_widget.domain.commands.registry import Command, Subject, command
from hitl_widget.domain.spelling import is_count, is_number, put
from hitl_widget.errors import CommandError

__all__ = ["Autonomy", "Pause", "Resume", "SetAutonomy", "SetBudget", "Start", "Stop"]

MOST_SECONDS = 10 * 365 * 86400
MOST_TRIALS = 1_000_000


class Autonomy(StrEnum):
    """Who takes the next step."""

    USER = "user"
    CRUISE = "cruise"
    AUTOPILOT = "autopilot"


@command("start", subject=Subject.LIFECYCLE)
class Start(Command):
    """Begin the search."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.start()"


@command("pause", subject=Subject.LIFECYCLE)
class Pause(Command):
    """Start nothing new; what runs finishes its fold."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.pause()"


@command("resume", subject=Subject.LIFECYCLE)
class Resume(Command):
    """Go on after a pause, or after the end when the budget was raised."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.resume()"


@command("stop", subject=Subject.LIFECYCLE)
class Stop(Command):
    """End the search and measure the holdout."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.stop()"


@command("set_budget", subject=Subject.LIFECYCLE)
class SetBudget(Command):
    """Set the limits of the search; None means no limit of that kind."""

    seconds: float | None = None
    trials: int | None = None

    def __post_init__(self) -> None:
        seconds, trials = self.seconds, self.trials
        if seconds is not None and not (is_number(seconds) and 0 < seconds <= MOST_SECONDS):
            raise CommandError(f"A budget in seconds is a number above 0, up to ten years, or None; got {seconds!r}.")
        if trials is not None and not (is_count(trials) and 1 <= trials <= MOST_TRIALS):
            raise CommandError(f"A budget in trials is a whole number from 1 to a million or None; got {trials!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        whole = self.seconds is not None and self.seconds == int(self.seconds)
        shown = int(self.seconds) if whole and self.seconds is not None else self.seconds
        return f"session.set_budget(seconds={shown!r}, trials={self.trials})"


@command("set_autonomy", subject=Subject.LIFECYCLE)
class SetAutonomy(Command):
    """Set who takes the next step."""

    level: Autonomy

    def __post_init__(self) -> None:
        try:
            put(self, "level", Autonomy(self.level))
        except ValueError:
            raise CommandError(f"Autonomy is one of {', '.join(Autonomy)}; got {self.level!r}.") from None

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f'session.autonomy = "{self.level}"'
