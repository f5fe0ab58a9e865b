"""Where did the time of the search go?"""

from __future__ import annotations

from typing import Any

from hitl_widget.charts.parts import Rows, chart, finished
from hitl_widget.domain.figures import duration
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View


def compute(source: Record) -> View:
    """Return the seconds of each family."""
    spent: dict[str, float] = {}
    for trial in source.state.trials:
        spent[trial.family] = spent.get(trial.family, 0.0) + trial.seconds
    if not spent:
        return VIEW.answer(("No trial has run yet.",))
    rows = [
        {"family": source.labels.get(family, family), "seconds": seconds}
        for family, seconds in sorted(spent.items(), key=lambda item: -item[1])
    ]
    first = rows[0]
    return VIEW.answer((f"{first['family']} took the most time, {duration(first['seconds'])}.",), {"families": rows})


def draw(families: Rows = ()) -> Any:
    """Draw a bar for each family."""
    import altair as alt

    bars = chart("families", families).mark_bar(color=alt.expr("hue_a"))
    return finished([bars.encode(x=alt.X("seconds:Q"), y=alt.Y("family:N", sort="-x", title=None))], (460, 190))


VIEW = ViewDefinition(
    name="time_spent",
    level=Level.SEARCH,
    question="Where did the time of the search go?",
    summary="Return the seconds that each family took.",
    compute=compute,
    worker=False,
    charts={"time_spent": draw},
    concept=Concept(
        "time_spent",
        "Time of a search",
        "Families need very different amounts of time. If a family takes most of the time but is not among the best, "
        "you can exclude it.",
    ),
)
