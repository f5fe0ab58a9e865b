"""The samplers keep their contract."""

from __future__ import annotations

import pytest

from hitl_widget.sampling.registry import SAMPLERS, SamplerFactory
from hitl_widget.testing import SamplerContract


class TestSamplers(SamplerContract):
    @pytest.fixture(params=sorted(SAMPLERS.built_in))
    def factory(self, request: pytest.FixtureRequest) -> SamplerFactory:
        return SAMPLERS[request.param]
