"""The progress chart: one definition for the dashboard and for notebooks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from hitl_widget.charts.progress import axis_break, progress
from hitl_widget.charts.theme import FAMILIES, colour_of


def records() -> list[dict[str, Any]]:
    baseline = {"number": 0, "finished_at": 0.5, "score": 0.84, "family": "linear", "label": "logistic"} | {
        "baseline": True
    }
    scores = [0.82, 0.83, 0.845, 0.84, 0.2]
    trials = [
        {"number": n, "finished_at": 2.0 * n, "score": score, "std": 0.01, "family": "lightgbm", "proposed_by": by}
        for n, (score, by) in enumerate(zip(scores, ["machine", "you"] * 3, strict=False), start=1)
    ]
    return [baseline, *trials]


def data_of(chart: Any) -> list[dict[str, Any]]:
    return chart.to_dict(validate=False)["data"]["values"]  # type: ignore[no-any-return]


def svg_of(chart: Any) -> str:
    """Return the drawn chart; `test_the_chart_follows_the_schema` compares it with the schema, which takes long."""
    vl_convert = pytest.importorskip("vl_convert")
    return str(vl_convert.vegalite_to_svg(chart.to_dict(validate=False)))


def test_the_chart_follows_the_schema() -> None:
    """With all its layers, it is legal Vega-Lite."""
    change = {"first": 3, "elapsed": 6.0, "author": "you", "text": "you: narrowed leaves", "level": 0}
    assert progress(records(), steers=[change], by_time=True).to_dict()["layer"]


def test_records_and_frames_give_the_same_chart() -> None:
    frame = pd.DataFrame(records())
    assert data_of(progress(frame)) == data_of(progress(records()))


def test_unfinished_trials_are_left_out() -> None:
    unfinished = {"number": 9, "score": None, "family": "lightgbm"}
    numbers = [row["number"] for row in data_of(progress([*records(), unfinished]))]
    assert numbers == [0, 1, 2, 3, 4, 5]


def test_trials_of_the_person_are_marked() -> None:
    assert [row["own"] for row in data_of(progress(records()))] == [False, False, True, False, True, False]


def test_trials_outside_todays_space_are_marked() -> None:
    outside = [row | {"outside": row["number"] == 2} for row in records()]
    assert [row["number"] for row in data_of(progress(outside)) if row["outside"]] == [2]


def test_the_best_so_far_starts_again_on_changed_data() -> None:
    """Each view of the data has its own line; the scale follows the trials of today's data."""
    earlier = [row | {"past": 1, "score": row["score"] + 0.1, "number": row["number"] - 6} for row in records()]
    chart = progress([*earlier, *records()])
    assert {row["past"] for row in data_of(chart)} == {0, 1}
    lines = [one for one in chart.to_dict()["layer"] if isinstance(one["mark"], dict) and one["mark"]["type"] == "line"]
    assert len(lines) == 2
    svg = svg_of(chart)
    assert svg.count('aria-roledescription="line mark"') == 2


def test_the_line_ignores_trials_that_do_not_count() -> None:
    """A trial outside the space, or discarded, has its point; the best so far is that of the others."""

    def rises(rows: list[dict[str, Any]]) -> float:
        """Where the line first leaves its level, in pixels from the left."""
        svg = svg_of(progress(rows))
        path = re.findall(r'aria-roledescription="line mark"[^>]* d="([^"]*)"', svg)[-1]
        points = [tuple(map(float, one.split(","))) for one in re.split("[ML]", path)[1:]]
        return next(x for x, y in points if y != points[0][1])

    plain = [row | {"outside": row["number"] == 2} for row in records()]
    lucky = [row | {"score": 0.85} if row["number"] == 2 else row for row in plain]
    assert rises(lucky) == rises(plain)


def test_changes_of_the_space_stand_as_lines_with_their_title() -> None:
    change = {"first": 3, "elapsed": 6.0, "author": "you", "text": "you: narrowed leaves", "level": 0}
    svg = svg_of(progress(records(), steers=[change]))
    assert "you: narrowed leaves" in svg
    assert "narrowed" not in svg_of(progress(records()))


def test_every_learner_has_its_colour() -> None:
    from hitl_widget.learners.registry import LEARNERS

    for learner in LEARNERS.values():
        assert learner.colour in FAMILIES
        assert colour_of(learner.name) == FAMILIES[learner.colour]


@pytest.mark.parametrize(("sign", "metric"), [(1, "ROC AUC"), (-1, "RMSE")])
def test_it_draws(sign: int, metric: str) -> None:
    chart = progress(records(), metric_label=metric, sign=sign, by_time=True)
    svg = svg_of(chart)
    assert metric in svg
    assert "logistic" in svg
    assert FAMILIES["lgbm"] in svg


def test_the_axis_breaks_where_few_trials_would_stretch_it() -> None:
    """The cases are those of the dashboard, so that both break the axis at the same score."""
    cases = json.loads((Path(__file__).parents[2] / "js" / "test" / "breaks.json").read_text())
    for case in cases:
        rows = [{"score": score} for score in case["scores"]]
        rows += [{"score": score, "baseline": True} for score in case["baselines"]]
        found = axis_break(rows)
        assert (None if found is None else found.floor) == pytest.approx(case["floor"]), case["case"]
        assert (0 if found is None else found.count) == case["count"], case["case"]


@pytest.mark.parametrize("sign", [1, -1])
def test_the_break_states_how_many_trials_are_beyond_it(sign: int) -> None:
    broken = axis_break(records())
    assert broken is not None
    text = broken.text(sign)
    assert text.startswith("2 trials below 0.829" if sign > 0 else "2 trials above -0.829")
    assert text in svg_of(progress(records(), sign=sign))
    whole = svg_of(progress(records()[2:5], sign=sign))
    assert "not to scale" not in whole


def test_the_trials_above_the_break_have_most_of_the_height() -> None:
    svg = svg_of(progress(records()))
    heights = dict(re.findall(r'aria-label="[^"]*trial: (\d)[^"]*"[^>]*transform="translate\([^,]*,([^)]*)\)', svg))
    best, baseline, worst = (float(heights[number]) for number in "305")
    assert baseline - best > 0.2 * (worst - best)
