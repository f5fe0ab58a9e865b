from __future__ import annotations

import math

import pytest

from hitl_widget.data.objectives import active
from hitl_widget.domain.preference import Preferences
from hitl_widget.domain.trial import Author, Fold, Origin, Trial
from hitl_widget.preference.challenge import challenge_of, within_noise
from tests.preference.states import BINARY, NUMBERS, Study, limit


def trial(*scores):
    folds = tuple(Fold(fold, score) for fold, score in scores)
    return Trial(0, {"family": "tree"}, Author.YOU, Origin.OWN, folds=folds)


def challenge(study, task=BINARY):
    return challenge_of(study.state, active(task, study.state.preferences), {"dummy"})


def study_of(*rows):
    study = Study()
    for score, family, parts in rows:
        study.trial(score, family, predict_ms=parts / 10, complexity=parts)
    return study


def test_noise_is_that_of_the_differences_on_the_same_folds():
    """A lead that is the same on every fold has no noise, however much the folds differ."""
    a, b = trial((0, 0.9), (1, 0.7), (2, 0.8)), trial((2, 0.79), (0, 0.89), (1, 0.69))
    gap, noise = within_noise(a, b)
    assert (gap, noise) == (pytest.approx(0.01), pytest.approx(0.0, abs=1e-12))
    gap, noise = within_noise(a, trial((0, 0.8), (1, 0.8), (2, 0.8)))
    assert gap == pytest.approx(0.0)
    assert noise == pytest.approx(math.sqrt(0.01 * (1 / 3 + 1 / 2)))
    assert within_noise(a, trial((0, 0.8), (5, 0.8))) is None
    assert within_noise(a, trial()) is None


def test_the_simplest_within_the_noise_is_named():
    """The challenge is the simplest of the clearly simpler, statistically tied models, with its losses and gains."""
    study = Study()
    best = study.trial(0.90, "forest", spread=0.02, predict_ms=90.0, complexity=9000)
    study.trial(0.90, "tree", spread=-0.02, predict_ms=20.0, complexity=900)
    small = study.trial(0.895, "linear", spread=-0.02, predict_ms=1.0, complexity=10)
    study.trial(0.70, "tree", spread=-0.02, predict_ms=0.5, complexity=3)
    study.trial(0.899, "dummy", spread=-0.02, predict_ms=0.1, complexity=1)
    found = challenge(study)
    assert (found.winner, found.rival) == (best, small)
    assert found.gap == pytest.approx(0.005)
    assert found.noise > found.gap
    assert any("complexity" in one and "simpler" in one for one in found.gained)
    assert any("ROC AUC" in one and "0.005 worse" in one for one in found.lost)


def test_a_clearly_worse_or_hardly_simpler_model_is_no_challenge():
    """A rival has at most half the complexity and is behind by no more than the noise."""
    assert challenge(study_of((0.90, "forest", 100), (0.80, "linear", 2))) is None
    assert challenge(study_of((0.90, "forest", 100), (0.90, "tree", 51))) is None
    assert challenge(study_of((0.90, "forest", 100), (0.90, "tree", 50))).rival == 1


def test_what_may_not_lead_is_no_challenge():
    """A model that violates a hard constraint, or that was never measured, is no rival."""
    study = study_of((0.90, "forest", 100), (0.90, "linear", 2))
    assert challenge(study).rival == 1
    study.prefer(Preferences(constraints=(limit("family in forest"),)))
    assert challenge(study) is None
    study = study_of((0.90, "forest", 100))
    study.trial(0.90, "linear")
    assert challenge(study) is None


def test_no_trial_and_an_unmeasured_winner_have_no_challenge():
    """Without a measured winner there is no challenge."""
    assert challenge(Study()) is None
    study = Study()
    study.trial(0.9, "forest")
    study.trial(0.9, "linear", complexity=1)
    assert challenge(study) is None


def test_a_loss_is_compared_as_people_read_it():
    """A higher RMSE is worse."""
    study = Study()
    study.trial(-30.0, "forest", spread=2.0, predict_ms=9.0, complexity=1000)
    study.trial(-31.0, "linear", spread=-2.0, predict_ms=9.0, complexity=10)
    found = challenge(study, NUMBERS)
    assert found.rival == 1
    assert any("RMSE" in one and "3.3% worse" in one for one in found.lost)
