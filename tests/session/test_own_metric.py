"""A search for a person's own metric."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import fbeta_score, make_scorer

from hitl_widget import AutoMLSession

pytestmark = pytest.mark.slow


def table(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(120, 2))
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": np.where(x[:, 0] + 0.5 * rng.normal(size=120) > 0, "s", "l")})


def test_a_search_optimises_it_and_its_journal_brings_it_back(tmp_path):
    """Scores, summary, explanations, and a session that is loaded and goes on use the function."""

    def cost(y, prediction):
        return float(np.mean(np.where(np.asarray(y) == "l", 1.2, 1) * (np.asarray(y) != np.asarray(prediction))))

    place = tmp_path / "s.sqlite"
    frame = table()
    with AutoMLSession(frame, "y", metric=cost, direction="lower", max_trials=4, workers=1, journal=place) as session:
        session.start()
        assert session.wait(120)
        assert (session.trials["state"] != "failed").all(), list(session.trials["reason"])
        assert session.task.metric.label == "cost"
        assert " leads with cost 0." in session.summary()
        best = session.leaderboard().iloc[0]
        assert best["score"] == best["cost"] < 0
        held = session._runtime.understood.holdout
        model = session.best_model()
        truth = frame["y"].iloc[held]
        assert session.state.holdout.best == pytest.approx(-cost(truth, model.predict(frame.iloc[held])))
        assert "cost" in str(session.explain.course())
        session.require("cost <= 1")
        assert session.objectives("accuracy")[0] == "cost"
    with AutoMLSession.load(place) as again:
        assert again.task.metric.label == "cost"
        again.set_budget(trials=5)
        again.resume()
        assert again.wait(120)
        assert again.trials["score"].notna().sum() >= 4
        assert (again.trials["state"] != "failed").all(), list(again.trials["reason"])


def test_a_scorer_is_optimised(tmp_path):
    """A scorer made with `make_scorer` gets the labels of the table."""
    scorer = make_scorer(fbeta_score, beta=2, pos_label="l")
    with AutoMLSession(table(), "y", metric=scorer, max_trials=3, workers=1, journal=tmp_path / "s.sqlite") as session:
        session.start()
        assert session.wait(120)
        assert " leads with fbeta score 0." in session.summary()
        held = session._runtime.understood.holdout
        expected = scorer(session.best_model(), table().iloc[held], table()["y"].iloc[held])
        assert session.state.holdout.best == pytest.approx(expected)


def test_code_of_another_user_is_not_run(tmp_path):
    """The session opens, says that the metric was not run, and keeps its results; new trials say why they fail."""
    place = tmp_path / "s.sqlite"
    scorer = make_scorer(fbeta_score, beta=2, pos_label="l")
    with AutoMLSession(table(), "y", metric=scorer, max_trials=2, workers=1, journal=place) as session:
        session.start()
        assert session.wait(120)
    from hitl_widget.engine.journal import SqlJournal

    journal = SqlJournal(place, create=False)
    journal.put("metric", b"\0" * 32 + b"code")
    journal.close()
    with pytest.warns(UserWarning, match="from another computer or user, so it was not run") as caught:
        again = AutoMLSession.load(place)
    assert caught[0].filename == __file__
    with again:
        assert again.trials["score"].notna().sum() == 2
        again.set_budget(trials=3)
        again.resume()
        assert again.wait(120)
        assert "from another computer" in again.trials["reason"].iloc[-1]
