"""Contract suites: a class of tests for each kind of part, to be run on every implementation.

An author subclasses a suite in a test module and overrides one fixture. Needs pytest.
"""

from __future__ import annotations

from hitl_widget.testing.executor import ExecutorContract
from hitl_widget.testing.isolation import IsolatingExecutorContract
from hitl_widget.testing.journal import JournalContract
from hitl_widget.testing.learner import LearnerContract
from hitl_widget.testing.outcomes import Outcomes
from hitl_widget.testing.rule import RuleCase, RuleContract, clean_table, data_view
from hitl_widget.testing.sampler import SamplerContract
from hitl_widget.testing.search import SimulatedSearch
from hitl_widget.testing.view import ViewContract

__all__ = [
    "ExecutorContract",
    "IsolatingExecutorContract",
    "JournalContract",
    "LearnerContract",
    "Outcomes",
    "RuleCase",
    "RuleContract",
    "SamplerContract",
    "SimulatedSearch",
    "ViewContract",
    "clean_table",
    "data_view",
]
