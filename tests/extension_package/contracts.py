"""Run the contract suites on each part of the package."""

import pytest
from hitl_extension.learner import Neighbours
from hitl_extension.rule import negative_price
from hitl_extension.sampler import RandomSampler
from hitl_extension.view import VIEW

from hitl_widget.testing import (
    LearnerContract,
    RuleCase,
    RuleContract,
    SamplerContract,
    ViewContract,
    clean_table,
    data_view,
)


class TestNeighbours(LearnerContract):
    @pytest.fixture
    def learner(self):
        return Neighbours()


class TestNegativePrice(RuleContract):
    @pytest.fixture
    def case(self):
        table = clean_table()
        return RuleCase(negative_price, data_view(table.assign(price=table["size"] - 60)))


class TestRandomSampler(SamplerContract):
    @pytest.fixture
    def factory(self):
        return RandomSampler


class TestTimeSpent(ViewContract):
    @pytest.fixture
    def view(self):
        return VIEW
