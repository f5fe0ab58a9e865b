"""The success criterion that a person states at the start, and what the holdout says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["CURVES", "RATES", "GoalOutcome", "Rate", "Success"]

Rate = Literal["recall", "precision", "false_alarms"]
RATES: dict[Rate, str] = {"recall": "recall", "precision": "precision", "false_alarms": "false alarms"}
"""Rates of a threshold, with their names."""

CURVES: tuple[tuple[Rate, Rate], ...] = (
    ("recall", "false_alarms"),
    ("recall", "precision"),
    ("precision", "recall"),
)
"""Rates that can be asked for at a value of another one."""

GoalOutcome = Literal["reached", "likely", "unlikely", "missed"]


@dataclass(frozen=True, slots=True)
class Success:
    """A value of a metric that the model must reach on the holdout.

    Parameters
    ----------
    text
        As the person said it.
    measure
        Name of the scorer, or of a rate of `RATES`.
    label
        Display name.
    sign
        1 if the displayed value must be at least `bound`, -1 if at most.
    bound
        The displayed value to reach.
    at
        The rate at which it is measured; "" for metrics.
    at_bound
        The value of that rate.
    """

    text: str
    measure: str
    label: str
    sign: int
    bound: float
    at: Rate | Literal[""] = ""
    at_bound: float = 0.0

    def in_words(self) -> str:
        """Return the criterion, for example ``"recall of at least 0.8 at 5% false alarms"``."""
        side = "at least" if self.sign > 0 else "at most"
        said = f"{self.label} of {side} {self.bound:,.10g}"
        if not self.at:
            return said
        if self.at == "false_alarms":
            return f"{said} at {100 * self.at_bound:.3g}% false alarms"
        return f"{said} at a {RATES[self.at]} of {self.at_bound:g}"

    def outcome(self, value: float, low: float | None, high: float | None) -> GoalOutcome:
        """Return whether a displayed value and its 95% interval reach the bound.

        ``reached`` and ``missed`` when the whole interval is on one side, else ``likely`` or ``unlikely``.
        """
        there = self.sign * (value - self.bound) >= 0
        ends = [end for end in (low, high) if end is not None]
        sides = {self.sign * (end - self.bound) >= 0 for end in ends}
        if len(ends) == 2 and sides == {there}:
            return "reached" if there else "missed"
        return "likely" if there else "unlikely"
