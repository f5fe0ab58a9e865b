"""Each chart of an explanation compiles, with rows and with empty datasets that the browser fills."""

from __future__ import annotations

import inspect
import json

import numpy as np
import pytest

from hitl_widget.charts.parts import HUES, hues_of
from hitl_widget.charts.theme import LIGHT
from hitl_widget.domain.balance import with_balance
from hitl_widget.domain.objective import metric_named
from hitl_widget.explain.association import Associations
from hitl_widget.explain.comparison import Contender
from hitl_widget.explain.registry import VIEWS
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.views.ablation import ablation
from hitl_widget.explain.views.balance import balance
from hitl_widget.explain.views.baselines import baselines
from hitl_widget.explain.views.calibration import calibration
from hitl_widget.explain.views.confusion import confusion
from hitl_widget.explain.views.correlation import correlation
from hitl_widget.explain.views.course import course
from hitl_widget.explain.views.disagreement import Compared, disagreement
from hitl_widget.explain.views.fold_spread import fold_spread
from hitl_widget.explain.views.footprint import footprint
from hitl_widget.explain.views.hyperparameters import hyperparameters as importance
from hitl_widget.explain.views.interactions import interactions
from hitl_widget.explain.views.learning_curve import _law_rows, outlook
from hitl_widget.explain.views.parallel import parallel
from hitl_widget.explain.views.pipelines import pipelines
from hitl_widget.explain.views.residuals import residuals
from hitl_widget.explain.views.roc_pr import roc_pr
from hitl_widget.explain.views.sessions import Side, sessions
from hitl_widget.explain.views.setting import setting as effects
from hitl_widget.explain.views.slices import slices
from hitl_widget.explain.views.threshold import threshold
from hitl_widget.explain.views.time_split import time_split
from hitl_widget.explain.views.winner import winner
from tests.advise.states import LABELS, SPACE, TASK, Story
from tests.explain.searched import crowded
from tests.explain.test_comparison import scores
from tests.explain.test_performance import two
from tests.explain.views.test_learning_curve import ROWS, drawn
from tests.explain.views.test_slices import answers, table
from tests.preference.states import BINARY, NUMBERS

AUC = metric_named("roc_auc")
MODEL_CHARTS = {"importance", "beeswarm", "dependence", "row", "what_if", "effect", "permutation"}
"""Views whose charts `test_model_charts` draws."""
DRAWN = {
    name: (view, chart)
    for view in VIEWS.values()
    if view.name not in MODEL_CHARTS
    for name, chart in view.charts.items()
}


def of_parts(name, dataset, x, *values):
    rows = [
        {x: 1 + i, "part": part, "score": value, "rows": 10}
        for i, value in enumerate(values)
        for part in ("training", "validation")
    ]
    return View(name, Level.ALGORITHM, "?", ("",), {dataset: rows}, (name,))


def balanced():
    story = Story(space=with_balance(SPACE, ["weights"], {"gbm": ("weights",)}))
    story.trial("gbm", 0.6, rate=0.1)
    story.trial("gbm", 0.7, rate=0.1, balance="weights")
    return balance(story.state, AUC)


@pytest.fixture(scope="module")
def views():
    state = crowded(60).edit({"gbm.rate": {"low": 0.01, "high": 0.1}}).state
    y, p = two(300)
    data = table(300)
    oslo = answers(data["town"] == "oslo")
    best, other = (
        Contender("LightGBM", scores(0.85, 0.86, 0.84), "chosen"),
        Contender("<b>mine</b>", scores(0.8, 0.82, 0.81), "own"),
    )
    law = outlook(ROWS, drawn(1.0, 0.5, 0.002, 0))
    apart = [Compared(0, "<b>A</b> #0", p), Compared(1, "B #1", 1 - p)]
    places = np.arange(300)
    points = [{"rows": 100, "fold": 1, "part": part, "score": 0.8} for part in ("training", "validation")]
    trial = state.best_trial
    return {
        chart: view
        for view in (
            *(confusion(BINARY, y, p), roc_pr(BINARY, y, p), calibration(BINARY, y, p), residuals(NUMBERS, y + p, p)),
            threshold(BINARY, y, p, miss=3),
            *(slices(BINARY, *oslo, data, errors=one) for one in ("mistakes", "misses", "false alarms")),
            slices(NUMBERS, oslo[0], oslo[1], data),
            *(
                baselines(TASK, best, [other]),
                sessions([Side("a", TASK, best, 3, 1.0), Side("b", TASK, other, 3, 1.0)]),
            ),
            disagreement(BINARY, places, y, apart),
            disagreement(BINARY, places, (p > 0.9).astype(int), apart),
            disagreement(NUMBERS, places, y + p, apart),
            correlation(Associations(("tenure", "fee"), np.array([[1.0, 0.8], [0.8, 1.0]]), 90, 90)),
            *(importance(state), effects(state, AUC), interactions(crowded(250).state, AUC), ablation(state, AUC)),
            *(
                course(state, AUC, LABELS),
                winner(state, AUC, LABELS),
                parallel(state, AUC),
                footprint(state, AUC, LABELS),
            ),
            *(
                pipelines(state, AUC, LABELS),
                fold_spread(state, trial, AUC, TASK.split),
                time_split(trial, state, LABELS),
            ),
            View(
                "learning_curve",
                Level.ALGORITHM,
                "?",
                ("",),
                {"points": points, "law": _law_rows(AUC, law, 1000)},
                ("learning_curve",),
            ),
            balanced(),
            of_parts("training_gap", "scores", "fold", 0.8, 0.9),
            of_parts("rounds", "curve", "round", 0.8, 0.9),
        )
        for chart in view.charts
    }


def test_every_chart_has_a_view_and_every_view_its_chart(views) -> None:
    assert set(views) == set(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
def test_it_draws_a_view(name, views) -> None:
    vl_convert = pytest.importorskip("vl_convert")
    spec = DRAWN[name][0].draw(views[name], name).to_dict(validate=False)
    svg = vl_convert.vegalite_to_svg(spec)
    assert svg.count("<path") > 3
    assert "<b>" not in svg


@pytest.mark.slow  # all of them together
@pytest.mark.parametrize("name", DRAWN)
def test_its_empty_form_compiles_and_holds_no_data_and_no_address(name) -> None:
    """The dashboard embeds it once and fills the datasets by name; the colours are parameters."""
    vl_convert = pytest.importorskip("vl_convert")
    chart = DRAWN[name][1]
    spec = chart().to_dict(validate=False)  # tests/explain/test_specs.py compares it with the schema
    text = json.dumps(spec)
    for dataset in (one for one in inspect.signature(chart).parameters if one not in ("sign", "room")):
        assert f'{{"name": "{dataset}"}}' in text
    assert "url" not in text.replace(spec["$schema"], "")
    assert set(LIGHT) <= {param["name"] for param in spec["params"]}
    assert vl_convert.vegalite_to_vega(spec)


def test_a_chart_that_a_view_has_not_is_refused(views) -> None:
    """The error names the charts that the view has."""
    with pytest.raises(KeyError, match="has confusion; got 'threshold'"):
        VIEWS["confusion"].draw(views["confusion"], "threshold")


def test_each_of_several_things_has_a_colour_of_its_own():
    """The first seven curves of a chart differ in colour."""
    colours = [HUES[one["expr"]] for one in hues_of("curve").to_dict()["scale"]["range"]]
    assert len(set(colours)) == len(colours) == 7


def marks(item):
    """All marks of a scenegraph, with their kind."""
    for one in item.get("items", []):
        if item.get("marktype") not in (None, "group"):
            yield item["marktype"], one
        yield from marks(one)


@pytest.mark.parametrize("leads", [(-0.06, -0.04, -0.02), (0.01, 0.02, 0.04), (-0.03, 0.0, 0.3)])
def test_the_interval_of_a_lead_surrounds_its_dot(leads) -> None:
    """Also behind rivals that score more, as when preferences chose the winner."""
    vl_convert = pytest.importorskip("vl_convert")
    rows = [
        {
            "trial": i,
            "family": "f",
            "gap": lead,
            "low": lead - 0.01,
            "high": lead + 0.01,
            "error": 0.004,
            "level": False,
        }
        for i, lead in enumerate(leads)
    ]
    spec = VIEWS["winner"].charts["winner"](rows).to_dict()
    drawn = list(marks(vl_convert.vegalite_to_scenegraph(spec)["scenegraph"]))
    dots = {round(one["y"]): one["x"] for kind, one in drawn if kind == "symbol"}
    spans = {round(one["y"]): sorted((one["x"], one["x2"])) for kind, one in drawn if kind == "rule" and "x2" in one}
    assert len(dots) == len(leads)
    for y, dot in dots.items():
        left, right = spans[y]
        assert dot == pytest.approx((left + right) / 2, abs=1)
    inside = [spans[y] for y in sorted(spans) if spans[y][1] - spans[y][0] > 1]
    assert len(inside) >= len(leads) - 1


@pytest.mark.parametrize("width", [430, 640])
def test_names_of_pipelines_do_not_overlap(width) -> None:
    vl_convert = pytest.importorskip("vl_convert")
    families = ["Extra trees", "Random forest", "Linear", "XGBoost", "LightGBM", "CatBoost", "Neural network", "Guess"]
    nodes = [{"stage": 0, "name": "table", "trials": 8, "best": 0.9, "y": 0.5}]
    for stage, names in ((1, ["numbers unchanged", "normal scores"]), (2, ["categories as codes", "column per level"])):
        nodes += [
            {"stage": stage, "name": n, "trials": 4, "best": 0.9, "y": (i + 0.5) / 2} for i, n in enumerate(names)
        ]
    nodes += [
        {"stage": 3, "name": n, "trials": 1, "best": 0.9, "y": (i + 0.5) / len(families)}
        for i, n in enumerate(families)
    ]
    spec = VIEWS["pipelines"].charts["pipelines"](nodes).to_dict() | {"width": width}
    texts = [one for kind, one in marks(vl_convert.vegalite_to_scenegraph(spec)["scenegraph"]) if kind == "text"]
    boxes = {}
    for one in texts:
        x, y, length = one["x"] + one.get("dx", 0), one["y"] + one.get("dy", 0), 6.3 * len(one["text"])
        left = x if one["align"] == "left" else x - length / 2
        boxes[one["text"]] = (left, left + length, y - 7, y + 7)
    assert len(boxes) == len(nodes)
    for a, (left, right, top, bottom) in boxes.items():
        assert right <= width
        for b, other in boxes.items():
            apart = right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top
            assert a == b or apart, (a, b)
