"""The search within one family: its next configuration, from its own evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hitl_widget.domain.space import Value
from hitl_widget.domain.trial import Reasons, Trial
from hitl_widget.engine.axes import Axes, Matrix
from hitl_widget.engine.evidence import Evidence
from hitl_widget.engine.tpe import ParzenTpe

__all__ = ["Draft", "FamilySearch"]

STARTUP = 6
_CLOSE = 0.15
_DRAWS = 64


@dataclass(frozen=True, slots=True)
class Draft:
    """A configuration and why it was drawn."""

    config: dict[str, Value]
    how: str
    reasons: Reasons


class FamilySearch:
    """Draws configurations of one family.

    Parameters
    ----------
    axes
        The columns of its evidence.
    tpe
        Its estimator and source of chance; kept over edits.
    """

    def __init__(self, axes: Axes, tpe: ParzenTpe) -> None:
        self.axes = axes
        self.evidence = Evidence(axes)
        self._tpe = tpe

    def draw(self, waiting: Iterable[Trial] = ()) -> Draft:
        """Return the next configuration; trials in work or waiting repel it."""
        axes, evidence = self.axes, self.evidence
        numbers, rows, scores = evidence.arrays()
        if not axes.free:
            return Draft(axes.config(()), "it has nothing to set", Reasons())
        running = evidence.running(waiting)
        if len(numbers) < STARTUP:
            row = self._untried(axes.uniform(self._tpe.rng, _DRAWS), running)
            return Draft(axes.config(row), "a random look at its settings", Reasons("explore"))
        found, acquisition = self._tpe.candidates(axes, rows, scores, running)
        row = self._untried(found[np.argsort(-acquisition, kind="stable")], running)
        reasons = self._reasons(row, numbers, rows, scores)
        how = f"settings near its good trials, away from its bad ones ({len(numbers)} seen)"
        return Draft(axes.config(row), how, reasons)

    def _untried(self, ordered: Matrix, running: Matrix) -> Matrix:
        """Return the first row that was not tried; chance repeats only where values are few."""
        if not np.isfinite(self.axes.size):
            first: Matrix = ordered[0]
            return first
        tried = self.evidence.tried | {tuple(row) for row in running}
        more = self.axes.uniform(self._tpe.rng, _DRAWS)
        return next((row for row in (*ordered, *more) if tuple(row) not in tried), ordered[0])

    def _reasons(self, row: Matrix, numbers: list[int], rows: Matrix, scores: Matrix) -> Reasons:
        good = np.argsort(-scores, kind="stable")[: max(3, len(numbers) // 10)]
        good = good[np.isfinite(scores[good])]
        if not len(good):
            return Reasons("explore")
        distances = self.axes.distances(self.axes.unit(row[None]), self.axes.unit(rows[good]))[0]
        nearest = np.argsort(distances, kind="stable")[:3]
        mode = "exploit" if distances[nearest[0]] <= _CLOSE else "explore"
        return Reasons(mode, tuple(numbers[good[one]] for one in nearest))
