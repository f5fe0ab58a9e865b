"""The learners keep their contract."""

from __future__ import annotations

import pytest

from hitl_widget.learners.base import Learner
from hitl_widget.learners.registry import LEARNERS
from hitl_widget.testing import LearnerContract

pytestmark = pytest.mark.slow


class TestLearners(LearnerContract):
    @pytest.fixture(params=LEARNERS.built_in)
    def learner(self, request: pytest.FixtureRequest) -> Learner:
        return LEARNERS[request.param]
