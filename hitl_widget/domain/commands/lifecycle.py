"""Commands on the run: start, pause, resume, stop, budget and autonomy."""

from __future__ import annotations

from enum import StrEnum

from hitl_widget.domain.commands.registry import Command, Subject, command
from hitl_widget.domain.spelling import is_count, is_number, put
from hitl_widget.errors import CommandError

__all__ = ["Autonomy", "Pause", "Resume", "SetAutonomy", "SetBudget", "Start", "Stop"]

MOST_SECONDS = 10 * 365 * 86400
MOST_TRIALS = 1_000_000


class Autonomy(StrEnum):
    """The autonomy level: who decides what runs next."""

    USER = "user"
    CRUISE = "cruise"
    AUTOPILOT = "autopilot"


@command("start", subject=Subject.LIFECYCLE)
class Start(Command):
    """Start the search."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.start()"


@command("pause", subject=Subject.LIFECYCLE)
class Pause(Command):
    """Pause the search; running folds finish."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.pause()"


@command("resume", subject=Subject.LIFECYCLE)
class Resume(Command):
    """Resume the search after a pause, or after its end if budget is left."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.resume()"


@command("stop", subject=Subject.LIFECYCLE)
class Stop(Command):
    """Stop the search and evaluate the holdout."""

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return "session.stop()"


@command("set_budget", subject=Subject.LIFECYCLE)
class SetBudget(Command):
    """Set the budget in seconds, in trials, or both.

    None means no limit of that kind. If the search has ended, it resumes when this raises its budget.

    Examples
    --------
    >>> SetBudget(seconds=600).python()
    'session.set_budget(seconds=600, trials=None)'
    """

    seconds: float | None = None
    trials: int | None = None

    def __post_init__(self) -> None:
        seconds, trials = self.seconds, self.trials
        if seconds is not None and not (is_number(seconds) and 0 < seconds <= MOST_SECONDS):
            raise CommandError(f"A budget in seconds must be above 0 and at most ten years, or None; got {seconds!r}.")
        if trials is not None and not (is_count(trials) and 1 <= trials <= MOST_TRIALS):
            raise CommandError(f"A budget in trials must be an integer from 1 to a million, or None; got {trials!r}.")

    def python(self) -> str:
        """Return the line of Python that does the same."""
        whole = self.seconds is not None and self.seconds == int(self.seconds)
        shown = int(self.seconds) if whole and self.seconds is not None else self.seconds
        return f"session.set_budget(seconds={shown!r}, trials={self.trials})"


@command("set_autonomy", subject=Subject.LIFECYCLE)
class SetAutonomy(Command):
    """Set the autonomy level.

    Examples
    --------
    >>> SetAutonomy("autopilot").python()
    'session.autonomy = "autopilot"'
    """

    level: Autonomy

    def __post_init__(self) -> None:
        try:
            put(self, "level", Autonomy(self.level))
        except ValueError:
            raise CommandError(f"autonomy must be one of {', '.join(Autonomy)}; got {self.level!r}.") from None

    def python(self) -> str:
        """Return the line of Python that does the same."""
        return f'session.autonomy = "{self.level}"'
