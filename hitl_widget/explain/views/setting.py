"""View "How does one hyperparameter affect the score?": a smooth curve through all trials, with its uncertainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, across, finished, hue, rows_of
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.errors import ConfigError
from hitl_widget.explain.definition import Concept, Option, ViewDefinition
from hitl_widget.explain.evidence import Evidence, Matrix
from hitl_widget.explain.knowledge import Knowledge, about_family, early, family_to_show, knowledge_of
from hitl_widget.explain.options import MODEL_FAMILY, unchecked
from hitl_widget.explain.phrases import capital, gap_in_words, listed, percent
from hitl_widget.explain.record import Record
from hitl_widget.explain.surrogate import Surrogate
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "setting"]

CURVES = 4
"""Number of hyperparameters that are drawn by default."""
_POINTS = 25
_DOTS = 120
_WINDOW = 0.125
_FEW = 3
_THIN = 0.2
_CROWDED = 0.35


def compute(source: Record, *, parameter: str = "", family: str = "", around: str = "everything") -> View:
    """Return the view of a hyperparameter, by default of the most important ones."""
    return setting(
        source.state,
        source.metric,
        family=family,
        parameter=parameter,
        around=around or "everything",
        known=source.knowledge(family),
    )


PARAMETER = Option("parameter", str, "The hyperparameter; by default the most important ones.", unchecked, default="")
AROUND = Option(
    "around",
    str,
    'Values of the other hyperparameters: ``"everything"`` averages over them, ``"best"`` takes the best trial\'s.',
    unchecked,
    default="everything",
    keyword=True,
)


def setting(
    state: SessionState,
    metric: Metric,
    *,
    family: str = "",
    parameter: str = "",
    around: str = "everything",
    known: Knowledge | None = None,
) -> View:
    """Draw how the score changes along hyperparameters, with sparsely explored regions marked.

    Parameters
    ----------
    state
        The session; all generations count.
    metric
        The metric to display.
    family
        The family, default that of the recommended model.
    parameter
        One hyperparameter; default those four that move the score most.
    around
        ``"everything"``: the others are drawn evenly over the space; ``"best"``: as in the best trial of the family.
    known
        The result of `knowledge_of`, if another view has computed it.

    Returns
    -------
    View
        ``curves``: parameter, label, place (0 to 1, or index of a choice), at (0 to 1), tick (what stands below, if
        anything), x (number; None for a choice), text, y, low, high (as displayed; 95%), trials (near this
        place), thin (hardly looked at), log. ``dots``: parameter, x, text, y, trial of at most 120 trials.
    """
    family = family or family_to_show(state)
    known = known or knowledge_of(state, family)
    evidence, model = known.evidence, known.surrogate
    about, options = about_family(state, family)
    options |= {"parameter": [axis.name for axis in evidence.axes], "around": ("everything", "best")}
    about = {**about, "parameter": parameter, "around": around}
    if model is None:
        return early(VIEW, evidence, about, options)
    columns = _chosen(evidence, model, parameter)
    base = None if around == "everything" else evidence.units[int(np.argmax(_complete_scores(evidence)))]
    curves, dots = [], []
    for j in columns:
        curves += list(_curve(evidence, model, metric, j, base))
        dots += _dots(evidence, metric, j)
    said = [_effect_sentence(evidence, model, metric, columns[0], curves, around, parameter)]
    said.append(_looked(evidence, columns[0], curves))
    notes = [
        (
            "The search ran more trials in good regions. The curves correct most of that bias, not all: they average "
            "over the other hyperparameters and weight isolated trials more."
        )
    ]
    return VIEW.answer(
        tuple(said),
        {"curves": curves, "dots": dots},
        notes=tuple(notes),
        about=about,
        options=options,
    )


def _complete_scores(evidence: Evidence) -> Matrix:
    found: Matrix = np.where(evidence.complete, evidence.scores, -np.inf)
    return found if evidence.complete.any() else evidence.scores


def _chosen(evidence: Evidence, model: Surrogate, parameter: str) -> list[int]:
    names = [axis.name for axis in evidence.axes]
    if parameter:
        if parameter not in names:
            raise ConfigError(f"{parameter!r} was not varied; these were: {', '.join(names)}.")
        return [names.index(parameter)]
    alone, both = model.variances()
    total = alone.copy()
    for (j, k), (variance, sure) in both.items():
        total[[j, k]] += variance * sure
    return [int(j) for j in np.argsort(-total, kind="stable")[:CURVES]]


def _curve(
    evidence: Evidence, model: Surrogate, metric: Metric, j: int, base: Matrix | None
) -> Iterator[dict[str, Any]]:
    axis = evidence.axes[j]
    grid = np.arange(len(axis.levels), dtype=np.float64) if axis.levels else np.linspace(0, 1, _POINTS)
    if base is None:
        mean, deviation = model.effect(j, grid)
    else:
        rows = np.repeat(base[None, :], len(grid), axis=0)
        rows[:, j] = grid
        mean, deviation = model.predict(rows)
    counts, thin = _near(evidence, j, grid)
    for place, y, spread, count, few in zip(grid, mean, deviation, counts, thin, strict=True):
        low, high = sorted((metric.shown(float(y - 1.96 * spread)), metric.shown(float(y + 1.96 * spread))))
        value = axis.value(float(place))
        yield {
            "parameter": axis.name,
            "label": axis.label,
            "place": float(place),
            "at": float((place + 0.5) / len(grid)) if axis.levels else float(place),
            "tick": axis.text(float(place)) if axis.levels or float(place) in (0.0, 0.5, 1.0) else "",
            "x": None if axis.levels else float(value),  # type: ignore[arg-type]
            "text": axis.text(float(place)),
            "y": metric.shown(float(y)),
            "low": low,
            "high": high,
            "trials": int(count),
            "thin": bool(few),
            "log": axis.log,
        }


def _near(evidence: Evidence, j: int, grid: Matrix) -> tuple[Any, Any]:
    """Return the trials around each place of a grid, and where they are fewer than a fifth of an even share."""
    places, n = np.sort(evidence.units[:, j]), len(evidence.trials)
    if evidence.axes[j].levels:
        counts = np.bincount(places.astype(int), minlength=len(grid))
        even = n / len(grid)
    else:
        after = np.searchsorted(places, grid + _WINDOW / 2, side="right")
        counts, even = after - np.searchsorted(places, grid - _WINDOW / 2, side="left"), n * _WINDOW
    return counts, counts < max(_FEW, _THIN * even)


def _dots(evidence: Evidence, metric: Metric, j: int) -> list[dict[str, Any]]:
    some = np.flatnonzero(evidence.complete & (evidence.scores >= evidence.floor))
    some = some[:: max(1, -(-len(some) // _DOTS))]
    axis = evidence.axes[j]
    return [
        {
            "parameter": axis.name,
            "x": None if axis.levels else float(axis.value(float(evidence.units[i, j]))),  # type: ignore[arg-type]
            "text": axis.text(float(evidence.units[i, j])),
            "y": metric.shown(float(evidence.scores[i])),
            "trial": evidence.trials[i].number,
        }
        for i in some
    ]


def _effect_sentence(
    evidence: Evidence,
    model: Surrogate,
    metric: Metric,
    j: int,
    curves: Sequence[Mapping[str, Any]],
    around: str,
    parameter: str,
) -> str:
    axis = evidence.axes[j]
    mine = [row for row in curves if row["parameter"] == axis.name]
    looked = [row for row in mine if not row["thin"]] or mine
    best = max(looked, key=lambda row: metric.sign * row["y"])
    worst = min(looked, key=lambda row: metric.sign * row["y"])
    gap, error = model.between(j, best["place"], worst["place"])
    alone = around == "everything"
    if not alone:
        gap = metric.sign * (best["y"] - worst["y"])
    how = "averaged over the others" if alone else "the others as in the best trial"
    size = gap_in_words(metric, gap, error)
    if gap < 2 * error:
        unsure = (
            f"No certain effect of {axis.label} yet"
            if parameter
            else f"No certain effect yet, not even of {axis.label}"
        )
        return f"{unsure}: {best['text']} may be better than {worst['text']} by {size} ({how})."
    start = f"{capital(axis.label)}: " if parameter else f"{capital(axis.label)} affects the score most: "
    return f"{start}{best['text']} is better than {worst['text']} by {size} ({how})."


def _looked(evidence: Evidence, j: int, curves: Sequence[Mapping[str, Any]]) -> str:
    """Return a sentence on the range of the trials, and the sparse parts."""
    axis, n = evidence.axes[j], len(evidence.trials)
    mine = [row for row in curves if row["parameter"] == axis.name]
    if axis.levels:
        most = max(mine, key=lambda row: row["trials"])
        first = f"{capital(most['text'])} was tried most often, in {percent(most['trials'] / n)} of {n:,} trials"
        few = [row["text"] for row in mine if row["thin"]]
        return f"{first}; rarely tried: {listed(few)}." if few else f"{first}; every choice was tried often enough."
    low, high = np.quantile(evidence.units[:, j], [0.25, 0.75])
    crowded = "mainly in good regions" if high - low < _CROWDED else "over the whole range"
    first = (
        f"The search looked {crowded}: half of {n:,} trials lie between {axis.text(float(low))} and "
        f"{axis.text(float(high))}"
    )
    run = _longest([row["thin"] for row in mine])
    if run is None:
        return f"{first}."
    start, end = run
    ends = (mine[start]["text"], mine[end]["text"])
    where = f"at {ends[0]}" if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"
    return f"{first}; {where} there are few trials, and the curve is uncertain."


def _longest(marks: Sequence[bool]) -> tuple[int, int] | None:
    """Return the ends of the longest run of marks."""
    best: tuple[int, int] | None = None
    start = None
    for i, mark in enumerate([*marks, False]):
        if mark and start is None:
            start = i
        elif not mark and start is not None:
            if best is None or i - 1 - start > best[1] - best[0]:
                best = start, i - 1
            start = None
    return best


def draw(curves: Rows = ()) -> Any:
    """Draw the score along each hyperparameter with its interval; where few trials lie, the background is shaded.

    The strip at the foot shows where the trials lie.

    Parameters
    ----------
    curves
        Rows of the view of this name.
    """
    import altair as alt

    base: Any = alt.Chart()
    x = alt.X("at:Q", scale=alt.Scale(domain=[-0.02, 1.02], nice=False), axis=None)
    scale = alt.Scale(zero=False, padding=4)
    y = across("y:Q", None, scale=scale, axis={"tickCount": 4})
    tooltip = [
        alt.Tooltip("text:N", title="value"),
        alt.Tooltip("y:Q", title="score", format=".4~g"),
        alt.Tooltip("low:Q", format=".4~g"),
        alt.Tooltip("high:Q", format=".4~g"),
        alt.Tooltip("trials:Q", title="trials near", format=","),
    ]
    counted = base.transform_joinaggregate(most="max(trials)", groupby=["parameter"]).transform_calculate(
        crowd="0.05 + 0.85 * datum.trials / max(1, datum.most)"
    )
    numbers, choices = "isValid(datum.x)", "!isValid(datum.x)"
    band = base.transform_filter(numbers).mark_area(color=alt.expr("hue_a"), opacity=0.16)
    line = base.transform_filter(numbers).mark_line(color=alt.expr("hue_a"), strokeWidth=2)
    ticks = base.transform_filter("datum.tick !== ''")
    layers = [
        base.transform_filter(f"datum.thin && {numbers}")
        .mark_tick(color=alt.expr("hue_b"), opacity=0.16, thickness=9, height=150)
        .encode(x=x),
        band.encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        line.encode(x=x, y=y),
        base.transform_filter(choices)
        .mark_rule(strokeWidth=3, opacity=0.4, color=hue("datum.thin", "hue_b", "hue_a"))
        .encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_point(
            filled=True,
            size=alt.expr("isValid(datum.x) ? 14 : 60"),
            opacity=1,
            color=hue("datum.thin", "hue_b", "hue_a"),
        ).encode(x=x, y=y, tooltip=tooltip),
        counted.mark_tick(thickness=7, height=6, color=alt.expr("ink")).encode(
            x=x, y=alt.value(146), opacity=alt.Opacity("crowd:Q", scale=None)
        ),
        ticks.mark_text(
            baseline="top",
            fontSize=11,
            color=alt.expr("faint"),
            align=alt.expr("!isValid(datum.x) || datum.at === 0.5 ? 'center' : datum.at < 0.5 ? 'left' : 'right'"),
        ).encode(x=x, y=alt.value(154), text="tick:N"),
    ]
    title = alt.Header(
        title=None, labelFontSize=12, labelFontWeight=600, labelColor=alt.expr("ink"), labelAnchor="start"
    )
    whole = alt.layer(*layers).properties(width=215, height=150)
    facet = alt.Facet("label:N", header=title, sort=None)
    spacing: Any = {"row": 34, "column": 26}
    facets = whole.facet(facet=facet, data=rows_of("curves", curves), columns=2, spacing=spacing)
    return finished(facets, None)


VIEW = ViewDefinition(
    name="setting",
    level=Level.SEARCH,
    question="How does one hyperparameter affect the score?",
    summary="Return how the score depends on one hyperparameter, with the uncertainty where few trials lie.",
    options=(PARAMETER, replace(MODEL_FAMILY, keyword=True), AROUND),
    worker=False,
    compute=compute,
    charts={"effects": draw},
    concept=Concept(
        "setting_effect",
        "Effect of a hyperparameter",
        "A smooth function fitted through all trials predicts the score of each value of one hyperparameter, averaged "
        "over the other hyperparameters. Where few trials were run, the band is wide: there the curve is a guess.",
    ),
)
