"""The views keep their contract."""

from __future__ import annotations

import pytest

from hitl_widget.domain.task import Kind
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.registry import VIEWS
from hitl_widget.testing import ViewContract

pytestmark = pytest.mark.slow

OPTIONS = {"dependence": {"column": "size"}, "effect": {"column": "size"}, "row": {"row": 3}}


class TestViews(ViewContract):
    @pytest.fixture(params=[name for name, one in VIEWS.built_in.items() if Kind.BINARY in one.kinds])
    def view(self, request: pytest.FixtureRequest) -> ViewDefinition:
        return VIEWS[request.param]

    @pytest.fixture
    def options(self, view: ViewDefinition) -> dict[str, object]:
        return OPTIONS.get(view.name, {})
