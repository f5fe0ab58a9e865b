"""View "Which pipelines were tried?": the ways from the table through preparations into families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hitl_widget.charts.parts import Rows, chart, finished, halo, quality
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.phrases import gap_in_words, listed
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View
from hitl_widget.learners.preparation import CATEGORIES, NUMBERS
from hitl_widget.learners.registry import LEARNERS

__all__ = ["VIEW", "pipelines"]


def compute(source: Record) -> View:
    """Return the view of all families."""
    return pipelines(source.state, source.metric, source.labels)


def pipelines(state: SessionState, metric: Metric, labels: Mapping[str, str]) -> View:
    """Return the paths of the table through preparations into families, with their trials and best scores.

    Parameters
    ----------
    state
        The session.
    metric
        The metric to display.
    labels
        Display names of families.

    Returns
    -------
    View
        ``nodes``: stage (0 table, 1 numbers, 2 categories, 3 model), name, trials, best (as displayed), y.
        ``links``: stage (of the left end), left, right, trials, best, quality (0 to 1 by the best score), from_y, to_y.
    """
    scored = (one for one in state.trials if one.state is TrialState.COMPLETE and one.score is not None)
    complete = [one for one in scored if not state.on_other_data(one)]
    if not complete:
        return VIEW.answer(("No trial has a score yet.",))
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
    return VIEW.answer(
        _ways(metric, ways, len(complete)), {"nodes": node_rows, "links": link_rows}, about={}, options={}
    )


def _best(trials: Sequence[Trial]) -> float:
    return max(trial.score or 0.0 for trial in trials)


def _way(trial: Trial, labels: Mapping[str, str]) -> tuple[str, str, str, str]:
    """Return the steps from the table to the model of a trial."""
    learner, family = LEARNERS.get(trial.family), trial.family
    recipe = learner.recipe if learner is not None else "dense"
    name = labels.get(family, family)
    if recipe == "none":
        return ("table", "not used", "not used", name)
    if recipe == "native":
        return ("table", "numbers unchanged", "categories as codes", name)
    numbers, categories = trial.config.get(f"{family}.numbers"), trial.config.get(f"{family}.categories")
    return ("table", str(numbers or NUMBERS[0]), str(categories or CATEGORIES[0]), name)


def _places(nodes: Mapping[tuple[int, str], list[Trial]]) -> dict[tuple[int, str], float]:
    """Return the position of each node in its stage, from 0 (top) to 1, best first."""
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
    through = f" with {listed(names)}" if names != ["not used"] else ""
    first = (
        f"Of {plural(len(ways), 'pipeline')} in {plural(total, 'trial')}, the best is "
        f"{way[-1]}{through} "
        f"({plural(len(trials), 'trial')})."
    )
    if not others:
        return (first,)
    next_way, next_trials = others[0]
    gap = gap_in_words(metric, _best(trials) - _best(next_trials))
    return first, f"The next is {next_way[-1]} with {listed(list(dict.fromkeys(next_way[1:-1])))}, {gap} behind."


def draw(nodes: Rows = (), links: Rows = ()) -> Any:
    """Draw how tables flow through preparations into families: width is trials, colour how well the best did.

    Parameters
    ----------
    nodes, links
        Rows of the view of this name.
    """
    import altair as alt

    flow = (
        chart("links", links)
        .transform_joinaggregate(most="max(trials)")
        .transform_calculate(
            steps="sequence(0, 1.0001, 0.05)",
            key="datum.stage + datum.left + datum.right",
            wide="2 + 16 * sqrt(datum.trials / datum.most)",
        )
        .transform_flatten(["steps"])
        .transform_calculate(
            x="datum.stage + 0.06 + datum.steps * 0.88",
            y="datum.from_y + (datum.to_y - datum.from_y) * datum.steps * datum.steps * (3 - 2 * datum.steps)",
        )
    )
    # The models' names stand to the right of their dots, in a share of the chart.
    names_room = "min(170, 0.36 * width)"
    scale = alt.Scale(domain=[0, 3], nice=False, range=[6, alt.expr(f"width - {names_room}")])
    x = alt.X("x:Q", axis=None, scale=scale)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[0, 1], reverse=True))
    colour = quality("quality")
    tooltip = [
        alt.Tooltip("left:N", title="from"),
        alt.Tooltip("right:N", title="to"),
        alt.Tooltip("trials:Q", format=","),
        alt.Tooltip("best:Q", format=".4~g"),
    ]
    names = chart("nodes", nodes).transform_calculate(
        text="datum.stage === 3 ? datum.name + ' (' + format(datum.trials, ',') + ')' : datum.name",
        count="format(datum.trials, ',') + (datum.trials === 1 ? ' trial' : ' trials')",
        x="datum.stage",
    )
    place = names.encode(x=x, y=y, tooltip=[alt.Tooltip("name:N", title="step"), alt.Tooltip("count:N", title="used")])
    drawn = [
        flow.mark_trail(opacity=0.55).encode(
            x=x,
            y=y,
            detail="key:N",
            order="steps:Q",
            color=colour,
            tooltip=tooltip,
            size=alt.Size("wide:Q", scale=None, legend=None),
        ),
        names.mark_point(filled=True, size=40, opacity=1, color=alt.expr("ink")).encode(x=x, y=y),
        # Those of neighbouring stages stand above and below, so that each has the width of two.
        *halo(
            place.transform_filter("datum.stage < 3"),
            alt.Text("text:N"),
            align=alt.expr("datum.stage === 0 ? 'left' : 'center'"),
            dx=alt.expr("datum.stage === 0 ? -5 : 0"),
            dy=alt.expr("datum.stage === 2 ? 16 : -15"),
            limit=alt.expr(f"0.66 * (width - {names_room}) - 10"),
            fontWeight=600,
        ),
        *halo(
            place.transform_filter("datum.stage === 3"),
            alt.Text("text:N"),
            align="left",
            dx=9,
            limit=alt.expr(f"{names_room} - 10"),
            fontWeight=600,
        ),
    ]
    return finished(drawn, (680, 300))


VIEW = ViewDefinition(
    name="pipelines",
    level=Level.SEARCH,
    question="Which pipelines were tried?",
    summary="Return which preparations and model families were combined, and how well they did.",
    worker=False,
    compute=compute,
    charts={"pipelines": draw},
    concept=Concept(
        "pipeline",
        "Pipelines",
        "Before a model sees the table, numbers may be scaled and categories encoded. Each path from left to "
        "right is a pipeline that was tried.",
    ),
)
