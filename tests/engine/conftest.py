"""Searches whose objectives are weighed, for the tests of preferences and of measuring."""

from __future__ import annotations

import pytest

from hitl_widget.preference.model import PreferenceModel
from tests.doubles import TASK, Stage


@pytest.fixture
def stage(tmp_path):
    made = []

    def make(folder="s", task=TASK, **settings):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        preference_learner = PreferenceModel(task, frozenset({"dummy"}))
        settings = {"task": task, "preference_learner": preference_learner, "budget_trials": None, **settings}
        made.append(Stage(place, **settings))
        made[-1].preference_learner = preference_learner
        return made[-1]

    yield make
    for one in made:
        one.close()
