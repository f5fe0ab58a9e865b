"""Directions, limits and the expected score as a person meets them."""

import pytest

from hitl_widget import AutoMLSession, DataError
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.wire.session import session_info
from tests.families import without_slow_families
from tests.tables import customers, prices

# Searches with real workers.
pytestmark = pytest.mark.slow


def test_what_is_expected_is_said_and_compared(tmp_path):
    """Beforehand in one sentence, at the end against the holdout; a loaded session says the same."""
    place = tmp_path / "s.sqlite"
    table = prices().drop(columns="town")
    with AutoMLSession(
        table,
        "price",
        monotone={"area": "-"},
        between=(0, None),
        expected=90000,
        max_trials=4,
        workers=2,
        journal=place,
    ) as session:
        without_slow_families(session)
        said = "Expected: RMSE of about 90,000 on the holdout; directions area −; predictions at least 0."
        assert said in session.summary()
        assert session_info(runtime_of(session))["expectations"] == said
        session.start()
        assert session.wait(120)
        summary = session.summary()
        assert "Better than expected: RMSE is " in summary
        model = session.best_model()
        assert model.predict(table.assign(area=-1e4)).min() >= 0
        linear = next(one for one in session.state.trials if one.family == "linear")
        offered = {number: one for one in session.state.holdout.models for number, _ in one.members}
        if linear.number in offered:
            assert offered[linear.number].against[0][0] == "area"
    with AutoMLSession.load(place) as session:
        assert session.task.monotone == (("area", -1),)
        assert session.task.between == (0.0, None)
        assert session.summary().splitlines()[:-1] == summary.splitlines()[:-1]


def test_wrong_expectations_are_refused(tmp_path):
    """Before anything runs."""
    place = tmp_path / "s.sqlite"
    for arguments, said in (
        ({"monotone": {"Contract": "+"}}, "read as a categorical, not as a number"),
        ({"between": (0, 1)}, "this task has classes"),
        ({"expected": 85}, "between 0 and 1"),
        ({"expected": 0.8, "holdout": 0}, "there is none. Set holdout="),
    ):
        with pytest.raises(DataError, match=said):
            AutoMLSession(customers(), "Churn", journal=place, **arguments)
