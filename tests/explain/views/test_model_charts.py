"""Charts of what a model looks at: they compile, hold no data of their own, and draw any name as text."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from hitl_widget.charts.parts import HUES
from hitl_widget.charts.theme import LIGHT
from hitl_widget.explain.views import beeswarm, dependence, effect, importance, permutation, row, what_if

EVIL = "<img src=x onerror=alert(1)>"
NAMES = ["tenure", "contract", EVIL]
RNG = np.random.default_rng(0)

BARS = [
    {"column": name, "value": 0.2 / (i + 1), "low": 0.15 / (i + 1), "high": 0.25 / (i + 1), "share": 0.3, "rank": i}
    | {"text": f"{20 // (i + 1)} pp", "matters": i < 2, "with": ""}
    for i, name in enumerate(NAMES)
]
DOTS = [
    {"column": name, "rank": i, "shap": float(pull), "offset": 0.1, "value": "5", "row": j}
    | {"scaled": None if i == 1 else j / 19, "x": None if i == 1 else float(j), "level": f"level {j % 3}"}
    | {"other": f"group {j % 2}"}
    for i, name in enumerate(NAMES)
    for j, pull in enumerate(RNG.normal(0, 0.1, 20))
]
STEPS = [
    {"label": "start", "kind": "base", "start": 0.27, "end": 0.27, "text": "27% yes", "order": 0},
    {"label": f"{EVIL} = a", "kind": "more", "start": 0.27, "end": 0.5, "text": "+23 pp", "order": 1},
    {"label": "tenure = 3", "kind": "less", "start": 0.5, "end": 0.4, "text": "−10 pp", "order": 2},
    {"label": "prediction", "kind": "prediction", "start": 0.4, "end": 0.4, "text": "40% yes", "order": 3},
]
CURVE = [
    {"x": float(k), "level": f"{EVIL} {k}", "value": k / 10, "low": k / 20, "high": k / 8, "rows": 9, "few": k > 3}
    | {"order": k}
    for k in range(5)
]
LINES = [
    {"x": float(k), "level": f"{EVIL} {k}", "value": k / (9 + row), "row": row, "order": k}
    for row in range(4)
    for k in range(5)
]
CHANGES = [
    {"label": "as it is", "value": 0.3, "change": 0.0, "text": "30% yes", "order": 0},
    {"label": f"{EVIL} = b", "value": 0.2, "change": -0.1, "text": "−10 pp", "order": 1},
]

DRAWN: dict[str, tuple[Any, dict[str, Any]]] = {
    "shap_bar": (importance.draw, {"importance": BARS}),
    "beeswarm": (beeswarm.draw, {"beeswarm": DOTS}),
    "dependence": (dependence.draw, {"dependence": DOTS}),
    "dependence_groups": (dependence.draw, {"dependence": DOTS, "groups": True}),
    "dependence_levels": (dependence.draw_levels, {"dependence": DOTS}),
    "dependence_levels_groups": (dependence.draw_levels, {"dependence": DOTS, "groups": True}),
    "waterfall": (row.draw, {"waterfall": STEPS}),
    "permutation": (permutation.draw, {"permutation": BARS}),
    "effect": (effect.draw, {"effect": CURVE, "lines": LINES}),
    "effect_levels": (effect.draw_levels, {"effect": CURVE, "lines": LINES}),
    "what_if": (what_if.draw, {"what_if": CHANGES}),
}


def svg(chart: Any) -> str:
    vl_convert = pytest.importorskip("vl_convert")
    return str(vl_convert.vegalite_to_svg(chart.to_dict(validate=False)))  # a further test compares it with the schema


@pytest.mark.parametrize("name", DRAWN)
def test_it_draws_and_names_are_text(name: str) -> None:
    make, data = DRAWN[name]
    drawn = svg(make(**data))
    assert "<img" not in drawn
    assert "NaN" not in drawn
    if name not in ("effect", "dependence", "dependence_groups", "dependence_levels", "dependence_levels_groups"):
        assert "&lt;img src=x onerror=alert(1)&gt;" in drawn


@pytest.mark.parametrize("name", DRAWN)
def test_the_specification_holds_named_empty_datasets_and_the_themes_signals(name: str) -> None:
    make, data = DRAWN[name]
    options = {key: value for key, value in data.items() if isinstance(value, bool)}
    spec = make(**options).to_dict()
    text = json.dumps(spec)
    assert "url" not in text.replace(spec["$schema"], "")
    assert "datasets" not in spec
    for dataset in data.keys() - options.keys():
        assert f'"name": "{dataset}"' in text
    params = {param["name"] for param in spec["params"]}
    assert {*LIGHT, *HUES} <= params <= {*LIGHT, *HUES, "percent", "dates"}


def test_columns_stand_in_order_of_rank() -> None:
    drawn = svg(importance.draw(list(reversed(BARS))))
    assert drawn.index(">tenure<") < drawn.index(">contract<") < drawn.index("&lt;img src=x onerror=alert(1)&gt;<")


def test_shares_are_written_in_points_and_amounts_as_they_are() -> None:
    assert "pp<" in svg(beeswarm.draw(DOTS))
    assert "pp<" not in svg(beeswarm.draw(DOTS, percent=False))
    assert "20%<" in svg(effect.draw(CURVE, LINES))
    assert "%<" not in svg(effect.draw(CURVE, LINES, percent=False))


def test_days_are_written_as_dates() -> None:
    days = [row | {"x": 19_800 + row["x"]} for row in CURVE]
    assert "2024-03-" in svg(effect.draw(days, dates=True))


def test_a_value_without_order_is_drawn_too() -> None:
    """A category has no place between low and high; its point is faint, and there."""
    drawn = beeswarm.draw([row for row in DOTS if row["scaled"] is None])
    assert svg(drawn).count('aria-roledescription="circle"') == 20


@pytest.mark.slow
def test_views_and_charts_fit_together(tmp_path: Any) -> None:
    """Every chart that a view names takes the datasets that the view holds."""
    from hitl_widget.domain.delivery import Delivery
    from hitl_widget.explain.model import shap_values
    from hitl_widget.explain.permutation import permutation_losses
    from hitl_widget.explain.views.beeswarm import beeswarm
    from hitl_widget.explain.views.dependence import dependence
    from hitl_widget.explain.views.effect import effect
    from hitl_widget.explain.views.importance import importance
    from hitl_widget.explain.views.permutation import permutation
    from hitl_widget.explain.views.row import explained_row as row
    from hitl_widget.explain.views.what_if import what_if
    from tests.explain.subjects import subject

    found = subject(tmp_path, "lightgbm")
    values = shap_values(found, found.spread_rows(80))
    folds = subject(tmp_path, "lightgbm", delivery=Delivery.AVERAGE)
    *_, losses = permutation_losses(folds, repeats=1)
    number = int(values.rows[0])
    views = [importance(found, values), beeswarm(found, values), row(found, values, number)]
    views += [dependence(found, values, name) for name in found.columns]
    views += [effect(found, name) for name in found.columns]
    views += [permutation(folds, losses), what_if(found, number, {"town": "a"})]
    seen: set[str] = set()
    for view in views:
        for name in set(view.charts) - seen:
            seen.add(name)
            make, data = DRAWN[name]
            needed = {key: view.data[key] for key in data if key in view.data}
            assert needed
            assert svg(make(**{**data, **needed})).startswith("<svg")
    assert len(seen) >= 9
