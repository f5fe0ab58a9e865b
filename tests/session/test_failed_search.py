"""A search whose trials all fail tells the reason wherever a person looks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession, CommandError, DataError
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


def test_the_reason_stands_everywhere(tmp_path):
    """In the summary, the table of trials, the journal and the error of `best_model`."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=60), "y": rng.choice(["no", "yes"], 60)})
    limits = {"max_trials": 3, "workers": 1, "trial_seconds": 1e-4}
    with AutoMLSession(table, "y", journal=tmp_path / "s.sqlite", **limits) as session:
        with pytest.raises(CommandError, match=r"Wait for the first one: session\.wait\(10\)"):
            session.best_model()
        session.start()
        assert session.wait(120)
        trials, words = session.trials, "longer than"
        assert (trials["state"] == "failed").all()
        assert trials["reason"].str.contains(words).all()
        assert words in session.summary()
        assert session.journal["detail"].str.contains(words).any()
        with pytest.raises(CommandError, match=f"All 2 trials failed: .* {words}"):
            session.best_model()


def test_an_objective_that_cannot_be_measured_has_its_reason_beside_it(tmp_path):
    """Finished trials show the error of the function."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=60), "y": rng.choice(["no", "yes"], 60)})

    def broken(y, prediction):
        raise ZeroDivisionError("no rows of this kind")

    with AutoMLSession(table, "y", max_trials=2, workers=1, holdout=0, journal=tmp_path / "s.sqlite") as session:
        session.start()
        assert session.wait(120)
        assert (session.trials["reason"] == "").all()
        session.add_objective("cost", broken)
        wait_until(session, lambda state: all("cost" in one.unmeasured for one in state.trials), 60)
        trials = session.trials
        assert trials["cost"].isna().all()
        assert trials["reason"].str.contains("cost could not be measured: ZeroDivisionError: no rows").all()


def test_a_percentage_error_of_zeros_is_warned_of(tmp_path):
    """The warning at the start names a metric that raises no warning."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=60), "t": np.where(rng.random(60) < 0.1, 0, rng.gamma(3, 9, 60))})
    with pytest.warns(UserWarning, match="0 or close to it in [0-9] rows") as caught:
        AutoMLSession(table, "t", metric="mape", max_trials=1, workers=1, journal=tmp_path / "a.sqlite").close()
    assert caught[0].filename == __file__
    instead = str(caught[0].message).split("metric='")[1].split("'")[0]
    AutoMLSession(table, "t", metric=instead, max_trials=1, workers=1, journal=tmp_path / "b.sqlite").close()
    with pytest.raises(DataError, match="needs a target above 0"):
        AutoMLSession(table, "t", metric="neg_mean_gamma_deviance")
