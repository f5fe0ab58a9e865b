from __future__ import annotations

import math
import threading
from dataclasses import replace

import pytest

from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.event import Steered
from hitl_widget.domain.preference import Comparison, Goals, Preferences
from hitl_widget.domain.task import Column, Role
from hitl_widget.domain.trial import TrialState
from hitl_widget.preference.model import PreferenceModel
from tests.preference.states import BINARY, NUMBERS, Study, limit

TIMES = ("roc_auc", "predict_ms")
# The more a model scores, the longer it takes: all of them lie on the front.
LADDER = [(0.70 + 0.02 * step, 1.5**step) for step in range(10)]


def ladder(rungs=LADDER, family="linear"):
    study = Study()
    study.trial(0.5, "dummy", predict_ms=0.1, complexity=1)
    for score, ms in rungs:
        study.trial(score, family, spread=0.002, predict_ms=ms, complexity=10.0)
    return study


def model(task=BINARY, **kwargs):
    return PreferenceModel(task, frozenset({"dummy"}), **kwargs)


def answers(study, likes_fast=True):
    """Answers of a person who cares only about time, or only about the score."""
    pairs = [(1, 10), (2, 9), (3, 8), (4, 7), (1, 5), (2, 6)]
    return tuple(Comparison(a, b, "a" if likes_fast else "b") for a, b in pairs)


def test_nothing_said_recommends_nothing_and_has_a_question():
    """Before the first answer the metric decides, certainty is 0, and the question is a pair of the front."""
    study = ladder()
    assessment = model().assess(study.state)
    assert (assessment.certainty, assessment.recommended, assessment.summary) == (0.0, None, None)
    assert {assessment.question.first, assessment.question.second} <= set(assessment.front)
    assert model().learn(study.state) is None
    assert model().scalarization(study.state) is None
    assert study.state.chosen == study.state.best == 10


@pytest.mark.parametrize(("likes_fast", "wanted"), [(True, {1, 2}), (False, {9, 10})])
def test_answers_lead_to_what_the_person_wants(likes_fast, wanted):
    """A person who always prefers the faster model is recommended a fast one, and vice versa."""
    study = ladder()
    study.prefer(Preferences(TIMES, comparisons=answers(study, likes_fast)))
    learnt = model().learn(study.state)
    assert learnt.recommended in wanted
    assert learnt.answers == 6
    assert learnt.sentence
    study.emit(learnt)
    assert study.state.chosen in wanted


def test_certainty_rises_with_answers():
    """Each further consistent answer increases the certainty."""
    study, found = ladder(), []
    for count in (1, 3, 6):
        study.prefer(Preferences(TIMES, comparisons=answers(study)[:count]))
        found.append(model().assess(study.state).certainty)
    assert found == sorted(found)
    assert found[-1] > found[0] + 0.1
    assert all(0 <= one <= 1 for one in found)


def test_baselines_stopped_failed_and_unmeasured_trials_are_no_candidates():
    """A candidate is a complete trial of a real family with all objectives known."""
    study = ladder()
    stopped = study.trial(0.9, state=TrialState.STOPPED, predict_ms=0.1)
    failed = study.trial(0.9, state=TrialState.FAILED)
    bare = study.trial(0.95)
    assessment = model().assess(study.state)
    assert set(assessment.worth) == set(range(1, 11))
    study.measured(bare, predict_ms=0.01, complexity=1.0)
    assessment = model().assess(study.state)
    assert assessment.front == (bare,)
    assert not {0, stopped, failed} & set(assessment.worth)


def test_a_model_no_better_than_the_constant_guess_is_no_candidate():
    """A model no better than the constant prediction is neither asked about nor on the front."""
    study = ladder([*LADDER, (0.5, 0.05)])
    assessment = model().assess(study.state)
    assert 11 not in assessment.front
    assert 11 not in {assessment.question.first, assessment.question.second}
    assert 1 in assessment.front


def test_an_answer_about_a_trial_that_lacks_a_value_counts():
    """A pair is compared on the objectives that both trials have, even if one cannot be recommended yet."""
    study = ladder()
    bare = study.trial(0.95)
    pairs = (Comparison(bare, 1, "a"), Comparison(bare, 2, "a"), Comparison(bare, 3, "a"))
    study.prefer(Preferences(TIMES, comparisons=pairs))
    assessment = model().assess(study.state)
    assert len(assessment.utility.evidence) == 3
    assert math.isnan(assessment.worth[bare])
    assert assessment.recommended not in (None, bare)
    shares = {one.name: one.share for one in assessment.summary.weights}
    before = model().assess(ladder().state).utility.samples.weights.mean(axis=1)
    assert shares["roc_auc"] > before[0]


def test_trials_on_earlier_data_are_no_candidates():
    """After a data change, the front, the values and the recommendation are those of today's trials."""
    study = ladder()
    study.prefer(Preferences(TIMES, comparisons=answers(study, likes_fast=False)))
    study.change_data(DataChoices(roles={"town": Column("town", Role.IGNORED, "")}))
    today = {study.trial(0.60 + 0.02 * step, predict_ms=1.5**step, complexity=10.0) for step in range(5)}
    study.pause()
    found = model().assess(study.state)
    assert set(found.front) <= today
    assert found.recommended in today
    compared = {number for one in study.state.preferences.comparisons for number in one.pair}
    assert set(found.worth) <= today | compared
    low = study.state.trials[min(today)]
    worth = model().scalarization(study.state)
    assert worth.of_trial(study.state.trials[max(today)]) > worth.of_trial(low)
    study.emit(Steered("undo", 2, generation=2, data=DataChoices().as_json()))
    assert set(model().assess(study.state).front) == set(range(1, 11))


def test_no_pair_is_asked_twice_also_when_skipped():
    """The questions of a whole session never repeat, and end."""
    study = ladder()
    said, seen = (), set()
    for turn in range(60):
        study.prefer(Preferences(TIMES, comparisons=said))
        assessment = model().assess(study.state)
        if assessment.question is None:
            break
        pair = frozenset((assessment.question.first, assessment.question.second))
        assert len(pair) == 2
        assert pair not in seen
        seen.add(pair)
        said = (*said, Comparison(assessment.question.first, assessment.question.second, "skip" if turn % 3 else "a"))
    assert assessment.question is None
    assert assessment.enough
    assert len(seen) > 3


def test_what_breaks_a_hard_constraint_is_neither_asked_about_nor_recommended():
    """Answers about infeasible trials count; without a feasible trial nothing is recommended."""
    study = ladder()
    study.prefer(Preferences(TIMES, (limit("predict_ms < 3"),), answers(study, likes_fast=False)))
    assessment = model().assess(study.state)
    kept = {number for number in range(1, 11) if LADDER[number - 1][1] < 3}
    assert assessment.recommended == max(kept)
    assert set(assessment.front) == kept
    assert len(assessment.utility.evidence) == 6
    study.prefer(Preferences(TIMES, (limit("predict_ms < 0.01"),), answers(study)))
    assessment = model().assess(study.state)
    assert assessment.recommended is None
    assert "satisfy all hard constraints" in assessment.enough
    study.emit(model().learn(study.state))
    assert study.state.chosen is study.state.best is None


@pytest.mark.parametrize("objectives", [(), ("roc_auc",), TIMES])
def test_a_soft_constraint_decides_among_good_models(objectives):
    """Without answers the best feasible trial by the metric is recommended, whatever the objectives."""
    study = ladder()
    study.prefer(Preferences(objectives, (limit("predict_ms < 3", hard=False),)))
    learnt = model().learn(study.state)
    study.emit(learnt)
    assert study.state.chosen == 3
    assert study.state.best == 10
    study.prefer(Preferences(objectives, (limit("predict_ms < 0.01", hard=False),)))
    study.emit(model().learn(study.state))
    assert study.state.chosen == 10


def test_a_soft_constraint_costs_beside_answers():
    """A person who prefers high scores is recommended a model within the soft limit if that costs little."""
    study = ladder()
    best = answers(study, likes_fast=False)
    study.prefer(Preferences(TIMES, comparisons=best))
    assert model().assess(study.state).recommended == 10
    study.prefer(Preferences(TIMES, (limit("predict_ms < 35", hard=False),), best))
    assert model().assess(study.state).recommended == 9


def test_goals_alone_lead():
    """A goal takes effect without any answer."""
    study = ladder()
    study.prefer(Preferences(TIMES, goals=Goals({"predict_ms": 50.0, "roc_auc": 1.0})))
    assessment = model().assess(study.state)
    assert assessment.recommended in (1, 2, 3)
    assert assessment.certainty > 0
    study.prefer(Preferences(TIMES, goals=Goals({"predict_ms": 1.0, "roc_auc": 50.0})))
    assert model().assess(study.state).recommended in (8, 9, 10)


def test_no_trials_and_one_trial_and_one_objective_are_no_reason_to_break():
    """With nothing to compare there is a sentence instead of a question."""
    study = Study()
    study.prefer(Preferences(TIMES, goals=Goals({"roc_auc": 1.0})))
    for _ in range(2):
        assessment = model().assess(study.state)
        assert (assessment.question, assessment.utility, assessment.recommended) == (None, None, None)
        assert "No models to compare" in assessment.enough
        assert model().scalarization(study.state) is None
        study.trial(0.8, predict_ms=1.0, complexity=1.0)
    study.prefer(Preferences(("roc_auc",)))
    assert "only one objective" in model().assess(study.state).enough


def test_errors_of_numbers_are_better_when_lower():
    """Of two equally fast models, the one with the lower RMSE is on the front."""
    study = Study()
    for rmse, ms in ((30.0, 1.0), (20.0, 1.0), (10.0, 9.0)):
        study.trial(-rmse, predict_ms=ms)
    study.prefer(Preferences(("neg_root_mean_squared_error", "predict_ms")))
    assessment = model(NUMBERS).assess(study.state)
    assert assessment.front == (1, 2)
    study.prefer(Preferences(("neg_root_mean_squared_error", "predict_ms"), comparisons=(Comparison(2, 1, "a"),) * 1))
    assert model(NUMBERS).assess(study.state).recommended == 2


def test_the_order_of_objectives_does_not_matter():
    """The same answers give the same utilities, whatever the order of the objectives."""
    study = ladder()
    study.prefer(Preferences(("roc_auc", "predict_ms", "fit_seconds"), comparisons=answers(study)))
    one = model().assess(study.state)
    study.prefer(Preferences(("fit_seconds", "predict_ms", "roc_auc"), comparisons=answers(study)))
    other = model().assess(study.state)
    assert one.worth == pytest.approx(other.worth)
    assert one.recommended == other.recommended


def test_units_do_not_matter():
    """Seconds instead of milliseconds, and an error in cents instead of euros, change nothing."""
    names = ("neg_root_mean_squared_error", "predict_ms")
    found = []
    for money, time in ((1.0, 1.0), (100.0, 1e-3)):
        study = Study()
        for score, ms in LADDER:
            study.trial((score - 1) * money, spread=0.002 * money, predict_ms=ms * time)
        study.prefer(Preferences(names, comparisons=(Comparison(0, 9, "a"), Comparison(1, 8, "a"))))
        found.append(model(NUMBERS).assess(study.state).worth)
    assert found[0] == pytest.approx(found[1], abs=1e-6)


def test_values_that_come_later_are_taken_up():
    """A pair can be asked as soon as two trials have the objective that was added, without a new trial."""
    study = ladder()
    study.pause()
    learner = model()
    study.prefer(Preferences(("roc_auc", "gap"), goals=Goals({"gap": 1.0})))
    learner.learn(study.state)
    assert "Measuring the" in learner.assess(study.state).enough
    assert not learner.due(study.state)
    for number, (score, _) in enumerate(LADDER, 1):
        study.measured(number, gap=score - 0.6)
    assert learner.due(study.state)
    assert learner.assess(study.state).question is not None
    learner.learn(study.state)
    assert not learner.due(study.state)
    study.measured(1, {"gap": "could not be measured"})
    assert learner.due(study.state)


def test_a_running_search_learns_anew_after_a_tenth_more_trials():
    """A few more trials change little, so a thousand trials cost some dozens of fits, not a thousand."""
    study, learner = ladder(), model()
    study.prefer(Preferences(TIMES, comparisons=answers(study)))
    learner.learn(study.state)
    learnt = 0
    for step in range(120):
        study.trial(0.7 + 0.001 * step, predict_ms=1.0 + step)
        if learner.due(study.state):
            learner.learn(study.state)
            learnt += 1
    assert 15 <= learnt <= 40
    study.pause()
    assert learner.due(study.state)


def test_who_looks_does_not_change_what_the_search_does():
    """An assessment for display does not change when the search learns next, or from which trials."""
    study = ladder(LADDER * 2)
    study.prefer(Preferences(TIMES, comparisons=answers(study)))
    looked, alone = model(), model()
    for learner in (looked, alone):
        learner.learn(study.state)
    for step in range(4):
        study.trial(0.75 + 0.01 * step, predict_ms=0.5 + step)
        looked.assess(study.state, fresh=True)
        looked.assess(study.state)
        assert looked.due(study.state) == alone.due(study.state)
    assert looked.learn(study.state) == alone.learn(study.state)


def test_an_act_of_steering_is_taken_up_at_once():
    """A discarded trial is not recommended; a restored one is."""
    study, learner = ladder(), model()
    study.prefer(Preferences(TIMES, comparisons=answers(study, likes_fast=False)))
    best = learner.learn(study.state).recommended
    study.emit(Steered("do", 2, "discard", "", discarded=(best,)))
    assert learner.learn(study.state).recommended != best
    study.emit(Steered("do", 3, "discard", "", restored=(best,)))
    assert learner.learn(study.state).recommended == best


def test_the_same_state_gives_the_same_judgement():
    """Two models of one seed agree to the last bit, and on what is known of the front of a thousand trials."""
    study = ladder()
    for step in range(700):
        study.trial(0.6 + 0.0001 * (step * 7919 % 700), predict_ms=20.0 + step * 104729 % 997)
    study.prefer(Preferences(TIMES, comparisons=(*answers(study), Comparison(700, 3, "b"))))
    one, other = model().assess(study.state), model().assess(study.state)
    assert one.worth == other.worth
    assert len(one.worth) < 700
    assert {1, 10, 700} <= set(one.worth)
    assert set(one.front) == set(range(1, 11))


def test_it_may_be_asked_from_many_threads():
    """Concurrent assessments for display and for the search agree."""
    study, learner = ladder(), model()
    study.prefer(Preferences(TIMES, comparisons=answers(study)))
    running = study.state
    found, broken = [], []

    def look(call):
        try:
            for _ in range(5):
                found.append(call())
        except Exception as error:  # noqa: BLE001 - a thread's error is looked at below
            broken.append(error)

    calls = [
        lambda: learner.assess(running).recommended,
        lambda: learner.learn(running).recommended,
        lambda: learner.assess(replace(running), fresh=True).recommended,
    ]
    threads = [threading.Thread(target=look, args=(call,)) for call in calls * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not broken
    assert len(found) == 30
    assert len(set(found)) == 1
