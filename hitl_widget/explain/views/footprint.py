"""View "Where has the search looked?": configurations on a plane, similar ones close together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, chart, finished, halo, quality
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.evidence import LEAST_TRIALS, Evidence, Matrix, evidence_of, fold_effects
from hitl_widget.explain.knowledge import about_family
from hitl_widget.explain.options import MODEL_FAMILY
from hitl_widget.explain.phrases import percent
from hitl_widget.explain.record import Record
from hitl_widget.explain.surrogate import embedded
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "footprint"]

DOTS = 800
_EMPTY = 200
_CHOICE = 0.4


def compute(source: Record, *, family: str = "") -> View:
    """Return the view of a family, or of all."""
    return footprint(source.state, source.metric, source.labels, family=family)


def footprint(
    state: SessionState, metric: Metric, labels: Mapping[str, str], *, family: str = "", seed: int = 0
) -> View:
    """Lay configurations on a plane, like ones near each other, with their scores and the order in which they came.

    Parameters
    ----------
    state
        The session; all generations count.
    metric
        The metric to display.
    labels
        Display names of families.
    family
        One family; default all of them, each on a separate island.
    seed
        Seed of the configurations that mark unexplored regions.

    Returns
    -------
    View
        ``dots``: trial, family, x, y, score (as displayed; None for trials that failed or were stopped), quality
        (rank among those with a score, 0 to 1), when (0 to 1), own, best; at most 800. ``empty``: family, x, y, of
        configurations drawn evenly over the space. ``islands``: family, x, y, trials.

    Notes
    -----
    Each family is projected on the two directions along which even draws and trials vary most (principal components of
    places; two choices are drawn nearer than the ends of a range, or they would dominate the chart). Distances between
    islands have no meaning.
    """
    tried = [name for name in dict.fromkeys(trial.family for trial in state.trials) if not family or name == family]
    about, options = about_family(state, family)
    effects = fold_effects(state)
    rng = np.random.default_rng([abs(seed), 22])
    held = [evidence_of(state, name, effects) for name in tried]
    held = [one for one in held if one.trials]
    total = sum(len(one.trials) for one in held)
    if total < LEAST_TRIALS:
        said = f"Not enough trials: this view needs at least {LEAST_TRIALS} with a score and has {total}."
        return VIEW.answer((said,), about=about, options=options)
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
    notes = ["Similar configurations lie close together; the directions have no meaning."]
    if len(held) > 1:
        notes.append("Each family has its own island; the distance between islands has no meaning.")
    return VIEW.answer(
        (_narrowing(shown, labels.get(shown.family, shown.family)), _coverage(shown, covered[shown.family])),
        {"dots": dots, "empty": empty, "islands": islands},
        notes=tuple(notes),
        about=about,
        options=options,
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
    """Return a sentence on whether the last trials lie closer together than the first ones."""
    n = len(evidence.trials)
    if n < LEAST_TRIALS or not evidence.axes:
        return f"{plural(n, 'trial')} of {name}: too few to see a trend."
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
        return f"The search has spread out: its last {part} trials are {ratio:.1f} times as far apart as the first."
    return f"The search still explores as widely as at the beginning (first and last {part} trials)."


def _coverage(evidence: Evidence, covered: float) -> str:
    free = sum(max(1, levels - 1) for levels in evidence.levels) if len(evidence.levels) else 0
    if covered > 0.8:
        return f"Nearly every region has a trial nearby ({plural(free, 'hyperparameter')} to vary)."
    return f"{percent(1 - covered)} of all configurations have no trial nearby: the search has hardly explored them."


def draw(dots: Rows = (), empty: Rows = (), islands: Rows = ()) -> Any:
    """Draw configurations on a plane: colour is the rank of the score, size the order in time, crosses the whole space.

    Parameters
    ----------
    dots, empty, islands
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("dots", dots)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=14))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=18))
    legend = alt.Legend(
        title=None,
        orient="bottom",
        format=".0%",
        labelExpr="datum.value === 0 ? 'worst' : datum.value === 1 ? 'best' : ''",
        values=[0, 1],
        gradientLength=160,
        direction="horizontal",
    )
    colour = quality("quality", legend)
    size = alt.Size("when:Q", scale=alt.Scale(domain=[0, 1], range=[12, 60]), legend=None)
    tooltip = [
        alt.Tooltip("trial:Q"),
        alt.Tooltip("family:N"),
        alt.Tooltip("score:Q", format=".4~g"),
        alt.Tooltip("when:Q", title="how late", format=".0%"),
    ]
    best = base.transform_filter("datum.best")
    drawn = [
        chart("empty", empty)
        .mark_point(shape="cross", size=14, filled=True, color=alt.expr("hairline"), opacity=1)
        .encode(x=x, y=y),
        base.transform_filter("!isValid(datum.quality)")
        .mark_point(size=18, strokeWidth=1, color=alt.expr("faint"), opacity=0.5)
        .encode(x=x, y=y, tooltip=tooltip),
        base.transform_filter("isValid(datum.quality)")
        .mark_point(filled=True, opacity=0.8)
        .encode(x=x, y=y, color=colour, size=size, tooltip=tooltip),
        base.transform_filter("datum.own")
        .mark_point(size=110, strokeWidth=1.6, stroke=alt.expr("you"), fillOpacity=0)
        .encode(x=x, y=y, tooltip=tooltip),
        best.mark_point(size=200, strokeWidth=2, stroke=alt.expr("ink"), fillOpacity=0).encode(x=x, y=y),
        *halo(best.encode(x=x, y=y), alt.value("best"), fontSize=12, fontWeight=600, dy=-16),
        *halo(
            chart("islands", islands)
            .transform_joinaggregate(columns="distinct(x)")
            .transform_calculate(room="width / datum.columns - 8", count="' (' + format(datum.trials, ',') + ')'")
            .transform_calculate(
                text="6.2 * length(datum.family + datum.count) > datum.room ? datum.family : datum.family + datum.count"
            )
            .encode(x=x, y=y),
            alt.Text("text:N"),
            colour="faint",
            limit=alt.expr("datum.room"),
        ),
    ]
    return finished(drawn, (520, 360))


VIEW = ViewDefinition(
    name="footprint",
    level=Level.SEARCH,
    question="Where has the search looked?",
    summary="Return where the search has looked, and how good the trials were there.",
    options=(MODEL_FAMILY,),
    worker=False,
    compute=compute,
    charts={"footprint": draw},
    concept=Concept(
        "footprint",
        "Footprint of a search",
        "Configurations have many hyperparameters; the map lays them out on a plane so that similar ones lie "
        "close. Empty areas were not explored.",
    ),
)
