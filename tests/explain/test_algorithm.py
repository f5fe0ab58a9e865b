"""What folds, rounds, warnings and times tell of an algorithm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.data.task import understand
from hitl_widget.domain import event as ev
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Split, SplitScheme
from hitl_widget.domain.trial import Author, Fold, Origin, Problem, Trial, TrialState, mean_and_std
from hitl_widget.evaluation.context import open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.evaluation.measures import MeasureJob, measure
from hitl_widget.explain.views.fold_spread import fold_spread
from hitl_widget.explain.views.rounds import rounds
from hitl_widget.explain.views.time_split import time_split
from hitl_widget.explain.views.training_gap import training_gap
from hitl_widget.explain.views.warnings import warnings_in_words
from tests.advise.states import LABELS, Story
from tests.preference.states import Study
from tests.tables import customers

AUC = metric_named("roc_auc")


def trial(*scores: float, state=TrialState.COMPLETE, warnings=(), family="gbm", times=(0.1, 0.7, 0.2)) -> Trial:
    folds = tuple(
        Fold(i, score, *times, rows=100, warnings=warnings[i] if i < len(warnings) else ())
        for i, score in enumerate(scores)
    )
    mean, std = mean_and_std(list(scores))
    seconds = sum(fold.seconds for fold in folds)
    return Trial(
        9,
        {"family": family},
        Author.MACHINE,
        Origin.SAMPLER,
        state=state,
        folds=folds,
        score=mean,
        std=std,
        seconds=seconds,
    )


FIVE = Split(SplitScheme.STRATIFIED, 5)


def test_folds_are_numbered_in_time() -> None:
    """The latest fold is evaluated first, and has the highest number."""
    view = fold_spread(Story().state, trial(0.70, 0.82, 0.83), AUC, Split(SplitScheme.FORWARD, 3, "day"))
    assert [(row["fold"], row["score"]) for row in view.data["folds"]] == [(1, 0.83), (2, 0.82), (3, 0.7)]
    assert "fold 3" in view.sentences[1].lower()
    assert "SE, the standard error" in view.notes[0]


def test_the_spread_of_folds_is_told_with_the_error_of_the_mean() -> None:
    view = fold_spread(Story().state, trial(0.80, 0.82, 0.84, 0.82, 0.82), AUC, FIVE)
    assert view.sentences[0] == ("Over 5 folds, ROC AUC ranges from 0.800 to 0.840; the mean is 0.820 ± 0.009 SE.")
    assert [row["fold"] for row in view.data["folds"]] == [1, 2, 3, 4, 5]


def test_a_fold_that_is_hard_for_all_is_told_from_one_that_is_odd() -> None:
    """In the story the third fold is 0.01 harder than the mean."""
    story = Story()
    for i in range(6):
        story.trial("gbm", 0.8 + i / 100)
    hard = fold_spread(story.state, trial(0.83, 0.82, 0.81), AUC, FIVE)
    assert hard.sentences[1] == (
        "Fold 3 scores worst. It is the hardest for most trials: its rows are the cause, not this model."
    )
    assert [row["usual"] for row in hard.data["folds"]] == pytest.approx([0.83, 0.82, 0.81])
    both = fold_spread(story.state, trial(0.83, 0.82, 0.80), AUC, FIVE)
    assert both.sentences[1] == (
        "Fold 3 scores worst. It is the hardest for most trials, but its rows are only part of the cause: this model "
        "falls 0.0067 further behind on it than the typical trial does, more than on any other fold."
    )
    odd = fold_spread(story.state, trial(0.70, 0.822, 0.819), AUC, FIVE)
    assert odd.sentences[1].startswith("Fold 1 is far worse than the others, but not hard for other trials")
    assert fold_spread(story.state, trial(0.8), AUC, FIVE).sentences[0].startswith("One fold scored 0.8")
    assert fold_spread(story.state, trial(), AUC, FIVE).sentences == ("This trial has no scored folds.",)


def test_warnings_are_told_with_what_helps() -> None:
    said = ("Stopped before it settled.",), ("Stopped before it settled.", "Strange things happened.")
    view = warnings_in_words(trial(0.8, 0.8, 0.8, warnings=said), LABELS)
    assert view.sentences[0].startswith(
        "On 2 of 3 folds: “Stopped before it settled.” This means that the fit reached its limit"
    )
    assert view.sentences[1] == "Also: “Strange things happened.”"
    assert view.data["warnings"][0]["folds"] == 2
    assert warnings_in_words(trial(0.8, 0.8), LABELS).sentences == (
        "No: LightGBM was fitted on 2 folds without a warning.",
    )
    failed = replace(trial(state=TrialState.FAILED), problem=Problem("error", "It broke."))
    assert warnings_in_words(failed).sentences == ("The trial failed: It broke.",)


def test_every_warning_that_we_word_has_its_advice() -> None:
    from hitl_widget.explain.views.warnings import _ADVICE
    from hitl_widget.learners.fitting import _WORDS

    assert {words for _, words in _WORDS if words} <= set(_ADVICE)


def test_time_is_split_and_held_against_other_families() -> None:
    story = Story()
    story.trial("gbm", 0.8, seconds=0.6)
    story.trial("linear", 0.8, seconds=0.3)
    story.trial("forest", 0.8, seconds=6.0)
    view = time_split(trial(0.8, 0.8, 0.8), story.state, LABELS)
    assert view.sentences[0] == "3 folds took 3.0 s on one core: 70% fitting, 20% predicting and 10% preparing."
    assert view.sentences[1].startswith(
        "That is 5.0 times as long as a typical LightGBM trial; in other families, a fold"
    )
    assert "from 100 ms (Linear) to 2.0 s (Random forest)" in view.sentences[1]
    assert view.frame("times").query("name == 'trial 9'")["seconds"].tolist() == pytest.approx([0.1, 0.7, 0.2])
    assert time_split(trial(), story.state, LABELS).sentences == ("This trial has no measured folds.",)


def test_a_trial_is_not_held_against_itself() -> None:
    """The only trial of its family is not "about as long as a typical trial" of that family."""
    story = Story()
    story.trial("linear", 0.8, seconds=0.3)
    story.trial("gbm", 0.8, seconds=0.6)
    alone = time_split(story.state.trials[1], story.state, LABELS)
    assert alone.sentences[1] == (
        "No other LightGBM trial is complete; in other families, a fold takes up to 100 ms (Linear)."
    )
    assert {row["name"] for row in alone.data["times"]} == {"trial 1", "Linear"}


@pytest.fixture(scope="module")
def churn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("churn")
    write_context(folder, understand(customers(500), "Churn", cv=3), 0)
    return open_context(folder)


def measured(context, config, hints=None, number=0):
    """Run the folds of a configuration, as workers do."""
    results, hints = [], dict(hints or {})
    for fold in range(len(context.folds)):
        results.append(evaluate_fold(context, FoldUnit(number, fold, dict(config), hints)))
        hints = results[0].hints
    folds = tuple(Fold(one.fold, one.score, hints=one.hints) for one in results)
    files = {one.fold: one.model_file for one in results}
    return TrialModel(number, config, hints, files=files), replace(trial(0.8), folds=folds)


@pytest.mark.slow
def test_the_gap_to_training_is_one_figure(churn) -> None:
    """The view, the objective measured with the fits, and the objective measured later say the same."""
    config = {"family": "extra_trees"}
    model, _ = measured(churn, config)
    frame = list(training_gap(churn, model))[-1].frame("scores")
    means = frame.groupby("part")["score"].mean()
    shown = means["training"] - means["validation"]
    (later,) = measure(churn, [MeasureJob(0, ("gap",), None, config, dict(model.hints), 0)], {})
    assert later.values["gap"] == pytest.approx(shown)
    study = Study()
    study.emit(ev.TrialQueued(0, config, Author.MACHINE, Origin.SAMPLER, None, "", 0))
    for fold in range(3):
        found = evaluate_fold(churn, FoldUnit(0, fold, config, dict(model.hints), measure=("gap",)))
        study.emit(ev.FoldDone(0, Fold(fold, found.score, measures=found.measures)))
    trial = study.state.trials[0]
    assert trial.measures["gap"] == pytest.approx(shown)
    assert trial.spreads["gap"] == pytest.approx(later.spreads["gap"])


@pytest.mark.slow
def test_training_is_held_against_validation_on_the_same_models(churn) -> None:
    model, of = measured(churn, {"family": "extra_trees"})
    views = list(training_gap(churn, model))
    assert [view.partial for view in views] == [True, True, False]
    frame = views[-1].frame("scores")
    valid = frame.query("part == 'validation'")["score"].tolist()
    assert valid == pytest.approx([fold.score for fold in of.folds], abs=1e-6)
    assert (frame.query("part == 'training'")["score"].to_numpy() > valid).all()
    assert "better on the rows that the model has seen" in views[-1].sentences[0]
    assert [view.sentences[0][:29] for view in views[:2]] == [
        "No answer yet: after 1 of 3 f",
        "No answer yet: after 2 of 3 f",
    ]
    dull, _ = measured(churn, {"family": "dummy"}, number=1)
    assert "no sign of overfitting" in list(training_gap(churn, dull))[-1].sentences[0]


@pytest.mark.parametrize("family", ["lightgbm", "xgboost", "catboost"])
def test_the_curve_of_rounds_ends_at_the_score_of_the_fold(churn, family) -> None:
    if not churn.learner(family).available():
        pytest.skip(f"{family} is not installed")
    model, of = measured(churn, {"family": family}, {"rounds": 30}, number=2)
    view = rounds(churn, model, of, fold=1)
    assert [row["rounds"] for row in view.data["found"]] == [30] * 3
    assert view.sentences[0] == "Early stopping chose 30 rounds on the first fold; the other folds use the same number."
    frame = view.frame("curve")
    end = frame[frame["round"] == 30].set_index("part")["score"]
    assert end["validation"] == pytest.approx(of.folds[1].score, abs=1e-6)
    assert end["training"] > frame.query("part == 'training'")["score"].iloc[0]
    assert len(view.sentences) == 2


def test_what_does_not_learn_in_rounds_says_so(churn) -> None:
    model, of = measured(churn, {"family": "linear"}, number=3)
    assert rounds(churn, model, of).sentences == ("Linear model has no boosting rounds, or did not record them.",)


def test_the_words_of_a_curve_follow_it() -> None:
    from hitl_widget.explain.views.rounds import _curve_words

    def told(*scores: float) -> str:
        rows = [{"round": 10 * (i + 1), "part": "validation", "score": one} for i, one in enumerate(scores)]
        return _curve_words(AUC, rows, 10 * len(scores))

    assert told(0.6, 0.7, 0.75, 0.8).startswith("The second half of the rounds still improved ROC AUC by 0.100")
    assert told(0.6, 0.8, 0.801, 0.801).startswith(
        "The score has settled: the second half of the rounds improved ROC AUC by 0.001"
    )
    assert told(0.6, 0.8, 0.7, 0.65).startswith("The validation score was best after 20 rounds and then lost 0.150")
