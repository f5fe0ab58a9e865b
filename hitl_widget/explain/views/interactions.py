"""View "Which hyperparameters interact?": what pairs explain beyond their single effects."""

from __future__ import annotations

from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, along, chart, finished, hue, name_axis
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.evidence import Axis, Evidence, Matrix
from hitl_widget.explain.knowledge import Knowledge, about_family, early, family_to_show, knowledge_of
from hitl_widget.explain.options import MODEL_FAMILY
from hitl_widget.explain.phrases import percent
from hitl_widget.explain.record import Record
from hitl_widget.explain.surrogate import Surrogate
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "interactions"]

_POINTS = 25
_SURFACE = 13


def compute(source: Record, *, family: str = "") -> View:
    """Return the view of a family."""
    return interactions(source.state, source.metric, family=family, known=source.knowledge(family))


def interactions(state: SessionState, metric: Metric, *, family: str = "", known: Knowledge | None = None) -> View:
    """Return what pairs of hyperparameters explain beyond their single effects.

    Parameters
    ----------
    state, metric, family, known
        As of `setting`.

    Returns
    -------
    View
        ``pairs``, the strongest first: one, other, one_label, other_label, share (of what is explained), sure.
        ``surface`` of the strongest: x, y (texts), row, column (their order), score (as displayed), trials, thin.
    """
    family = family or family_to_show(state)
    known = known or knowledge_of(state, family)
    evidence, model = known.evidence, known.surrogate
    about, options = about_family(state, family)
    if model is None or len(evidence.axes) < 2:
        return early(VIEW, evidence, about, options)
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
        said: tuple[str, ...] = ("No interactions found: no pair explains more than noise would.",)
        return VIEW.answer(said, {"pairs": rows}, about=about, options=options)
    (j, k), variance = certain[0]
    share, most = sum(variance for _, variance in certain) / total, variance / total
    pair = f"{evidence.axes[j].label} together with {evidence.axes[k].label}"
    others = f" ({percent(share)} from {len(certain)} pairs in all)" if len(certain) > 1 else ""
    said = (
        f"{percent(most)} of the explained variance comes from {pair}{others}.",
        _hangs(evidence, model, j, k),
    )
    return VIEW.answer(
        said,
        {"pairs": rows, "surface": _surface(evidence, model, metric, j, k)},
        charts=("interactions", "surface"),
        notes=("Only the six pairs that explain most beyond single effects are tested.",),
        about={**about, "parameters": [evidence.axes[j].name, evidence.axes[k].name]},
        options=options,
    )


def _grid(axis: Axis) -> Matrix:
    return np.arange(len(axis.levels), dtype=np.float64) if axis.levels else np.linspace(0, 1, _SURFACE)


def _hangs(evidence: Evidence, model: Surrogate, j: int, k: int) -> str:
    """Return a sentence on the best value of the second at two values of the first."""
    ours, theirs = (evidence.axes[column] for column in (j, k))
    if ours.levels:
        counts = np.bincount(evidence.units[:, j].astype(int), minlength=len(ours.levels))
        ends = np.sort(np.argsort(-counts, kind="stable")[:2]).astype(np.float64)
    else:
        ends = np.quantile(evidence.units[:, j], [0.1, 0.9])
    grid = np.arange(len(theirs.levels), dtype=np.float64) if theirs.levels else np.linspace(0, 1, _POINTS)
    _, whole = model.surface(j, k, ends, grid)
    best = [theirs.text(float(grid[place])) for place in whole.argmax(axis=1)]
    start = f"With {ours.label} at {ours.text(float(ends[0]))}, the best {theirs.label} is about {best[0]}"
    if best[0] == best[1]:
        return f"{start}, and the same at {ours.text(float(ends[1]))}; only the size of the effect changes."
    return f"{start}; at {ours.text(float(ends[1]))}, about {best[1]}."


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


def draw(pairs: Rows = ()) -> Any:
    """Draw how much each pair explains beyond its two single effects.

    Parameters
    ----------
    pairs
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("pairs", pairs).transform_calculate(name="datum.one_label + ' × ' + datum.other_label")
    wrapped = "split(replace(datum.label, ' × ', '|× '), '|')"
    axis = name_axis(labelExpr=wrapped, labelLineHeight=13)
    y = alt.Y("name:N", sort=alt.SortField("share", order="descending"), title=None, axis=axis)
    bars = base.mark_bar(cornerRadius=2, height=alt.RelativeBandSize(0.6), color=hue("datum.sure", "hue_a", "hairline"))
    x = along("share:Q", "share of the explained variance", axis={"format": ".0%"})
    tooltip = [
        alt.Tooltip("name:N"),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("sure:N", title="more than noise"),
    ]
    return finished([bars.encode(x=x, y=y, tooltip=tooltip)], (460, 210))


def draw_surface(surface: Rows = ()) -> Any:
    """Draw the score over a pair of hyperparameters; cells without a trial are paler and have no dot.

    Parameters
    ----------
    surface
        Rows of the view ``interactions``.
    """
    import altair as alt

    base = chart("surface", surface)
    axis: Any = {"ticks": False, "domain": False, "labelAngle": 0, "labelOverlap": True}
    x = alt.X("x:N", sort=alt.SortField("column"), title=None, axis=alt.Axis(**axis))
    y = alt.Y("y:N", sort=alt.SortField("row", order="descending"), title=None, axis=alt.Axis(**axis))
    colour = alt.Color(
        "score:Q", scale=alt.Scale(scheme="viridis"), legend=alt.Legend(title=None, format=".3~g", gradientLength=180)
    )
    tooltip = [
        alt.Tooltip("x:N"),
        alt.Tooltip("y:N"),
        alt.Tooltip("score:Q", format=".4~g"),
        alt.Tooltip("trials:Q", format=","),
    ]
    drawn = [
        base.mark_rect(opacity=alt.expr("datum.thin ? 0.45 : 1")).encode(x=x, y=y, color=colour, tooltip=tooltip),
        base.transform_filter("!datum.thin")
        .mark_point(filled=True, color=alt.expr("paper"), opacity=0.9)
        .encode(x=x, y=y, size=alt.Size("trials:Q", scale=alt.Scale(type="sqrt", range=[4, 70]), legend=None)),
    ]
    return finished(drawn, (400, 280))


VIEW = ViewDefinition(
    name="interactions",
    level=Level.SEARCH,
    question="Which hyperparameters interact?",
    summary="Return whether the best value of one hyperparameter depends on another.",
    options=(MODEL_FAMILY,),
    worker=False,
    compute=compute,
    charts={"interactions": draw, "surface": draw_surface},
    concept=Concept(
        "interaction",
        "Interactions",
        "Two hyperparameters interact when the best value of one depends on the value of the other. Tuning one at "
        "a time is then misleading. The share is what the pair explains together beyond what each explains alone, "
        "according to a smooth function fitted through all trials.",
    ),
)
