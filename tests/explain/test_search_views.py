"""The views of a search: what its sentences say follows from the trials."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Belief
from hitl_widget.domain.data_choices import ANY_VIEW
from hitl_widget.domain.objective import built_in, metric_named
from hitl_widget.domain.space import Space
from hitl_widget.domain.trial import Author, Origin, Reasons
from hitl_widget.errors import ConfigError
from hitl_widget.explain.comparison import compare, contender_of
from hitl_widget.explain.knowledge import knowledge_of
from hitl_widget.explain.views.ablation import ablation
from hitl_widget.explain.views.course import course
from hitl_widget.explain.views.footprint import footprint
from hitl_widget.explain.views.hyperparameters import hyperparameters as importance
from hitl_widget.explain.views.interactions import interactions
from hitl_widget.explain.views.parallel import parallel
from hitl_widget.explain.views.pipelines import pipelines
from hitl_widget.explain.views.setting import setting as effects
from hitl_widget.explain.views.winner import _beats, winner
from tests.advise.states import LABELS, SPACE, Story
from tests.explain.searched import crowded, truth

AUC, RMSE = metric_named("roc_auc"), metric_named("rmse")
VIEWS = {
    "importance": lambda state: importance(state, metric=AUC),
    "effects": lambda state: effects(state, AUC),
    "around": lambda state: effects(state, AUC, around="best"),
    "interactions": lambda state: interactions(state, AUC),
    "ablation": lambda state: ablation(state, AUC),
    "course": lambda state: course(state, AUC, LABELS),
    "winner": lambda state: winner(state, AUC, LABELS),
    "parallel": lambda state: parallel(state, AUC),
    "footprint": lambda state: footprint(state, AUC, LABELS),
    "pipelines": lambda state: pipelines(state, AUC, LABELS),
}


@pytest.fixture(scope="module")
def long():
    return crowded(250).state


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_stands_on_plain_values(name, long) -> None:
    """Sentences end, rows are JSON without gaps in it, and the charts are named."""
    view = VIEWS[name](long)
    assert view.question.endswith("?")
    assert all(said.endswith(".") for said in (*view.sentences, *view.notes))
    assert 1 <= len(view.sentences) <= 3
    assert view.charts
    assert view.data
    json.dumps({**view.data, "about": view.about, "options": view.options}, allow_nan=False)


@pytest.mark.parametrize("count", [3, 60])
def test_the_other_settings_are_told_even_when_it_is_too_early(count) -> None:
    """The page shows them as the chosen value."""
    view = effects(crowded(count).state, AUC)
    assert view.about["around"] == "everything"
    assert view.about["around"] in view.options["around"]


@pytest.mark.parametrize("name", VIEWS)
def test_each_view_stands_on_nothing_and_on_a_strange_record(name) -> None:
    """No trial; failed, stopped and discarded ones; families without hyperparameters; an edited space."""
    assert VIEWS[name](Story().state).sentences
    few = Story()
    few.trial("dummy", 0.5)
    few.trial("gbm")
    assert VIEWS[name](few.state).sentences
    story = crowded(30, seed=3)
    story.trial("dummy", 0.5)
    story.trial("linear", 0.8, stopped=True)
    story.trial("forest")
    story.edit({"gbm.rate": {"low": 0.02, "high": 0.08}, "gbm.extra": {"fix": True}}, exclude=["forest"])
    view = VIEWS[name](crowded(20, seed=4, story=story, score=lambda **p: truth(**p)).state)
    assert view.sentences
    json.dumps(dict(view.data), allow_nan=False)


@pytest.mark.parametrize("name", ["importance", "effects", "interactions", "ablation", "parallel", "footprint"])
def test_it_says_when_it_is_too_early(name) -> None:
    (said,) = VIEWS[name](crowded(8).state).sentences
    assert said.startswith("Not enough trials")
    assert "view needs at least 12" in said


def test_importance_is_told_for_each_objective() -> None:
    from dataclasses import replace

    state = crowded(60).state
    trials = state.trials
    for trial in state.trials:
        timed = replace(trial, measures={"predict_ms": 10.0 * trial.config["gbm.leaves"]})
        trials = trials.replace(trial.number, timed)
    view = importance(
        replace(state, trials=trials), objectives=[built_in("predict_ms"), built_in("complexity")], metric=AUC
    )
    frame = view.frame("importance")
    assert set(frame["objective"]) == {"score", "predict_ms"}
    assert frame[frame["objective"] == "predict_ms"].iloc[0]["label"] == "leaves per tree"
    assert frame.groupby("objective")["share"].sum().tolist() == pytest.approx([1, 1])
    assert view.sentences[1].startswith("Prediction time depends most on leaves per tree (")


def test_effects_say_what_moves_the_score_and_where_nobody_looked(long) -> None:
    view = effects(long, AUC)
    assert view.sentences[0].startswith("Learning rate affects the score most: 0.0")
    assert "The search looked mainly in good regions: half of 250 trials lie between 0.0" in view.sentences[1]
    curve = view.frame("curves").query("parameter == 'gbm.rate'")
    best = curve.loc[curve["y"].idxmax(), "x"]
    assert 0.02 < best < 0.08
    assert (curve["low"] < curve["y"]).all()
    extra = view.frame("curves").query("parameter == 'gbm.extra'").set_index("text")["y"]
    assert extra["on"] - extra["off"] == pytest.approx(0.004, abs=0.002)
    gap = effects(crowded(200, near=0.97, seed=2).state, AUC, parameter="gbm.rate")
    assert "there are few trials, and the curve is uncertain" in gap.sentences[1]
    assert gap.frame("curves")["thin"].any()


def test_effects_of_noise_are_not_sure() -> None:
    noise = crowded(80, score=lambda **p: 0.8, noise=0.01).state
    assert effects(noise, AUC).sentences[0].startswith("No certain effect yet, not even of")
    assert effects(noise, AUC, parameter="gbm.share").sentences[0].startswith("No certain effect of share of columns")


def test_an_error_is_read_downwards() -> None:
    """For an error people read the negative of the score."""
    story = crowded(120, score=lambda **p: 1000 * (truth(**p) - 2))
    view = effects(story.state, RMSE, parameter="gbm.rate")
    curve = view.frame("curves")
    assert (curve["y"] > 0).all()
    assert 0.015 < curve.loc[curve["y"].idxmin(), "x"] < 0.1
    assert (curve["low"] < curve["high"]).all()


def test_an_unknown_hyperparameter_is_refused_with_those_there_are(long) -> None:
    with pytest.raises(ConfigError, match=r"'gbm.nope' was not varied; these were: gbm.rate"):
        effects(long, AUC, parameter="gbm.nope")


def test_interactions_say_how_the_best_value_moves(long) -> None:
    view = interactions(long, AUC)
    assert "comes from learning rate together with leaves per tree" in view.sentences[0]
    assert view.sentences[1].startswith("With learning rate at 0.0")
    assert view.data["pairs"][0]["sure"]
    alone = interactions(crowded(150, score=lambda **p: truth(**p, together=0.0)).state, AUC)
    assert alone.sentences[0].startswith("No interactions found")
    assert alone.charts == ("interactions",)


def test_the_way_from_the_default_to_the_best_adds_up() -> None:
    story = Story()
    start = story.trial("gbm", truth(0.1, 31, 1.0, False))
    state = crowded(150, story=story).state
    view = ablation(state, AUC)
    steps = view.frame("steps")
    assert steps.iloc[0]["score"] == pytest.approx(state.trials[start].score)
    assert steps.iloc[-1]["score"] == pytest.approx(state.best_trial.score)
    assert steps["gain"].sum() == pytest.approx(state.best_trial.score - state.trials[start].score)
    assert steps["measured"].tolist()[0]
    assert steps["measured"].tolist()[-1]
    assert "most of it from learning rate 0.1 → 0.0" in view.sentences[0]
    assert "predicted from all trials" in view.notes[0]
    same = Story()
    same.trial("gbm", 0.95)
    assert ablation(crowded(30, story=same).state, AUC).sentences == ("The default is the best trial of its family.",)


def test_each_change_is_told_with_what_its_trials_brought() -> None:
    story = crowded(20, near=0, score=lambda **p: 0.80)
    assert course(story.state, AUC, LABELS).sentences[1].startswith("Nobody has steered the search yet")
    story.edit({"gbm.rate": {"low": 0.02, "high": 0.08}})
    crowded(12, near=0, seed=2, score=lambda **p: 0.82, story=story)
    story.edit({"gbm.leaves": {"low": 5, "high": 50}})
    view = course(crowded(6, near=0, seed=3, score=lambda **p: 0.80, story=story).state, AUC, LABELS)
    first, second = view.data["acts"]
    assert (first["first"], first["trials"], second["trials"]) == (20, 12, 6)
    assert first["gain"] == pytest.approx(0.02, abs=0.006)
    assert second["gain"] == 0
    assert (first["complete"], second["complete"]) == (20, 32)
    said = "The largest gain came from the search's change “t”: the 12 trials proposed because of it improved the best"
    assert view.sentences[1].startswith(said)


def test_a_starting_point_that_runs_after_a_change_is_no_result_of_it() -> None:
    """Nor is a trial of a family whose ranges did not change; the queued trial is told beside."""
    story = Story()
    story.trial("gbm", 0.80)
    story.edit({"gbm.rate": {"low": 0.02, "high": 0.08}}, exclude=["forest"])
    story.trial("linear", 0.85)
    start = story.trial("gbm", 0.86)
    queued = story.trial("gbm", 0.81, leaves=7)
    for number, how in ((start, {"origin": Origin.START}), (queued, {"author": Author.YOU, "origin": Origin.OWN})):
        trials = story.state.trials
        story.state = replace(story.state, trials=trials.replace(number, replace(trials[number], **how)))
    view = course(story.state, AUC, LABELS)
    (act,) = view.data["acts"]
    assert (act["trials"], act["gain"]) == (0, 0)
    assert view.sentences[1:] == (
        "The search's change brought no gain: no new best score came from a trial that was proposed because of it.",
        "#3, which you queued, scored 0.8100; the best is #2 with 0.8600.",
    )


def test_a_trial_led_by_a_belief_that_repeats_the_best_is_told_as_that() -> None:
    story = Story()
    story.trial("gbm", 0.80)
    belief = Belief("gbm.leaves", around=31)
    story.tell(ev.Steered("do", 1, "belief", "belief: leaves", beliefs=(belief.as_json(),)), author=Author.YOU)
    led = story.trial("gbm", 0.80)
    reasons = {"origin": Origin.BELIEF, "reasons": Reasons("exploit", (), "gbm.leaves", 1.0)}
    trials = story.state.trials
    story.state = replace(story.state, trials=trials.replace(led, replace(trials[led], **reasons)))
    view = course(story.state, AUC, LABELS)
    assert [one["trials"] for one in view.data["acts"]] == [1]
    assert view.sentences[1] == (
        "Your change brought no gain: no new best score came from a trial that was proposed because of it. #1, "
        "proposed because of “belief: leaves”, repeated the settings of #0 and scored the same, 0.8000; the best is #0."
    )


def test_trials_come_in_the_order_in_which_they_ended() -> None:
    """A trial that is measured again later, as the holdout does, stays where it ended, and leads from there."""
    story = Story()
    for score in (0.8, 0.9, 0.7):
        story.trial("gbm", score)
    story.edit({"gbm.rate": {"low": 0.02, "high": 0.08}})
    story.trial("gbm", 0.85, rate=0.05)
    state = story.state
    best = state.best
    late = replace(state.trials[best], seq=state.seq + 1)
    view = course(replace(state, trials=state.trials.replace(best, late)), AUC, LABELS)
    assert [one["number"] for one in view.data["trials"]] == [one["number"] for one in _trials(state)]
    assert view.sentences[1].endswith("#3, proposed because of “t”, scored 0.8500; the best is #1 with 0.9000.")


def test_scores_before_a_change_of_the_data_do_not_compare():
    """The change stands after the trials before it; the best score starts again, and the constant leaves no line."""
    story = Story()
    story.trial("dummy", 0.5, view=ANY_VIEW)
    constant = replace(story.state.trials[0], origin=Origin.BASELINE)
    story.state = replace(story.state, trials=story.state.trials.replace(0, constant))
    for score in (0.91, 0.92):
        story.trial("gbm", score)
    roles = {
        "roles": {"a": ["ignored", "excluded by you", 0, 9, True, []]},
        "filling": {},
        "encoding": {},
        "transforms": [],
    }
    story.tell(ev.Steered("do", 1, "data", "excluded a", "", 1, data=roles))
    for score in (0.78, 0.79):
        story.trial("gbm", score, view=1)
    view = course(story.state, AUC, LABELS)
    assert view.sentences[1] == (
        "Scores from before “excluded a” are not comparable with later ones. Since then, the best score went from "
        "0.780 to 0.790 in 2 trials."
    )
    (act,) = view.data["acts"]
    assert (act["first"], act["complete"], act["trials"]) == (3, 3, 0)
    best = [(one["past"], one["best"]) for one in view.data["trials"]]
    assert best[0] == (0, None)
    assert [past for past, _ in best[1:]] == [1, 1, 0, 0]
    assert [score for _, score in best[1:]] == pytest.approx([0.91, 0.92, 0.78, 0.79])


def _trials(state):
    return course(state, AUC, LABELS).data["trials"]


def test_a_gain_within_the_noise_is_told_as_that() -> None:
    """A gain below the standard error of the best score is called that."""
    story = Story()
    for score in (0.8, 0.9, 0.7):
        story.trial("gbm", score, jitter=0.02)
    story.edit({"gbm.rate": {"low": 0.02, "high": 0.08}})
    story.trial("gbm", 0.9005, jitter=0.02)
    said = course(story.state, AUC, LABELS).sentences[1]
    assert said.endswith(
        "the trial proposed because of it improved the best score by 0.0005, less than the standard "
        "error of the best score."
    )


def test_the_winner_is_told_with_the_noise() -> None:
    def told(gap, jitter):
        story = Story()
        story.trial("forest", 0.85)
        story.trial("gbm", 0.85 + gap, jitter=jitter)
        story.trial("linear", 0.7)
        return winner(story.state, AUC, LABELS)

    assert "by 0.002, less than the standard error of 0.0063: either could have won" in told(0.002, 0.004).sentences[0]
    clear = told(0.02, 0.001)
    assert clear.sentences[0].startswith(
        "LightGBM (trial 1) beats the runner-up (trial 0, Random forest) by 0.02, much more"
    )
    assert clear.sentences[1] == (
        "None of the 2 trials in the chart are statistically tied with the recommended model; Random forest #0 (by "
        "0.02) and Linear #2 (by 0.170) are clearly behind."
    )
    assert clear.sentences[2] == "The winner is LightGBM with its default settings: tuning brought nothing so far."
    assert [row["trial"] for row in clear.data["rivals"]] == [1, 0, 2]


def test_the_winner_is_compared_with_the_trials_that_the_chart_draws() -> None:
    """A family that lies beyond the chart is not named; a tuned winner is not called a default."""
    story = Story()
    for place in range(14):
        story.trial("gbm", 0.80 + 0.001 * place, leaves=5 + place)
    story.trial("linear", 0.6)
    story.trial("forest", 0.7)
    said = winner(story.state, AUC, LABELS).sentences
    assert len(said) == 2
    assert "14 trials in the chart" in said[1]
    assert "Linear" not in said[1]
    assert "LightGBM #12 (by 0.001)" in said[1]


def test_a_winner_by_preference_of_a_loss_scores_worse_not_less() -> None:
    """A greater RMSE is worse, so the words do not say that the score is less."""
    story = Story()
    story.trial("forest", -10.0)
    story.trial("gbm", -12.0)
    forest, gbm = story.state.trials
    found = compare(contender_of(gbm).scores, contender_of(forest).scores, RMSE)
    said = _beats(RMSE, LABELS, "LightGBM (trial 1)", forest, found)
    assert said.startswith("LightGBM (trial 1) scores 2.000 worse than the runner-up (trial 0, Random forest). It is ")


def test_the_best_agree_on_what_decides(long) -> None:
    view = parallel(long, AUC)
    assert view.sentences[0].startswith("The best 25 trials agree on")
    assert "learning rate from 0.0" in view.sentences[0]
    assert len(view.frame("lines")["trial"].unique()) <= 150
    assert view.frame("axes")["position"].tolist() == [0, 1, 2, 3]


def test_trials_that_were_stopped_early_are_not_called_unvaried() -> None:
    story = crowded(8)
    for rank in range(6):
        story.trial("gbm", 0.7, stopped=True, rate=0.01 * (rank + 1), leaves=20, share=0.9, extra=True)
    (said,) = parallel(story.state, AUC).sentences
    assert said == (
        "Not enough trials of this model: the view needs at least 12 complete ones, and there are 8; 6 others stopped "
        "early."
    )


def test_one_that_was_varied_alone_hangs_on_no_other() -> None:
    story = Story()
    for rank in range(14):
        story.trial("gbm", 0.8 + rank / 1000, rate=0.01 * (rank + 1), leaves=20, share=0.9, extra=True)
    said = "Only learning rate was varied in these 14 trials; at least two are needed."
    assert interactions(story.state, AUC).sentences == (said,)


def test_a_value_that_all_good_ones_share_is_named_once() -> None:
    story = Story()
    for rank in range(40):
        good = rank < 12
        rate = 0.01 if good else 0.005 * 60 ** (rank / 40)
        story.trial("gbm", 0.9 - rank / 1000 - 0.1 * (not good), rate=rate, leaves=20, share=0.9, extra=True)
    assert parallel(story.state, AUC).sentences[0] == "The best 5 trials agree on learning rate = 0.01."


def test_the_footprint_shows_islands_and_where_nobody_was(long) -> None:
    view = footprint(crowded(150).state, AUC, LABELS)
    assert "narrowed down" in view.sentences[0]
    dots = view.frame("dots")
    assert dots["best"].sum() == 1
    assert dots["when"].between(0, 1).all()
    assert len(view.data["empty"]) >= 30
    wide = footprint(crowded(100, near=0.0).state, AUC, LABELS)
    assert "as widely as at the beginning" in wide.sentences[0]


def test_pipelines_count_every_trial_at_every_stage() -> None:
    story = Story(space=Space(("dummy", "linear", "gbm"), SPACE.parameters))
    story.trial("dummy", 0.5)
    story.trial("linear", 0.8)
    story.trial("linear", 0.83, numbers="quantiles")
    story.trial("linear", 0.81, numbers="quantiles")
    view = pipelines(story.state, AUC, LABELS)
    assert view.frame("nodes").groupby("stage")["trials"].sum().tolist() == [4] * 4
    assert view.frame("links").groupby("stage")["trials"].sum().tolist() == [4] * 3
    assert view.sentences[0].startswith("Of 3 pipelines in 4 trials, the best is Linear with quantiles")


@pytest.mark.slow
def test_views_are_quick_with_many_trials() -> None:
    """Generous, so that a loaded machine is no failure: 5,000 trials take less than 0.2 s on a free one."""
    state = crowded(1200, noise=0.004).state
    knowledge_of(state, "gbm")
    for view in VIEWS.values():
        begun = time.process_time()
        view(state)
        assert time.process_time() - begun < 1.0
