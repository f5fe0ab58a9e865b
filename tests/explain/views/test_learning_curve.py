"""More data or more modelling: a law of known noise, and fits on growing shares."""

from __future__ import annotations

import numpy as np
import pytest

from hitl_widget.data.task import understand
from hitl_widget.domain.objective import metric_named
from hitl_widget.evaluation.context import open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.explain.views.learning_curve import Outlook, _answer, grown, learning_curve, outlook
from tests.tables import customers, prices, species

ROWS = np.array([100, 200, 350, 600, 1000])


def drawn(b: float, c: float, noise: float, seed: int, folds: int = 3) -> np.ndarray:
    """Scores of folds at different heights, with noise around one law."""
    rng = np.random.default_rng(seed)
    law = 0.9 - b * ROWS**-c
    return law + 0.02 * rng.normal(size=(folds, 1)) + noise * rng.normal(size=(folds, len(ROWS)))


@pytest.mark.parametrize(("b", "c"), [(1.0, 0.5), (0.3, 0.25), (8.0, 1.0)])
def test_a_law_without_noise_is_continued(b: float, c: float) -> None:
    found = outlook(ROWS, drawn(b, c, 1e-6, 0))
    assert found.gain == pytest.approx(b * (1000**-c - 2000**-c), rel=0.1)
    assert found.rows[-1] == pytest.approx(2000)
    assert np.all(np.diff(found.mean) > 0)


@pytest.mark.parametrize(("b", "c"), [(1.0, 0.5), (0.3, 0.25), (0.0, 0.5)])
def test_the_error_of_the_gain_holds_under_known_noise(b: float, c: float) -> None:
    """Two errors hold the truth nine times in ten or more, and they are no wider than need be."""
    truth = b * (1000**-c - 2000**-c)
    found = [outlook(ROWS, drawn(b, c, 0.004, seed), folds=5) for seed in range(150)]
    gains, errors = np.array([(one.gain, one.error) for one in found]).T
    assert np.mean(np.abs(gains - truth) < 2 * errors) > 0.88
    assert np.mean(gains) == pytest.approx(truth, abs=0.003)
    assert np.mean(errors) < 0.008
    if b == 0:
        assert np.mean(gains > 2 * errors) < 0.1


def test_one_fold_has_an_error_and_two_sizes_no_law() -> None:
    assert outlook(ROWS, drawn(1.0, 0.5, 0.004, 0, folds=1)).error > 0
    assert outlook(ROWS[:2], drawn(1.0, 0.5, 0.0, 0)[:, :2]) is None
    assert outlook(ROWS, np.full((3, 5), 0.8)).gain == pytest.approx(0, abs=1e-6)


def opened(folder, data, target, **arguments):
    write_context(folder, understand(data, target, **arguments), 0)
    return open_context(folder)


@pytest.fixture(scope="module")
def churn(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("churn"), customers(900), "Churn")


def last(views):
    found = list(views)
    assert all(view.partial for view in found[:-1])
    assert not found[-1].partial
    return found[-1]


def test_the_curve_ends_where_the_trial_stands(churn) -> None:
    """On all rows the fit is that of the trial itself; partial views come after each fit."""
    config = {"family": "linear"}
    view = last(learning_curve(churn, TrialModel(0, config), folds=2, shares=(0.3, 0.6, 1)))
    frame = view.frame("points")
    whole = frame[frame["rows"] == frame["rows"].max()].query("part == 'validation'")
    for row in whole.itertuples():
        unit = FoldUnit(0, row.fold - 1, config, {}, keep_model=False)
        assert row.score == pytest.approx(evaluate_fold(churn, unit).score, abs=0.003)
    assert len(frame) == 3 * 2 * 2
    assert "twice as many rows would improve" in view.sentences[0]
    assert view.notes[0].startswith(
        "The curve rests on folds 1 and 2 of 5. On these, all training rows give ROC AUC 0."
    )
    assert {row["known"] for row in view.data["law"]} == {True, False}
    assert not list((churn.folder / "models").glob("*")) if (churn.folder / "models").exists() else True


@pytest.mark.slow
def test_a_tree_that_learns_by_heart_is_told_from_one_that_needs_rows(tmp_path) -> None:
    rng = np.random.default_rng(0)
    n = 400
    x = rng.normal(size=(n, 3))
    data = {"a": x[:, 0], "b": x[:, 1], "y": np.where(rng.random(n) < 0.5, "p", "q")}
    context = opened(tmp_path, data, "y")
    view = last(learning_curve(context, TrialModel(0, {"family": "extra_trees"}), folds=3, shares=(0.25, 0.5, 1)))
    assert view.sentences[0].startswith("More data alone would hardly help")
    assert "The score on training rows is" in view.sentences[1]
    dull = last(learning_curve(context, TrialModel(0, {"family": "dummy"}), folds=2, shares=(0.25, 0.5, 1)))
    assert dull.sentences[1].startswith("Nor does the model overfit: its score is no better on training rows.")


def test_growing_shares_keep_classes_groups_and_time(tmp_path, churn) -> None:
    order = grown(churn, 0)
    assert sorted(order) == sorted(churn.folds[0][0])
    shares = [churn.y[order[:count]].mean() for count in (30, 100, len(order))]
    assert shares == pytest.approx([shares[-1]] * 3, abs=0.02)
    data = prices(300)
    data["when"], data["seller"] = np.arange(300), np.arange(300) // 10
    late = opened(tmp_path / "a", data, "price", time="when")
    taken = grown(late, 1)[:40]
    assert late.ranks[taken].min() >= np.sort(late.ranks[late.folds[1][0]])[-40]
    grouped = opened(tmp_path / "b", data, "price", groups="seller")
    assert len(np.unique(grouped.groups[grown(grouped, 0)[:20]])) <= 3


def test_classes_and_tiny_tables(tmp_path) -> None:
    flowers = opened(tmp_path / "a", species(), "species")
    view = last(learning_curve(flowers, TrialModel(0, {"family": "tree"}), folds=2, shares=(0.3, 0.6, 1)))
    assert view.frame("points")["score"].gt(0).all()  # log loss, as people read it
    tiny = opened(tmp_path / "b", prices(20), "price")
    assert last(learning_curve(tiny, TrialModel(0, {"family": "linear"}), folds=1)).sentences == (
        "There are too few rows for a curve.",
    )


def test_the_answer_weighs_the_gain_against_the_gap() -> None:
    """The same curve with other gaps is told otherwise, and training is never said to agree where it does not."""

    def told(gain, error, *gaps):
        law = Outlook(gain, error, (), (), ())
        return " ".join(_answer(metric_named("roc_auc"), law, [(0.8 + gap, 0.8) for gap in gaps], 5, 5))

    assert told(0.006, 0.002, 0.01, 0.011, 0.009).startswith(
        "More data may help a little: twice as many rows would improve ROC AUC by about 0.006 ± 0.002 SE, which is "
        "uncertain with 3 folds."
    )
    assert told(0.06, 0.002, 0.01, 0.011, 0.009).startswith("More data would help: twice")
    assert told(0.006, 0.001, 0.01, 0.011, 0.009).startswith("More data would help a little: twice")
    said = _answer(metric_named("roc_auc"), Outlook(0.006, 0.002, (), (), ()), [(0.9, 0.8), (0.91, 0.8)], 5, 5)
    assert "SE on the same 2 folds, far more" in said[1]
    assert "The curve still improves" in told(0.006, 0.002, 0.01, 0.011, 0.009)
    assert "far more than that: a simpler" in told(0.006, 0.002, 0.1, 0.11, 0.09)
    assert "try a simpler or more regularized model" in told(0.001, 0.002, 0.1, 0.11, 0.09)
    assert "which may be noise with so few folds" in told(0.001, 0.002, 0.1, 0.01, 0.3)
    assert "Nor does the model overfit" in told(-0.001, 0.002, 0.001, -0.001, 0.002)
    assert "about −0.001 ± 0.002" in told(-0.001, 0.002, 0.001, -0.001, 0.002)
