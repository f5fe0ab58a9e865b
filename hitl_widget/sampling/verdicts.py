"""Verdicts on beliefs: supported, undecided or contradicted by the evidence, in a sentence with numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from hitl_widget.domain.belief import Belief, Verdict, VerdictKind
from hitl_widget.domain.figures import plural, trials_in_words
from hitl_widget.domain.space import Categorical
from hitl_widget.sampling.acquisition import Improvement
from hitl_widget.sampling.axes import Matrix
from hitl_widget.sampling.evidence import Evidence
from hitl_widget.sampling.priors import Bell, Flags

__all__ = ["on_families", "on_parameter", "unheard"]

_FEWEST = 8
_SURE = 0.8
_MATTERS = 0.1
_DRAWS = 300
_BASES = 40
_NEAR_BASES = 8


def on_parameter(bell: Bell, evidence: Evidence, improvement: Improvement, family: str, scope: str = "") -> Verdict:
    """Judge a belief about a hyperparameter.

    Parameters
    ----------
    bell
        The belief on its column.
    evidence
        The trials of the family that count.
    improvement
        The surrogate's owner.
    family
        Its label.
    scope
        The trials that count, where there are others: " on the current data".

    Returns
    -------
    Verdict
        Its probability is the share of functions drawn from the surrogate whose best value lies inside the belief,
        where the best inside and the best outside differ by at least 0.1 standard deviations of the scores; smaller
        differences count half for either side. Inside and outside are looked at with the same other settings: those of
        the best trials, near them, and random ones.

    Notes
    -----
    Counting good trials inside and outside would judge the search instead of the belief: it looks into the belief
    early, when the other settings are still poor, and clusters where it has found something, so that even a
    hyperparameter without influence would look good or bad. The surrogate explains the other settings' part first
    (`docs/decisions/0004-steerable-sampler.md` has both ways measured).
    """
    known, rows, scores = evidence.exact()
    scored = np.isfinite(scores)
    numbers, units, scores = np.array(known, int)[scored], evidence.axes.unit(rows)[scored], scores[scored]
    inside = bell.inside(units[:, bell.column])
    held, few = int(inside.sum()), len(scores) < _FEWEST
    kind = evidence.axes.free[bell.column]
    name = kind.label or kind.name.split(".", 1)[-1]
    choice = isinstance(kind, Categorical)
    what = f"use a choice you believe likely for {name}" if choice else f"lie in the range that you expect for {name}"
    if few or held in (0, len(scores)):
        counts = f"{held} of {_count(len(scores), family)}{scope} {what}"
        why = "too few trials to judge" if few else "the other side has not been tried yet"
        return Verdict(bell.belief.about, VerdictKind.UNDECIDED, f"{counts}: {why}.", len(scores), 0.5)
    chance = _chance(bell, units, scores, improvement)
    best = np.argsort(-scores, kind="stable")[: max(3, len(scores) // 5)]
    hits = int(inside[best].sum())
    shown = f"{hits} of the {len(best)} best {family} trials ({trials_in_words(numbers[best].tolist())}) {what}"
    return _verdict(bell.belief, f"{shown}, against {held} of all {len(scores)}{scope}", chance, len(scores))


def _chance(bell: Bell, units: Matrix, scores: Matrix, improvement: Improvement) -> float:
    """Return the probability that the best value lies inside the belief."""
    rng = np.random.RandomState(len(scores))
    axes = improvement.axes
    best = units[np.argsort(-scores, kind="stable")[:5]]
    around = improvement.around(rng, best, _NEAR_BASES, 0.1)
    bases = [axes.unit(axes.uniform(rng, _BASES)), np.repeat(best, _NEAR_BASES, axis=0), around]
    within = np.concatenate(bases)
    without = within.copy()
    within[:, bell.column] = bell.draw(rng, len(within), 1.0)
    without[:, bell.column] = bell.draw_outside(rng, len(without))
    model = improvement.model
    model.fit(units, scores)
    tried = units[np.argsort(-scores, kind="stable")[:50]]
    places = np.concatenate([within, without, tried])
    side: Flags = bell.inside(places[:, bell.column])
    values = model.sample(places, rng, _DRAWS)
    ahead = values[side].max(axis=0) - values[~side].max(axis=0)
    return float((ahead > _MATTERS).mean() + 0.5 * (np.abs(ahead) <= _MATTERS).mean())


def on_families(
    belief: Belief, evidence: Mapping[str, Evidence], labels: Mapping[str, str], noise: float, scope: str = ""
) -> Verdict:
    """Judge a belief about the families.

    Parameters
    ----------
    belief
        Its likely families.
    evidence
        Evidence by family.
    labels
        Names of the families in plain words.
    noise
        Standard deviation of the best trial's score over folds.
    scope
        The trials that count, where there are others: " on the current data".

    Returns
    -------
    Verdict
        Its probability is that of the best likely family being truly ahead of the best other one, when both best
        scores are uncertain by `noise`.
    """
    likely = [name for name in evidence if name in belief.likely]
    sides: list[list[tuple[float, int]]] = [[], []]
    for name, one in evidence.items():
        numbers, _, scores = one.exact()
        pairs = zip(scores.tolist(), numbers, strict=True)
        sides[name not in likely].extend(pair for pair in pairs if math.isfinite(pair[0]))
    inside, outside = sides
    total = len(inside) + len(outside)
    named = " or ".join(labels.get(name, name) for name in likely) or "a family you believe likely"
    if total < _FEWEST or not inside or not outside:
        sentence = f"{len(inside)} of {plural(total, 'trial')}{scope} are {named}: too few trials to judge."
        return Verdict(belief.about, VerdictKind.UNDECIDED, sentence, total, 0.5)
    ahead = (max(inside)[0] - max(outside)[0]) / max(math.sqrt(2) * noise, 1e-12)
    best = sorted((*inside, *outside), key=lambda pair: (-pair[0], pair[1]))[: max(3, total // 5)]
    hits = len({number for _, number in best} & {number for _, number in inside})
    shown = trials_in_words([number for _, number in best])
    counts = f"{hits} of the {len(best)} best trials ({shown}) are {named}, against {len(inside)} of all {total}{scope}"
    return _verdict(belief, counts, 0.5 * math.erfc(-ahead / math.sqrt(2)), total)


def unheard(belief: Belief) -> Verdict:
    """Return the verdict on a belief about something that the search does not choose now."""
    sentence = "The search does not vary this now, so there is no evidence for or against your belief."
    return Verdict(belief.about, VerdictKind.UNDECIDED, sentence, 0, 0.5)


def _verdict(belief: Belief, counts: str, chance: float, trials: int) -> Verdict:
    sure = max(chance, 1 - chance)
    side = "inside" if chance >= 0.5 else "outside"
    if sure < _SURE:
        kind, end = VerdictKind.UNDECIDED, "undecided where the best values lie"
    else:
        kind = VerdictKind.SUPPORTED if chance >= 0.5 else VerdictKind.CONTRADICTED
        end = f"the best value lies {side} with probability {100 * min(sure, 0.99):.0f}%: {kind}"
    return Verdict(belief.about, kind, f"{counts}; {end}.", trials, round(min(sure, 0.99), 3))


def _count(number: int, family: str) -> str:
    return f"{number} {family} trial{'' if number == 1 else 's'}"
