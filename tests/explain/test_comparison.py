"""Is one model better than another: the corrected test, and its words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hitl_widget.domain import t_distribution
from hitl_widget.domain.objective import metric_named
from hitl_widget.explain.comparison import Contender, compare, contender_of, contenders
from hitl_widget.explain.views.baselines import baselines
from hitl_widget.explain.views.sessions import Side, sessions
from hitl_widget.preference.challenge import within_noise
from tests.advise.states import LABELS, SPACE, TASK, Story
from tests.preference.states import NUMBERS

AUC = metric_named("roc_auc")


def scores(*values: float) -> dict[int, float]:
    return dict(enumerate(values))


@pytest.mark.parametrize("df", [1, 2, 4, 9, 60])
def test_students_distribution_is_scipys(df: int) -> None:
    from scipy.stats import t

    for x in (-30, -2.5, -0.3, 0.0, 0.7, 3, 80):
        assert t_distribution.cdf(x, df) == pytest.approx(t.cdf(x, df), abs=1e-12)
    for p in (0.001, 0.2, 0.5, 0.9, 0.975):
        assert t_distribution.quantile(p, df) == pytest.approx(t.ppf(p, df), rel=1e-8, abs=1e-6)


def test_the_interval_is_that_of_nadeau_and_bengio() -> None:
    """Written out once by hand for five folds."""
    from scipy.stats import t

    one, other = scores(0.85, 0.84, 0.86, 0.83, 0.87), scores(0.84, 0.835, 0.84, 0.825, 0.85)
    found = compare(one, other, AUC)
    apart = np.array([0.01, 0.005, 0.02, 0.005, 0.02])
    error = math.sqrt(apart.var(ddof=1) * (1 / 5 + 1 / 4))
    assert (found.gap, found.error, found.folds) == (pytest.approx(0.012), pytest.approx(error), 5)
    assert found.low == pytest.approx(0.012 - t.ppf(0.975, 4) * error)
    assert found.better == pytest.approx(t.cdf(0.012 / error, 4))
    back = compare(other, one, AUC)
    assert (back.gap, back.better) == (pytest.approx(-0.012), pytest.approx(1 - found.better))


def test_the_noise_is_that_of_the_challenge() -> None:
    """One rule for noise in the whole product."""
    story = Story()
    a, b = story.trial("gbm", 0.85, jitter=0.01), story.trial("forest", 0.84, jitter=-0.02)
    one, other = (story.state.trials[number] for number in (a, b))
    found = compare(contender_of(one).scores, contender_of(other).scores, AUC)
    assert (found.gap, found.error) == pytest.approx(within_noise(one, other))


@pytest.mark.slow
def test_the_interval_covers_and_the_probability_of_another_split_comes_true() -> None:
    """Folds that share what their training rows share: a correlation of 1/k."""
    rng = np.random.default_rng(0)
    k, runs = 5, 1500
    covered, promised, kept = [], [], []
    for lead in rng.uniform(-0.05, 0.05, runs):
        drawn, again = (
            lead + 0.012 * (math.sqrt(1 / k) * rng.normal() + math.sqrt(1 - 1 / k) * rng.normal(size=k)) for _ in "ab"
        )
        found = compare(scores(*drawn), scores(*np.zeros(k)), AUC)
        covered.append(found.low <= lead <= found.high)
        promised.append(found.again)
        kept.append(again.mean() > 0)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.02)
    open_ones = (np.array(promised) > 0.6) & (np.array(promised) < 0.97)
    assert np.mean(np.array(kept)[open_ones]) == pytest.approx(np.mean(np.array(promised)[open_ones]), abs=0.05)


def test_the_words_follow_the_numbers() -> None:
    base = scores(0.80, 0.82, 0.81, 0.83, 0.80)
    names = ("LightGBM", "the linear model")
    better = compare({i: v + 0.012 + 0.002 * (-1) ** i for i, v in base.items()}, base, AUC, names=names)
    assert better.sentence == (
        "LightGBM is better than the linear model by 0.012 ± 0.001 SE; on another split, it would almost "
        "always be better."
    )
    unsure = compare({i: v + 0.002 + 0.02 * (-1) ** i for i, v in base.items()}, base, AUC, names=names)
    assert unsure.sentence.startswith(
        "LightGBM and the linear model are statistically tied on these 5 folds: LightGBM is ahead"
    )
    worse = compare(base, {i: v + 0.01 + 0.004 * i for i, v in base.items()}, AUC, names=names)
    assert worse.sentence.startswith("The linear model is better than LightGBM by 0.018 ± ")
    assert "of 100 cases" in worse.sentence
    assert (
        compare(base, base, AUC, names=names).sentence == "LightGBM and the linear model score the same on every fold."
    )
    rmse = compare(scores(-1000, -1100, -900), scores(-1500, -1610, -1380), metric_named("rmse"))
    assert "better than the second by 497 ± " in rmse.sentence


def test_one_fold_says_nothing_and_missing_folds_are_left_out() -> None:
    assert compare(scores(0.8), scores(0.7), AUC) is None
    found = compare(scores(0.8, 0.81, 0.9), {0: 0.7, 1: 0.72}, AUC, folds=5)
    assert found.folds == 2
    whole = compare(scores(0.8, 0.81), scores(0.7, 0.72), AUC)
    assert found.error < whole.error  # two of five folds test a fifth of the rows each, not a half


@pytest.mark.parametrize(("gap", "k"), [(0.0, 2), (0.01, 2), (0.0, 5), (0.01, 5)])
def test_models_that_differ_alike_on_all_folds_are_certain(gap: float, k: int) -> None:
    found = compare(dict.fromkeys(range(k), 0.5 + gap), dict.fromkeys(range(k), 0.5), AUC)
    assert (found.error, found.better, found.decided) == (0.0, 1.0 if gap else 0.5, bool(gap))


def test_a_model_is_held_against_what_one_would_try_first() -> None:
    from hitl_widget.domain.space import Space

    space = Space(("dummy", "linear", "gbm", "forest", "lightgbm"), SPACE.parameters)
    story = Story(space=space)
    story.trial("dummy", 0.5)
    story.trial("linear", 0.83, jitter=0.004)
    story.trial("linear", 0.84, C=5.0)
    best = story.trial("gbm", 0.86, jitter=0.001)
    chosen, usual = contenders(story.state, LABELS)
    assert (chosen.trial, chosen.name) == (best, f"LightGBM (trial {best})")
    assert [(one.name, one.trial) for one in usual] == [
        ("Constant", 0),
        ("Linear with default settings", 1),
        ("lightgbm with default settings", None),
    ]
    mine = Contender("my model", scores(0.87, 0.862, 0.85), "own")
    view = baselines(TASK, chosen, (*usual, mine))
    assert "are statistically tied on these 3 folds" in view.sentences[0]
    assert "my model" in view.sentences[0]
    assert view.sentences[1].startswith("The model beats Linear with default settings by 0.030 ± ")
    assert "Lightgbm with default settings: not tried yet." in view.notes
    rows = view.frame("models")
    assert rows["score"].dropna().is_monotonic_decreasing
    assert rows.set_index("name").loc["Constant", "gap"] == pytest.approx(0.36)
    assert rows["kind"].tolist().count("chosen") == 1
    assert "There is no model to compare" in baselines(TASK, chosen, ()).sentences[0]


def test_sessions_stand_side_by_side() -> None:
    def side(name: str, *values: float, rows: str = "same", task=TASK, **more):
        best = Contender("LightGBM (trial 3)", scores(*values)) if values else None
        return Side(name, task, best, more.get("trials", 40), 60.0, rows, more.get("holdout"))

    a, b = side("first", 0.80, 0.84, 0.82), side("second", 0.812, 0.851, 0.832, trials=7, holdout=0.83)
    view = sessions([a, b, side("empty"), side("else", -3.0, -3.1, task=NUMBERS)])
    assert view.sentences[0].startswith("Second is better than first by 0.0117 ± ")
    assert "7 trials in 1 min" in view.sentences[1]
    rows = view.frame("sessions").set_index("name")
    assert rows["comparable"].to_dict() == {"second": True, "first": True, "empty": False, "else": False}
    assert view.notes == ("Sessions with another target or metric are shown but not compared.",)
    apart = sessions([a, side("second", 0.812, 0.851, 0.832, rows="other")])
    assert "are statistically tied" in apart.sentences[0]
    assert "without pairing" in apart.notes[0]
    assert "two sessions with a model" in sessions([a]).sentences[0]
    assert "two sessions with a model" in sessions([]).sentences[0]
