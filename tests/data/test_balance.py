"""The check of `balance=`."""

import pytest

from hitl_widget.data.balance import checked_balance
from hitl_widget.domain.objective import Metric, metric_named
from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError

F1, AUC = metric_named("f1"), metric_named("roc_auc")


def test_ways_are_ordered_and_unique():
    """A name, a list or True; nothing without a request."""
    assert checked_balance("weights", Kind.BINARY, F1) == ("weights",)
    assert checked_balance(["threshold", "weights", "weights"], Kind.BINARY, F1) == ("weights", "threshold")
    assert checked_balance(True, Kind.BINARY, F1) == ("weights", "oversample", "undersample", "threshold")
    assert checked_balance(None, Kind.REGRESSION, metric_named("rmse")) == ()


@pytest.mark.parametrize("name", ["roc_auc", "average_precision", "log_loss", "neg_brier_score"])
def test_a_threshold_needs_a_metric_of_classes(name):
    """True leaves the threshold out; a request for it is refused, and the metric of the remedy takes it."""
    metric = metric_named(name)
    assert "threshold" not in checked_balance(True, Kind.BINARY, metric)
    with pytest.raises(DataError, match=r"A threshold does not change .*metric='f1_macro'"):
        checked_balance("threshold", Kind.BINARY, metric)
    assert checked_balance("threshold", Kind.BINARY, metric_named("f1_macro")) == ("threshold",)


def test_the_users_own_metric_may_read_thresholds():
    """A cost matrix does."""
    assert checked_balance("threshold", Kind.BINARY, Metric("cost", "cost", -1, code=b"x")) == ("threshold",)


@pytest.mark.parametrize(
    ("given", "said"),
    [("weight", "Did you mean 'weights'"), (3, "got 3"), (["weights", "smote"], "got 'smote'"), ({}, None)],
)
def test_other_values_are_refused(given, said):
    """The sentence lists the ways."""
    if said is None:
        with pytest.raises(DataError, match="balance= must be"):
            checked_balance(given, Kind.BINARY, AUC)
        return
    with pytest.raises(DataError, match=r"balance= must be one or several of 'weights', 'oversample'") as error:
        checked_balance(given, Kind.BINARY, AUC)
    assert said in str(error.value)


def test_numbers_have_no_classes():
    """A numeric target cannot be balanced."""
    with pytest.raises(DataError, match="the target is numeric"):
        checked_balance("weights", Kind.REGRESSION, metric_named("rmse"))
