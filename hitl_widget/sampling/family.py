"""The search within one family: its next configuration, from its own evidence and the beliefs about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from hitl_widget.domain.belief import Belief, Verdict
from hitl_widget.domain.space import Value
from hitl_widget.domain.trial import NO_REASONS, Reasons, Trial
from hitl_widget.sampling.acquisition import Improvement
from hitl_widget.sampling.axes import Axes, Matrix
from hitl_widget.sampling.evidence import Begun, Evidence
from hitl_widget.sampling.priors import LED, Prior, outdone, weight_of
from hitl_widget.sampling.tpe import ParzenTpe
from hitl_widget.sampling.verdicts import on_parameter, unheard

__all__ = ["Draft", "FamilySearch"]

STARTUP = 8
"""Scored trials before the models take over."""
STARTUP_LED = 4
"""The same under a belief that holds its own: it has shown where to look."""
SHARE = 0.75
"""Share of proposals by expected improvement; the others are the TPE's."""
_CLOSE = 0.15
_DRAWS = 64
_WORTH_SAYING = 0.1


@dataclass(frozen=True, slots=True)
class Draft:
    """A configuration and why it was drawn."""

    config: dict[str, Value]
    how: str
    reasons: Reasons


@dataclass(frozen=True, slots=True)
class _Known:
    """The evidence at the time of a draw; `units` are the rows on the unit scale."""

    numbers: list[int]
    rows: Matrix
    units: Matrix
    scores: Matrix
    running: Matrix

    @property
    def scored(self) -> int:
        return int(np.isfinite(self.scores).sum())

    @property
    def best(self) -> Matrix | None:
        """The unit row of the best trial."""
        if not self.scored:
            return None
        found: Matrix = self.units[np.argmax(self.scores)]
        return found


class FamilySearch:
    """Draws configurations of one family.

    Parameters
    ----------
    axes
        The columns of its evidence.
    tpe
        Its estimator and source of chance; kept over edits.
    beliefs
        The person's beliefs; those about other families are ignored.
    begun
        Trials begun in all families.

    Notes
    -----
    After `STARTUP` random looks three proposals of four maximize the expected improvement under a Gaussian process and
    one is Optuna's TPE, so that neither one's blind spot is the search's (a portfolio: Hoffman et al. 2011).
    """

    def __init__(self, axes: Axes, tpe: ParzenTpe, beliefs: Iterable[Belief] = (), begun: Begun | None = None) -> None:
        self.axes = axes
        self.evidence = Evidence(axes, begun)
        self.prior = Prior(axes, tuple(beliefs))
        self._tpe = tpe
        self._improvement = Improvement(axes)

    def start_from(self, other: FamilySearch) -> None:
        """Start from the length scales that the search before an edit had learned."""
        self._improvement.start_from(other._improvement)

    def draw(self, waiting: Iterable[Trial] = ()) -> Draft:
        """Return the next configuration, away from running and queued trials."""
        if not self.axes.free:
            return Draft(self.axes.config(()), "none", NO_REASONS)
        numbers, rows, scores = self.evidence.arrays()
        running = self.evidence.running(waiting)
        known = _Known(numbers, rows, self.axes.unit(rows), scores, running)
        fresh = [bell for bell in self.prior.bells if not self.evidence.begun_since(bell.belief.since)]
        if fresh:
            return self._centre(self.prior.only(fresh), known)
        weights = self._weights(known)
        if known.scored < (STARTUP_LED if weights and max(weights) > 0.5 else STARTUP):
            return self._explore(weights, known)
        return self._acquire(weights, known)

    def verdict(self, belief: Belief, label: str, scope: str = "") -> Verdict:
        """Return the verdict on a belief about a hyperparameter of this family."""
        bell = next((one for one in self.prior.bells if one.belief == belief), None)
        return unheard(belief) if bell is None else on_parameter(bell, self.evidence, self._improvement, label, scope)

    def _weights(self, known: _Known) -> list[float]:
        """Return the exponent of each belief: decayed, and less where the trials inside it are outdone."""
        if not self.prior:
            return []
        jointly = outdone(self.prior.inside(known.units), known.scores)
        return [
            weight_of(bell.belief, self.evidence.begun_since(bell.belief.since))
            * min(jointly, outdone(bell.inside(known.units[:, bell.column]), known.scores))
            for bell in self.prior.bells
        ]

    # -- the ways to draw ---------------------------------------------------------------------------------------------

    def _centre(self, prior: Prior, known: _Known) -> Draft:
        """Try a belief at its most likely values first, with all other settings as in the best trial."""
        base = known.best
        if base is None:
            usual = self.axes.row({one.name: one.default for one in self.axes.parameters})
            base = self.axes.unit(self.axes.uniform(self._tpe.rng, 1) if usual is None else np.array([usual]))[0]
        row = self.axes.natural(prior.centre(base[None]))
        others = self.axes.natural(prior.draw(self._tpe.rng, np.repeat(base[None], _DRAWS, axis=0)))
        how = f"the center of your belief about {prior.words}"
        return self._draft(self._untried(np.concatenate([row, others]), known), how, known, prior.main, 1.0)

    def _explore(self, weights: list[float], known: _Known) -> Draft:
        """Draw at random, or from the beliefs."""
        rng = self._tpe.rng
        rows = self.axes.uniform(rng, _DRAWS)
        led = max(
            (w * LED[bell.belief.strength] for w, bell in zip(weights, self.prior.bells, strict=True)), default=0.0
        )
        if rng.rand() >= led or known.scored < 3:
            return self._draft(self._untried(rows, known), "random", known)
        rows = self.axes.natural(self.prior.draw(rng, self.axes.unit(rows)))
        how = f"a random draw from your belief about {self.prior.words}"
        return self._draft(self._untried(rows, known), how, known, self.prior.main, 1.0)

    def _acquire(self, weights: list[float], known: _Known) -> Draft:
        """Take the candidate with the highest acquisition value: improvement times each belief to its weight."""
        axes, rng = self.axes, self._tpe.rng
        more = None
        if any(weight > 0.02 for weight in weights):
            base = known.units[rng.choice(np.argsort(-known.scores, kind="stable")[:3], size=48)]
            drawn = [self.prior.draw(rng, base[:24]), self.prior.draw(rng, axes.unit(axes.uniform(rng, 24)))]
            more = axes.natural(np.concatenate(drawn))

        def add(units: Matrix) -> Matrix:
            return self.prior.log_density(units, weights)

        how = f"the highest expected improvement after {_trials(len(known.numbers))}"
        if rng.rand() < SHARE:
            found, worth, extra = self._improvement.candidates(rng, known.units, known.scores, known.running, more, add)
        else:
            found, worth = self._tpe.candidates(axes, known.rows, known.scores, known.running, more)
            extra = add(axes.unit(found))
            how = (
                f"near the good trials of this family and away from the bad ones ({_trials(len(known.numbers))} so far)"
            )
        order = np.argsort(-(worth + extra), kind="stable")
        share, belief = _share(worth, extra), ""
        if share >= _WORTH_SAYING:
            belief = self.prior.bells[int(np.argmax(weights))].belief.about
            how += f"; your belief about {self.prior.words} contributed {100 * share:.0f}%"
        return self._draft(self._untried(found[order], known), how, known, belief, share)

    # -- what is drawn -----------------------------------------------------------------------------------------------

    def _untried(self, ordered: Matrix, known: _Known) -> Matrix:
        """Return the first row that was not tried, or the first one when all were."""
        first: Matrix = ordered[0]
        if not np.isfinite(self.axes.size):
            return first
        tried = self.evidence.tried | {tuple(row) for row in known.running}
        more = self.axes.uniform(self._tpe.rng, _DRAWS)
        return next((row for row in (*ordered, *more) if tuple(row) not in tried), first)

    def _draft(self, row: Matrix, how: str, known: _Known, belief: str = "", share: float = 0.0) -> Draft:
        reasons = replace(self._near(row, known), belief=belief, belief_share=round(share, 3) if belief else 0.0)
        return Draft(self.axes.config(row), how, reasons)

    def _near(self, row: Matrix, known: _Known) -> Reasons:
        good = np.argsort(-known.scores, kind="stable")[: max(3, len(known.numbers) // 10)]
        good = good[np.isfinite(known.scores[good])]
        if known.scored < 3:
            return Reasons("explore")
        distances = self.axes.distances(self.axes.unit(row[None]), known.units[good])[0]
        nearest = np.argsort(distances, kind="stable")[:3]
        mode = "exploit" if distances[nearest[0]] <= _CLOSE else "explore"
        return Reasons(mode, tuple(known.numbers[good[one]] for one in nearest))


def _share(worth: Matrix, extra: Matrix) -> float:
    """Return how much of the differences between candidates the beliefs make, 0 to 1."""
    by_belief, by_evidence = float(extra.std()), float(worth.std())
    return by_belief / (by_belief + by_evidence) if by_belief > 0 else 0.0


def _trials(count: int) -> str:
    return f"{count} trial{'' if count == 1 else 's'}"
