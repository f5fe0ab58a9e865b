"""Maps of what was tried: parallel coordinates, the footprint on a plane, and pipelines as streams."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Trial, TrialState
from hitl_widget.explain.evidence import Axis, Evidence, Matrix, evidence_of, fold_effects
from hitl_widget.explain.knowledge import about_family, early, family_to_show
from hitl_widget.explain.ped_anova import ped_anova
from hitl_widget.explain.phrases import gap_in_words, listed, percent
from hitl_widget.explain.search import LEAST_TRIALS
from hitl_widget.explain.surrogate import embedded
from hitl_widget.explain.view import Level, View
from hitl_widget.learners.preparation import CATEGORIES, NUMBERS
from hitl_widget.learners.registry import LEARNERS

__all__ = ["footprint", "parallel", "pipelines"]

LINES = 150
"""Trials in parallel coordinates: the best third of them, and others spread over the rest."""

DOTS = 800
_EMPTY = 200
_GOOD = 0.1
_AGREE = 0.4
_CHOICE = 0.4


def parallel(state: SessionState, metric: Metric, *, family: str = "") -> View:
    """Draw each trial as a line through its hyperparameters, and say on what the best ones agree.

    Parameters
    ----------
    state
        The session; all generations count.
    metric
        What people read.
    family
        Which family, default that of the model to take.

    Returns
    -------
    View
        ``lines``: trial, axis, label, position (of the axis, the most important first), place (0 to 1), text, score (as
        people read it), rank, good (of the best tenth). ``axes``: axis, label, position, low, high (texts at the ends),
        good_low, good_high (places between which the middle half of the best tenth lies).
    """
    family = family or family_to_show(state)
    evidence = evidence_of(state, family)
    about, options = about_family(state, family)
    question = "On what do the best trials agree?"
    if int(evidence.complete.sum()) < LEAST_TRIALS or not evidence.axes:
        return early("parallel", question, evidence, about, options)
    complete = np.flatnonzero(evidence.complete)
    ranked = complete[np.argsort(-evidence.scores[complete], kind="stable")]
    good = ranked[: max(5, math.ceil(_GOOD * len(ranked)))]
    names = list(ped_anova(evidence.axes, evidence.units, evidence.scores))
    order = sorted(range(len(evidence.axes)), key=lambda j: names.index(evidence.axes[j].name))
    rest = ranked[LINES // 3 :]
    shown = np.r_[ranked[: LINES // 3], rest[:: max(1, -(-len(rest) // (LINES - LINES // 3)))]]
    rank = {int(i): place for place, i in enumerate(ranked, 1)}
    lines = [
        {
            "trial": evidence.trials[i].number,
            "axis": evidence.axes[j].name,
            "label": evidence.axes[j].label,
            "position": position,
            "place": _along(evidence.axes[j], float(evidence.units[i, j])),
            "text": evidence.axes[j].text(float(evidence.units[i, j])),
            "score": metric.shown(float(evidence.scores[i])),
            "rank": rank[int(i)],
            "good": rank[int(i)] <= len(good),
        }
        for i in map(int, shown)
        for position, j in enumerate(order)
    ]
    axes = [_axis_row(evidence, j, position, good) for position, j in enumerate(order)]
    notes = (
        (f"Drawn are the best {min(len(ranked), LINES // 3)} and a spread of the others.",)
        if len(ranked) > len(shown)
        else ()
    )
    return View(
        "parallel",
        Level.SEARCH,
        question,
        _agreement(evidence, order, good),
        {"lines": lines, "axes": axes},
        ("parallel",),
        notes,
        "parallel_coordinates",
        about,
        options,
    )


def _along(axis: Axis, place: float) -> float:
    """Return where a value stands on its axis, from 0 to 1."""
    return place / max(1, len(axis.levels) - 1) if axis.levels else place


def _axis_row(evidence: Evidence, j: int, position: int, good: Any) -> dict[str, Any]:
    axis = evidence.axes[j]
    low, high = np.quantile(evidence.units[good, j], [0.25, 0.75])
    last = float(len(axis.levels) - 1) if axis.levels else 1.0
    return {
        "axis": axis.name,
        "label": axis.label,
        "position": position,
        "low": axis.text(0.0),
        "high": axis.text(last),
        "good_low": None if axis.levels else float(low),
        "good_high": None if axis.levels else float(high),
    }


def _agreement(evidence: Evidence, order: Sequence[int], good: Any) -> tuple[str, ...]:
    agreed, loose = [], []
    for j in order:
        axis, best, every = evidence.axes[j], evidence.units[good, j], evidence.units[:, j]
        if axis.levels:
            counts = np.bincount(best.astype(int), minlength=len(axis.levels))
            top, share = int(counts.argmax()), float(counts.max() / len(good))
            usual = float((every == top).mean())
            if share >= 0.8 and share > usual + 0.1:
                agreed.append(f"{axis.label} {axis.text(float(top))}")
            else:
                loose.append(axis.label)
            continue
        (low, high), (least, most) = (np.quantile(one, [0.25, 0.75]) for one in (best, every))
        if high - low < _AGREE and (high - low) < 0.75 * max(most - least, 1e-9):
            from_, to = axis.text(float(low)), axis.text(float(high))
            agreed.append(f"{axis.label} {to}" if from_ == to else f"{axis.label} from {from_} to {to}")
        else:
            loose.append(axis.label)
    n = len(good)
    if not agreed:
        return (f"The best {n} trials agree on nothing that the others do not: there are many ways to be good.",)
    first = f"The best {n} trials agree on {listed(agreed)}."
    return (first, f"They are as scattered as the others in {listed(loose)}.") if loose else (first,)


def footprint(
    state: SessionState, metric: Metric, labels: Mapping[str, str], *, family: str = "", seed: int = 0
) -> View:
    """Lay configurations on a plane, like ones near each other, with their scores and the order in which they came.

    Parameters
    ----------
    state
        The session; all generations count.
    metric
        What people read.
    labels
        Names of families as people know them.
    family
        One family; default all of them, each on an island of its own.
    seed
        Seed of the configurations that show where nobody looked.

    Returns
    -------
    View
        ``dots``: trial, family, x, y, score (as people read it; None for trials that failed or were stopped), quality
        (rank among those with a score, 0 to 1), when (0 to 1), own, best; at most 800. ``empty``: family, x, y, of
        configurations drawn evenly over the space. ``islands``: family, x, y, trials.

    Notes
    -----
    Each family is projected on the two directions along which even draws and trials vary most (principal components of
    places; two choices are drawn nearer than the ends of a range, or they would rule the picture). Islands say nothing
    by their distance.
    """
    tried = [name for name in dict.fromkeys(trial.family for trial in state.trials) if not family or name == family]
    about, options = about_family(state, family)
    question = "Where has the search looked?"
    effects = fold_effects(state)
    rng = np.random.default_rng([abs(seed), 22])
    held = [evidence_of(state, name, effects) for name in tried]
    held = [one for one in held if one.trials]
    total = sum(len(one.trials) for one in held)
    if total < LEAST_TRIALS:
        said = f"Too early to say: it takes {LEAST_TRIALS} trials with a score, and there are {total}."
        return View("footprint", Level.SEARCH, question, (said,), about=about, options=options)
    held.sort(key=lambda one: -len(one.trials))
    scores = np.sort(np.concatenate([one.scores[one.complete] for one in held]))
    best = max(
        (one for one in held if one.complete.any()), key=lambda one: one.scores[one.complete].max(), default=held[0]
    )
    top = int(np.argmax(np.where(best.complete, best.scores, -np.inf)))
    dots: list[dict[str, Any]] = []
    empty: list[dict[str, Any]] = []
    islands: list[dict[str, Any]] = []
    covered = {}
    for island, evidence in enumerate(held):
        where, nobody, covered[evidence.family] = _projected(evidence, rng)
        name = labels.get(evidence.family, evidence.family)
        across = math.ceil(math.sqrt(len(held)))
        centre = np.array([island % across, -(island // across)]) * 2.6
        keep = range(0, len(evidence.trials), max(1, -(-total // DOTS)))
        chosen = sorted({*keep, *([top] if evidence is best else [])})
        dots += [
            _dot(state, metric, evidence, i, where[i] + centre, scores, evidence is best and i == top)
            | {"family": name}
            for i in chosen
        ]
        empty += [
            {"family": name, "x": float(x), "y": float(y)} for x, y in (nobody + centre)[: max(30, _EMPTY // len(held))]
        ]
        islands.append(
            {
                "family": name,
                "x": float(centre[0]),
                "y": float(centre[1] + 1.15),
                "trials": len(evidence.trials),
            }
        )
    shown = held[0] if family else best
    notes = ["Like configurations lie near each other; which way is up means nothing."]
    if len(held) > 1:
        notes.append("Each family has an island of its own; the distance between islands means nothing.")
    return View(
        "footprint",
        Level.SEARCH,
        question,
        (_narrowing(shown, labels.get(shown.family, shown.family)), _coverage(shown, covered[shown.family])),
        {"dots": dots, "empty": empty, "islands": islands},
        ("footprint",),
        tuple(notes),
        "footprint",
        about,
        options,
    )


def _projected(evidence: Evidence, rng: np.random.Generator) -> tuple[Matrix, Matrix, float]:
    """Return trials and even draws on a plane within -1 to 1, and the share of even draws that have a trial near."""
    n, d = len(evidence.trials), len(evidence.axes)
    if not d:
        return np.zeros((n, 2)), np.zeros((0, 2)), 1.0
    drawn = rng.random((_EMPTY, d))
    levels = evidence.levels
    drawn[:, levels > 0] = np.floor(drawn[:, levels > 0] * levels[levels > 0])
    near = np.sqrt(_nearest(embedded(drawn, levels), embedded(evidence.units, levels)))
    weights = np.concatenate([np.full(int(count), _CHOICE) if count else np.ones(1) for count in levels])
    ours, even = (embedded(rows, levels).astype(np.float64) * weights for rows in (evidence.units, drawn))
    centre = even.mean(axis=0)
    spread = (even - centre).T @ (even - centre) / len(even) + (ours - centre).T @ (ours - centre) / n
    _, sides = np.linalg.eigh(spread)
    axes = sides[:, ::-1][:, :2] if sides.shape[1] > 1 else np.column_stack([sides[:, 0], np.zeros(len(sides))])
    axes = axes * np.where(axes.sum(axis=0) < 0, -1.0, 1.0)
    plane = [(rows - centre) @ axes for rows in (ours, even)]
    size = max(float(np.abs(np.concatenate(plane)).max()), 1e-9)
    return plane[0] / size, plane[1] / size, float((near < 0.25 * math.sqrt(d)).mean())


def _nearest(rows: Any, others: Any) -> Any:
    """Return for each row the squared distance to the nearest other one."""
    squares = np.square(rows).sum(axis=1)[:, None] + np.square(others).sum(axis=1) - 2 * rows @ others.T
    return np.maximum(squares, 0.0).min(axis=1)


def _dot(
    state: SessionState, metric: Metric, evidence: Evidence, i: int, at: Matrix, scores: Matrix, best: bool
) -> dict[str, Any]:
    trial = evidence.trials[i]
    scored = bool(evidence.complete[i])
    quality = float(np.searchsorted(scores, evidence.scores[i], side="right") / len(scores)) if scored else None
    return {
        "trial": trial.number,
        "family": evidence.family,
        "x": float(at[0]),
        "y": float(at[1]),
        "score": metric.shown(float(evidence.scores[i])) if scored else None,
        "quality": quality,
        "when": trial.number / max(1, len(state.trials) - 1),
        "own": trial.author is Author.YOU,
        "best": best,
    }


def _narrowing(evidence: Evidence, name: str) -> str:
    """Say whether the last trials lie closer together than the first ones."""
    n = len(evidence.trials)
    if n < LEAST_TRIALS or not evidence.axes:
        return f"{plural(n, 'trial')} of {name}, too few to see a way."
    part = max(6, n // 10)
    rows = embedded(evidence.units, evidence.levels)
    first, last = (float(np.sqrt(rows[some].var(axis=0).sum())) for some in (slice(0, part), slice(n - part, n)))
    ratio = last / max(first, 1e-9)
    if ratio < 0.8:
        return (
            f"The search has narrowed down: its last {part} trials lie within {percent(ratio)} of the spread of the "
            f"first {part}."
        )
    if ratio > 1.25:
        return f"The search has spread out: its last {part} trials lie {ratio:.1f} times as far apart as the first."
    return f"The search still looks around as widely as at the beginning (first and last {part} trials)."


def _coverage(evidence: Evidence, covered: float) -> str:
    free = sum(max(1, levels - 1) for levels in evidence.levels) if len(evidence.levels) else 0
    if covered > 0.8:
        return f"Nearly every corner has a trial not far off ({plural(free, 'direction')} to look in)."
    return f"For {percent(1 - covered)} of all configurations no trial lies near: there the search has hardly looked."


def pipelines(state: SessionState, metric: Metric, labels: Mapping[str, str]) -> View:
    """Draw how tables flow through preparations into families, with how many went each way and how well the best did.

    Parameters
    ----------
    state
        The session.
    metric
        What people read.
    labels
        Names of families as people know them.

    Returns
    -------
    View
        ``nodes``: stage (0 table, 1 numbers, 2 categories, 3 model), name, trials, best (as people read it), y.
        ``links``: stage (of the left end), left, right, trials, best, quality (0 to 1 by the best score), from_y, to_y.
    """
    scored = (one for one in state.trials if one.state is TrialState.COMPLETE and one.score is not None)
    complete = [one for one in scored if not state.on_other_data(one)]
    question = "Which pipelines were tried?"
    if not complete:
        return View("pipelines", Level.SEARCH, question, ("No trial has a score yet.",))
    ways: dict[tuple[str, ...], list[Trial]] = {}
    for trial in complete:
        ways.setdefault(_way(trial, labels), []).append(trial)
    nodes: dict[tuple[int, str], list[Trial]] = {}
    links: dict[tuple[int, str, str], list[Trial]] = {}
    for way, trials in ways.items():
        for stage, name in enumerate(way):
            nodes.setdefault((stage, name), []).extend(trials)
        for stage in range(len(way) - 1):
            links.setdefault((stage, way[stage], way[stage + 1]), []).extend(trials)
    places = _places(nodes)
    ranked = sorted(_best(trials) for trials in nodes.values())
    low, high = ranked[0], ranked[-1]
    node_rows = [
        {
            "stage": stage,
            "name": name,
            "trials": len(trials),
            "best": metric.shown(_best(trials)),
            "y": places[stage, name],
        }
        for (stage, name), trials in nodes.items()
    ]
    link_rows = [
        {
            "stage": stage,
            "left": left,
            "right": right,
            "trials": len(trials),
            "best": metric.shown(_best(trials)),
            "quality": (_best(trials) - low) / ((high - low) or 1.0),
            "from_y": places[stage, left],
            "to_y": places[stage + 1, right],
        }
        for (stage, left, right), trials in links.items()
    ]
    return View(
        "pipelines",
        Level.SEARCH,
        question,
        _ways(metric, ways, len(complete)),
        {"nodes": node_rows, "links": link_rows},
        ("pipelines",),
        (),
        "pipeline",
        {},
        {},
    )


def _best(trials: Sequence[Trial]) -> float:
    return max(trial.score or 0.0 for trial in trials)


def _way(trial: Trial, labels: Mapping[str, str]) -> tuple[str, str, str, str]:
    """Return what happens to a table on its way into the model of a trial."""
    learner, family = LEARNERS.get(trial.family), trial.family
    recipe = learner.recipe if learner is not None else "dense"
    name = labels.get(family, family)
    if recipe == "none":
        return ("table", "not looked at", "not looked at", name)
    if recipe == "native":
        return ("table", "numbers as they are", "categories as codes", name)
    numbers, categories = trial.config.get(f"{family}.numbers"), trial.config.get(f"{family}.categories")
    return ("table", str(numbers or NUMBERS[0]), str(categories or CATEGORIES[0]), name)


def _places(nodes: Mapping[tuple[int, str], list[Trial]]) -> dict[tuple[int, str], float]:
    """Return where each node stands in its stage, from 0 (top) to 1: the best first."""
    found = {}
    for stage in range(4):
        names = sorted((key for key in nodes if key[0] == stage), key=lambda key: -_best(nodes[key]))
        for place, key in enumerate(names):
            found[key] = (place + 0.5) / len(names)
    return found


def _ways(metric: Metric, ways: Mapping[tuple[str, ...], list[Trial]], total: int) -> tuple[str, ...]:
    ranked = sorted(ways.items(), key=lambda item: -_best(item[1]))
    (way, trials), *others = ranked
    names = list(dict.fromkeys(way[1:-1]))
    through = f" after {listed(names)}" if names != ["not looked at"] else ""
    first = (
        f"Of {plural(len(ways), 'way')} through which {plural(total, 'trial')} went, the best ends in "
        f"{way[-1]}{through} "
        f"({plural(len(trials), 'trial')})."
    )
    if not others:
        return (first,)
    next_way, next_trials = others[0]
    gap = gap_in_words(metric, _best(trials) - _best(next_trials))
    return first, f"The next ends in {next_way[-1]} after {listed(list(dict.fromkeys(next_way[1:-1])))}, {gap} behind."
