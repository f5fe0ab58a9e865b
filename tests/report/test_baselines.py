"""The baselines that every score is compared with."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.domain.space import Float, Space
from hitl_widget.report.baselines import named_baselines
from tests.report.sessions import WORDS, state_of, trial

SPACE = Space(("dummy", "linear"), (Float("linear.C", 1e-3, 1e3, 1.0, log=True),))


def linear(number, score, strength):
    return replace(trial(number, "linear", score), config={"family": "linear", "linear.C": strength})


def test_the_linear_baseline_stands_still_while_the_search_improves_linear_models():
    """It is the first one with default settings, and its name says so."""
    trials = [trial(0, "dummy", 0.5), linear(1, 0.80, 1.0), linear(2, 0.85, 0.05)]
    found = named_baselines(WORDS, state_of(*trials, base=SPACE))
    assert [(one.label, one.trial.number) for one in found] == [
        ("Constant prediction", 0),
        ("Linear, default settings", 1),
    ]


def test_without_a_default_linear_model_the_best_linear_one_is_named_so():
    """A search whose space leaves out the default has no other linear model to compare with."""
    found = named_baselines(WORDS, state_of(linear(0, 0.8, 0.05), linear(1, 0.82, 3.0), base=SPACE))
    assert [(one.label, one.trial.number) for one in found] == [("Linear, best so far", 1)]
