"""Expectations of a person in words, and against the result."""

from dataclasses import replace

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Kind
from hitl_widget.report.expectations import expectations, expected_result, model_notes
from hitl_widget.report.words import Words
from tests.advise.states import BASELINES, LABELS, TASK, Story

PRICES = replace(TASK, kind=Kind.REGRESSION, metric=metric_named("rmse"), classes=(), between=(0.0, None))


def told(score: float, low: float | None, high: float | None, expected: float | None, task=TASK, metric: str = ""):
    story = Story()
    story.trial("gbm", score)
    model = OfferedModel("best", ((0, 1.0),), score, low, high)
    story.tell(ev.HoldoutMeasured(0, score, None, 200, (model,), metric=metric))
    return expected_result(Words(task, LABELS, BASELINES), story.state, expected)


def test_expectations_are_said_beforehand():
    """All in one sentence, none without any."""
    known = replace(TASK, monotone=(("income", 1), ("age", -1)))
    assert expectations(known, 0.8) == "Expected: ROC AUC of about 0.8 on the holdout; directions income +, age −."
    assert expectations(PRICES, None) == "Expected: predictions at least 0."
    assert expectations(replace(PRICES, between=(0.0, 9.0)), None) == "Expected: predictions between 0 and 9."
    assert expectations(TASK, None) == ""


def test_the_result_is_compared_with_the_expected_score():
    """As expected within the 95% interval; better is suspicious; worse is said, too."""
    assert told(0.81, 0.77, 0.85, 0.8) == (
        "as_expected",
        "As expected: ROC AUC is 0.810 on the holdout (95% interval 0.770 to 0.850); you expected 0.8.",
    )
    outcome, sentence = told(0.97, 0.95, 0.99, 0.8)
    assert outcome == "better"
    assert sentence.endswith("Check the warnings about target leakage before you trust it.")
    assert told(0.61, 0.55, 0.67, 0.8)[0] == "worse"
    assert told(0.61, None, None, 0.8)[0] == "worse"


def test_lower_errors_are_better():
    """An RMSE below the expected one is better than expected."""
    assert told(-5.0, -6.0, -4.0, 8, PRICES)[0] == "better"
    assert told(-9.5, -10.0, -9.0, 8, PRICES)[0] == "worse"
    assert "you expected 8." in told(-8.1, -9.0, -7.0, 8, PRICES)[1]


@pytest.mark.parametrize("case", [{"expected": None}, {"expected": 0.8, "metric": "f1"}])
def test_there_is_nothing_to_say(case):
    """Without an expected score, or by another metric."""
    assert told(0.8, 0.7, 0.9, **case) == (None, "")


def test_notes_say_how_often_and_where():
    """Clipped predictions with their share; directions with the values between which they are violated."""
    model = OfferedModel("best", ((0, 1.0),), -5.0, None, None, clipped=3)
    assert model_notes(Words(PRICES, LABELS, BASELINES), model, 200) == [
        "3 predictions on the holdout (1.5%) were clipped to at least 0."
    ]
    one = replace(model, clipped=1)
    assert (
        "1 prediction on the holdout (0.5%) was clipped" in model_notes(Words(PRICES, LABELS, BASELINES), one, 200)[0]
    )
    assert model_notes(Words(PRICES, LABELS, BASELINES), replace(model, clipped=0), 200) == []
    task = replace(TASK, monotone=(("income", -1),), positive="yes")
    against = replace(model, clipped=None, against=(("income", 52000.0, 61000.0, 0.0312),))
    assert model_notes(Words(task, LABELS, BASELINES), against, 200) == [
        (
            "As income grows from 52,000 to 61,000, the average probability of yes rises by 0.0312; you expected that "
            "it falls."
        )
    ]
