"""The charts of what warnings are about."""

from __future__ import annotations

import json

import pytest

from hitl_widget.charts.subjects import SUBJECTS


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_page_fills_each_chart_with_rows(name):
    """Each chart has one dataset that the page fills, named alike in all."""
    assert '"data": {"name": "rows"}' in json.dumps(SUBJECTS[name]().to_dict())


def test_dates_are_written_as_dates():
    """The same chart serves numbers and dates."""
    rows = [{"x": 19_000.0, "y": 1.0}, {"x": 19_400.0, "y": 2.0}]
    params = {one["name"]: one["value"] for one in SUBJECTS["points"](rows, dates=True).to_dict()["params"]}
    assert params["dates"] is True
