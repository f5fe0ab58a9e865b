"""Checks of directions, limits of predictions and the expected score."""

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.expectations import checked_between, checked_expected, checked_monotone
from hitl_widget.data.task import understand
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Column, Kind, Role
from hitl_widget.errors import DataError

COLUMNS = (
    Column("income", Role.NUMERIC, "numbers"),
    Column("age", Role.NUMERIC, "numbers"),
    Column("town", Role.CATEGORICAL, "few texts"),
    Column("id", Role.IGNORED, "an identifier"),
)


def test_directions_are_read():
    """As signs or numbers, in the order given."""
    given = {"age": "-", "income": "+"}
    assert checked_monotone(given, COLUMNS, Kind.BINARY) == (("age", -1), ("income", 1))
    assert checked_monotone({"income": 1, "age": -1}, COLUMNS, Kind.REGRESSION) == (("income", 1), ("age", -1))
    assert checked_monotone(None, COLUMNS, Kind.MULTICLASS) == checked_monotone({}, COLUMNS, Kind.MULTICLASS) == ()


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        ({"incme": "+"}, Kind.BINARY, r"'incme', which is not in the table\. Did you mean 'income'"),
        ({"town": "+"}, Kind.BINARY, "read as a categorical, not as a number"),
        ({"id": "+"}, Kind.BINARY, r"which no model reads \(an identifier\)"),
        ({"age": "up"}, Kind.BINARY, r'must be "\+" \(predictions rise with it\) or "-"'),
        ({"age": 0}, Kind.BINARY, "got 0"),
        ({"age": True}, Kind.BINARY, "got True"),
        (["age"], Kind.BINARY, "must be a dict"),
        ({"age": "+"}, Kind.MULTICLASS, "needs a numeric target or two classes"),
    ],
)
def test_wrong_directions_are_refused(given, kind, said):
    """The sentence says what was found and what to do."""
    with pytest.raises(DataError, match=said):
        checked_monotone(given, COLUMNS, kind)


def test_the_remedy_of_a_category_works():
    """With the role of the error, the column has a direction."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"grade": rng.choice(["1", "2", "3"], 60), "x": rng.normal(size=60), "y": rng.normal(size=60)})
    table["grade"] = table["grade"].astype("category")
    with pytest.raises(DataError, match=r'roles=\{"grade": "numeric"\}'):
        understand(table, "y", monotone={"grade": "+"})
    task = understand(table, "y", monotone={"grade": "+"}, roles={"grade": "numeric"}).task
    assert task.monotone == (("grade", 1),)


def test_limits_are_read():
    """Numbers, no limit on a side, and durations in seconds."""
    y = np.array([0.0, 3.0])
    assert checked_between((0, None), Kind.REGRESSION, "y", y) == (0.0, None)
    assert checked_between([None, 5], Kind.REGRESSION, "y", y) == (None, 5.0)
    assert checked_between((pd.Timedelta(0), None), Kind.REGRESSION, "y", y) == (0.0, None)
    assert checked_between(None, Kind.BINARY, "y", y) is None
    assert checked_between((None, None), Kind.REGRESSION, "y", y) is None


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (0, Kind.REGRESSION, "between= must be the smallest and the largest"),
        ((0, 1, 2), Kind.REGRESSION, "between= must be the smallest and the largest"),
        (("0", None), Kind.REGRESSION, "between= must be the smallest and the largest"),
        ((float("nan"), None), Kind.REGRESSION, "between= must be the smallest and the largest"),
        ((5, 0), Kind.REGRESSION, "5 is not below 0"),
        ((1, None), Kind.REGRESSION, r"'y' lies outside between=\(1, None\) in 2 rows, for example at 0"),
        ((0, 5), Kind.BINARY, "this task has classes"),
    ],
)
def test_wrong_limits_are_refused(given, kind, said):
    """Values of the target outside the limits are no impossible predictions."""
    with pytest.raises(DataError, match=said):
        checked_between(given, kind, "y", np.array([0.0, 0.5, 3.0]))


def test_the_expected_score_is_a_value_of_the_metric():
    """A number, and of metrics between 0 and 1 one of these."""
    assert checked_expected(0.8, metric_named("roc_auc")) == 0.8
    assert checked_expected(12, metric_named("rmse")) == 12.0
    assert checked_expected(None, metric_named("rmse")) is None
    with pytest.raises(DataError, match="ROC AUC between 0 and 1; got 80"):
        checked_expected(80, metric_named("roc_auc"))
    with pytest.raises(DataError, match="a number such as 0.8"):
        checked_expected("high", metric_named("roc_auc"))
