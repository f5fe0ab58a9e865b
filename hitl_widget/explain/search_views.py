"""What the search has found out about the hyperparameters: which of them decide, and which work together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hitl_widget.domain.figures import value_in_words
from hitl_widget.domain.objective import Metric, Objective
from hitl_widget.domain.state import SessionState
from hitl_widget.explain.evidence import Axis, Evidence, Matrix, evidence_of
from hitl_widget.explain.knowledge import Knowledge, about_family, early, family_to_show, knowledge_of
from hitl_widget.explain.ped_anova import ped_anova
from hitl_widget.explain.phrases import listed, percent
from hitl_widget.explain.search import LEAST_TRIALS, sentence
from hitl_widget.explain.surrogate import Surrogate
from hitl_widget.explain.view import Level, View

__all__ = ["importance", "interactions"]

_POINTS = 25
_SURFACE = 13


def importance(
    state: SessionState, *, family: str = "", objectives: Sequence[Objective] = (), metric: Metric | None = None
) -> View:
    """Say which hyperparameters decide whether a trial is good, by the score and by each other objective.

    Parameters
    ----------
    state
        The session; all generations count.
    family
        Which family, default that of the model to take.
    objectives
        Further objectives, each judged by the complete trials of which it is known.
    metric
        The metric, for its name.

    Returns
    -------
    View
        ``importance``: objective, objective_label, parameter, label, share, trials, position (by the
        score).
    """
    family = family or family_to_show(state)
    evidence = evidence_of(state, family)
    about, options = about_family(state, family)
    question = "Which hyperparameters decide the score?"
    if len(evidence.trials) < LEAST_TRIALS or not evidence.axes:
        return early("importance", question, evidence, about, options)
    rows, others = [], []
    labels = {axis.name: axis.label for axis in evidence.axes}
    behind = np.where(evidence.complete, evidence.scores, np.minimum(evidence.scores, _worst(evidence)))
    found = ped_anova(evidence.axes, evidence.units, behind)
    name = metric.label if metric is not None else "score"
    rows += _importance_rows("score", name, found, labels, len(evidence.trials), list(found))
    for objective in objectives:
        values = [objective.value(trial) for trial in evidence.trials]
        some = np.array([value is not None for value in values], bool)
        if int(some.sum()) < LEAST_TRIALS:
            continue
        sign = -1.0 if objective.direction == "lower" and objective.sign > 0 else 1.0
        good = sign * np.array([value for value in values if value is not None], np.float64)
        if np.ptp(good) == 0:
            continue
        theirs = ped_anova(evidence.axes, evidence.units[some], good)
        rows += _importance_rows(objective.name, objective.label, theirs, labels, int(some.sum()), list(found))
        first = next(iter(theirs))
        others.append(f"{objective.label} on {labels[first]} ({percent(theirs[first])})")
    said = [sentence(found, [axis.parameter for axis in evidence.axes], len(evidence.trials))]
    if others:
        said.append(f"By other measures it depends first: {listed(others)}.")
    notes = [
        (
            "It says what sets the best tenth of the trials apart, not by how much the score changes; "
            "for that see the effects."
        )
    ]
    if evidence.fixed:
        notes.append(f"Never varied: {listed([value_in_words(one.name.split('.', 1)[-1]) for one in evidence.fixed])}.")
    return View(
        "importance",
        Level.SEARCH,
        question,
        tuple(said),
        {"importance": rows},
        ("importance",),
        tuple(notes),
        "hyperparameter_importance",
        about,
        options,
    )


def _worst(evidence: Evidence) -> float:
    complete = evidence.scores[evidence.complete]
    return float(complete.min()) if len(complete) else float(evidence.scores.min())


def _importance_rows(
    name: str, title: str, shares: Mapping[str, float], labels: Mapping[str, str], trials: int, order: Sequence[str]
) -> list[dict[str, Any]]:
    return [
        {
            "objective": name,
            "objective_label": title,
            "parameter": parameter,
            "label": labels[parameter],
            "share": share,
            "trials": trials,
            "position": order.index(parameter),
        }
        for parameter, share in shares.items()
    ]


def interactions(state: SessionState, metric: Metric, *, family: str = "", known: Knowledge | None = None) -> View:
    """Say whether hyperparameters work on their own, or whether the best value of one hangs on another.

    Parameters
    ----------
    state, metric, family, known
        As of `effects`.

    Returns
    -------
    View
        ``pairs``, the strongest first: one, other, one_label, other_label, share (of what is explained), sure.
        ``surface`` of the strongest: x, y (texts), row, column (their order), score (as people read it), trials, thin.
    """
    family = family or family_to_show(state)
    known = known or knowledge_of(state, family)
    evidence, model = known.evidence, known.surrogate
    about, options = about_family(state, family)
    question = "Does the best value of one hang on another?"
    if model is None or len(evidence.axes) < 2:
        return early("interactions", question, evidence, about, options)
    alone, both = model.variances()
    total = float(alone.sum()) + sum(variance for variance, _ in both.values()) or 1.0
    ranked = sorted(both.items(), key=lambda item: (-item[1][1], -item[1][0]))
    rows = [
        {
            "one": evidence.axes[j].name,
            "other": evidence.axes[k].name,
            "one_label": evidence.axes[j].label,
            "other_label": evidence.axes[k].label,
            "share": variance / total,
            "sure": sure,
        }
        for (j, k), (variance, sure) in ranked
    ]
    certain = [(pair, variance) for pair, (variance, sure) in ranked if sure and variance / total >= 0.01]
    if not certain:
        said: tuple[str, ...] = (
            "As far as these trials show, each works on its own: no pair explains more than noise would.",
        )
        return View(
            "interactions",
            Level.SEARCH,
            question,
            said,
            {"pairs": rows},
            ("interactions",),
            (),
            "interaction",
            about,
            options,
        )
    (j, k), variance = certain[0]
    share, most = sum(variance for _, variance in certain) / total, variance / total
    pair = f"{evidence.axes[j].label} together with {evidence.axes[k].label}"
    others = f" ({percent(share)} from {len(certain)} pairs in all)" if len(certain) > 1 else ""
    said = (
        f"{percent(most)} of what hyperparameters explain comes from {pair}{others}.",
        _hangs(evidence, model, j, k),
    )
    return View(
        "interactions",
        Level.SEARCH,
        question,
        said,
        {"pairs": rows, "surface": _surface(evidence, model, metric, j, k)},
        ("interactions", "surface"),
        ("Pairs are looked for among the six that explain most of what single effects leave over.",),
        "interaction",
        {**about, "parameters": [evidence.axes[j].name, evidence.axes[k].name]},
        options,
    )


def _grid(axis: Axis) -> Matrix:
    return np.arange(len(axis.levels), dtype=np.float64) if axis.levels else np.linspace(0, 1, _SURFACE)


def _hangs(evidence: Evidence, model: Surrogate, j: int, k: int) -> str:
    """Say the best value of the second at two values of the first."""
    ours, theirs = (evidence.axes[column] for column in (j, k))
    if ours.levels:
        counts = np.bincount(evidence.units[:, j].astype(int), minlength=len(ours.levels))
        ends = np.sort(np.argsort(-counts, kind="stable")[:2]).astype(np.float64)
    else:
        ends = np.quantile(evidence.units[:, j], [0.1, 0.9])
    grid = np.arange(len(theirs.levels), dtype=np.float64) if theirs.levels else np.linspace(0, 1, _POINTS)
    _, whole = model.surface(j, k, ends, grid)
    best = [theirs.text(float(grid[place])) for place in whole.argmax(axis=1)]
    start = f"With {ours.label} at {ours.text(float(ends[0]))} the best {theirs.label} is about {best[0]}"
    if best[0] == best[1]:
        return f"{start}, and so it is at {ours.text(float(ends[1]))}; only its weight changes."
    return f"{start}, at {ours.text(float(ends[1]))} about {best[1]}."


def _surface(evidence: Evidence, model: Surrogate, metric: Metric, j: int, k: int) -> list[dict[str, Any]]:
    ours, theirs = _grid(evidence.axes[j]), _grid(evidence.axes[k])
    _, whole = model.surface(j, k, ours, theirs)
    cells = [
        np.clip(np.rint(evidence.units[:, c] * (1 if evidence.axes[c].levels else _SURFACE - 1)), 0, len(g) - 1)
        for c, g in ((j, ours), (k, theirs))
    ]
    counts = np.zeros(whole.shape, int)
    np.add.at(counts, (cells[0].astype(int), cells[1].astype(int)), 1)
    return [
        {
            "x": evidence.axes[j].text(float(a)),
            "y": evidence.axes[k].text(float(b)),
            "column": column,
            "row": row,
            "score": metric.shown(float(whole[column, row])),
            "trials": int(counts[column, row]),
            "thin": not counts[column, row],
        }
        for column, a in enumerate(ours)
        for row, b in enumerate(theirs)
    ]
