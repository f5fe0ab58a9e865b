"""On a target that no column predicts, the headline, the table and the model tell the same."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession

pytestmark = pytest.mark.slow

TARGETS = {
    "classes": lambda rng: rng.choice(list("abc"), 120),
    "two classes": lambda rng: rng.choice(["no", "yes"], 120),
    "numbers": lambda rng: rng.normal(size=120),
}


@pytest.mark.parametrize("kind", TARGETS)
@pytest.mark.parametrize("seed", [2, 5])
def test_headline_table_and_model_name_the_same_trial(kind, seed, tmp_path):
    """The first row of the leaderboard is what `best_model` returns; a warning says so if it is the constant one."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"x": rng.normal(size=120), "y": TARGETS[kind](rng)})
    with AutoMLSession(table, "y", max_trials=4, workers=1, journal=tmp_path / "s.sqlite") as session:
        session.start()
        assert session.wait(120)
        ranked = session.leaderboard()
        assert ranked.iloc[0]["number"] == session.state.best
        constant = ranked.iloc[0]["family"] == "dummy"
        said = session.summary()
        assert ("No model beats the constant prediction (" in said) == constant
        assert (" rows), the constant prediction scores " in said) == constant
        assert (" leads with " in said) != constant
        for take in (session.best_model, session.preferred_model, session.refit):
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                model = take()
            assert len(caught) == constant
            texts = [str(one.message) for one in caught]
            assert all("No model beats the constant prediction (" in one for one in texts)
            assert all(one.filename == __file__ for one in caught)
            assert ("DummyClassifier" in str(model) or "DummyRegressor" in str(model)) == constant
        if constant:  # the remedies of the warning
            other = ranked[ranked["family"] != "dummy"]["number"].iloc[0]
            assert "Dummy" not in str(session.model(other))
