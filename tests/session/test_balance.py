"""Balancing of classes as a person meets it: asked for at the start, in the middle, and by a warning's answer."""

from functools import partial

import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.naive_bayes import GaussianNB

from hitl_widget import AutoMLSession, CommandError, DataError
from hitl_widget.domain.trial import TrialState
from hitl_widget.report.trials import kept_threshold
from hitl_widget.session.runtime import runtime_of
from tests.families import without_slow_families
from tests.waiting import wait_until

# Searches with real workers.
pytestmark = pytest.mark.slow


def claims(rows: int = 700, seed: int = 0):
    """Return claims of which 8% are fraud."""
    import pandas as pd

    rng = np.random.default_rng(seed)
    amount, age = rng.normal(0, 1, rows), rng.normal(0, 1, rows)
    risk = amount + 0.6 * age + rng.normal(0, 0.9, rows)
    return pd.DataFrame(
        {
            "amount": amount,
            "age": age,
            "town": rng.choice(list("abc"), rows),
            "fraud": np.where(risk > np.quantile(risk, 0.92), "yes", "no"),
        }
    )


def test_the_search_tries_what_was_asked_for(tmp_path):
    """Each way is a choice of each family; the delivered model decides by its own threshold, also after a load.

    A change of the metric says that trials keep a threshold that was tuned for another one.
    """
    place = tmp_path / "s.sqlite"
    ways = ["weights", "threshold"]
    with AutoMLSession(
        claims(), "fraud", metric="f1", balance=ways, max_trials=12, workers=2, journal=place
    ) as session:
        without_slow_families(session)
        assert session.space["lightgbm.balance"].choices == (None, *ways)
        session.propose({"family": "linear", "linear.balance": "threshold"})
        session.start()
        assert session.wait(200)
        tried = {one.config.get(f"{one.family}.balance") for one in session.state.trials}
        assert {"weights", "threshold"} <= tried
        number = next(one.number for one in session.state.trials if one.config.get("linear.balance") == "threshold")
        said = str(session.explain.balance())
        assert "class weights" in said.lower()
        model = session.model(number)
        assert "classes balanced by a tuned threshold" in repr(model)
        rows = claims(400, 1)
        predicted = model.predict(rows.drop(columns="fraud"))
        assert f1_score(rows["fraud"], predicted, pos_label="yes") > 0.3
        again = np.asarray(model.predict_proba(rows.drop(columns="fraud")))
    with AutoMLSession.load(place) as session:
        assert session.task.balance == ("weights", "threshold")
        assert session.space["linear.balance"].choices == (None, *ways)
        assert np.allclose(session.model(number).predict_proba(rows.drop(columns="fraud")), again)
        threshold = partial(kept_threshold, runtime_of(session).words)
        session.set_metric("balanced_accuracy")
        assert session.state.acts[-1].title.endswith("threshold, tuned for another metric")
        state = wait_until(session, lambda state: not state.on_other_data(state.trials[number]))
        assert threshold(state, state.trials[number]) == (
            "Its threshold was tuned for F1, so it may score higher by balanced accuracy with another one. "
            "Run it again to tune the threshold for balanced accuracy."
        )
        plain = next(one for one in state.trials if one.config.get("lightgbm.balance", "weights") is None)
        assert threshold(state, plain) == ""
        session.set_metric("roc_auc")
        state = wait_until(session, lambda state: not state.on_other_data(state.trials[number]))
        assert threshold(state, state.trials[number]) == ""
        session.set_metric("f1")
        assert "threshold" not in session.state.acts[-1].title
        assert threshold(session.state, session.state.trials[number]) == ""


def test_balancing_begins_in_the_middle_and_can_be_undone(tmp_path):
    """The answer of the warning acts; the best configurations are tried with each way, and undo removes it again."""
    with AutoMLSession(
        claims(), "fraud", metric="f1", max_trials=40, workers=2, journal=tmp_path / "s.sqlite"
    ) as session:
        without_slow_families(session)
        session.start()
        wait_until(session, lambda state: len(state.family_best) >= 3)
        session.pause()
        assert "does not balance" in str(session.explain.balance())
        before = dict(session.state.trials[1].config)
        warning = next(one for one in session.warnings if one.key == "imbalance")
        session.answer(warning.key, "balance")
        assert session.space["lightgbm.balance"].choices == (None, "weights", "threshold")
        assert session.state.outside == frozenset()
        assert dict(session.state.trials[1].config) == before
        with pytest.raises(CommandError, match="already balanced this way"):
            session.set_balance("weights", "threshold")
        session.resume()
        state = wait_until(
            session,
            lambda state: (
                {"weights", "threshold"}
                <= {
                    one.config.get(f"{one.family}.balance")
                    for one in state.trials
                    if one.state is TrialState.COMPLETE and one.parent is not None
                }
            ),
        )
        paired = [one for one in state.trials if one.parent is not None and one.why.endswith("to see what it brings.")]
        rest = [{name: value for name, value in one.config.items() if "balance" not in name} for one in paired]
        assert rest == [dict(state.trials[one.parent].config) for one in paired]
        view = session.explain.balance()
        assert {row["way"] for row in view.data["ways"]} >= {None, "weights", "threshold"}
        assert all(row["pairs"] >= 1 for row in view.data["ways"] if row["way"] in ("weights", "threshold"))
        session.pause()
        session.add_learner("bayes", GaussianNB())
        assert session.space["bayes.balance"].choices == (None, "weights", "threshold")
        session.undo()
        session.undo()
        assert not any(one.name.endswith(".balance") for one in session.space.parameters)
        balanced = {one.number for one in session.state.trials if one.config.get(f"{one.family}.balance")}
        assert balanced <= session.state.outside
        session.redo()
        assert not balanced & session.state.outside
        session.set_balance(None)
        assert session.space["lightgbm.balance"].choices == (None,)


def test_ways_are_given_as_in_the_constructor(tmp_path):
    """A list, True and None; a metric that reads no threshold says that one is still tried."""
    with AutoMLSession(claims(), "fraud", metric="f1", journal=tmp_path / "s.sqlite") as session:
        session.set_balance(["weights", "threshold"])
        assert session.space["lightgbm.balance"].choices == (None, "weights", "threshold")
        session.set_balance(True)
        assert len(session.space["lightgbm.balance"].choices) == 5
        session.set_metric("roc_auc")
        said = session.state.acts[-1].title
        assert said.endswith("class balance still tries a tuned threshold, which does not change ROC AUC")
        session.set_balance(True)
        assert "threshold" not in session.space["lightgbm.balance"].choices
        session.set_balance(False)
        session.undo()
        session.set_balance(None)
        session.set_metric("log_loss")
        assert "threshold" not in session.state.acts[-1].title
        with pytest.raises(TypeError, match="ways"):
            session.set_balance()


def test_wrong_requests_are_refused(tmp_path):
    """At the start and in the middle, with the remedy."""
    place = tmp_path / "s.sqlite"
    with pytest.raises(DataError, match="A threshold does not change ROC AUC"):
        AutoMLSession(claims(), "fraud", balance="threshold", journal=place)
    with pytest.raises(DataError, match="balance= must be one or several"):
        AutoMLSession(claims(), "fraud", balance="smote", journal=place)
    with pytest.raises(DataError, match="the target is numeric"):
        AutoMLSession(claims(), "amount", balance="weights", journal=place)
    with AutoMLSession(claims(), "fraud", journal=place) as session:
        with pytest.raises(DataError, match="A threshold does not change ROC AUC"):
            session.set_balance("threshold")
        with pytest.raises(CommandError, match="Classes can be balanced by"):
            session.set_balance("smote")
        with pytest.raises(CommandError, match="changes nothing"):
            session.set_balance(None)
