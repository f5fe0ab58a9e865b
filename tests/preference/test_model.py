from __future__ import annotations

import math
import threading
from dataclasses import replace

import pytest

from hitl_widget.domain.event import Steered
from hitl_widget.domain.preference import Comparison, Goals, Preferences
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
    """Answers of somebody who looks at time alone, or at the score alone."""
    pairs = [(1, 10), (2, 9), (3, 8), (4, 7), (1, 5), (2, 6)]
    return tuple(Comparison(a, b, "a" if likes_fast else "b") for a, b in pairs)


def test_nothing_said_recommends_nothing_and_has_a_question():
    """Before the first answer the metric decides, nothing counts as known, and a pair of the front is asked."""
    study = ladder()
    judged = model().judged(study.state)
    assert (judged.certainty, judged.recommended, judged.said) == (0.0, None, None)
    assert {judged.question.first, judged.question.second} <= set(judged.front)
    assert model().learn(study.state) is None
    assert model().merits(study.state) is None
    assert study.state.chosen == study.state.best == 10


@pytest.mark.parametrize(("likes_fast", "wanted"), [(True, {1, 2}), (False, {9, 10})])
def test_answers_lead_to_what_the_person_wants(likes_fast, wanted):
    """Somebody who always takes the faster one is recommended a fast one, and the other way round."""
    study = ladder()
    study.prefer(Preferences(TIMES, comparisons=answers(study, likes_fast)))
    learnt = model().learn(study.state)
    assert learnt.recommended in wanted
    assert learnt.answers == 6
    assert learnt.sentence
    study.emit(learnt)
    assert study.state.chosen in wanted


def test_certainty_rises_with_answers():
    """Each further answer that goes with the others makes it surer which model is preferred."""
    study, found = ladder(), []
    for count in (1, 3, 6):
        study.prefer(Preferences(TIMES, comparisons=answers(study)[:count]))
        found.append(model().judged(study.state).certainty)
    assert found == sorted(found)
    assert found[-1] > found[0] + 0.1
    assert all(0 <= one <= 1 for one in found)


def test_baselines_stopped_failed_and_unmeasured_trials_are_no_candidates():
    """A candidate is a complete trial of a real family with all objectives known."""
    study = ladder()
    stopped = study.trial(0.9, state=TrialState.STOPPED, predict_ms=0.1)
    failed = study.trial(0.9, state=TrialState.FAILED)
    bare = study.trial(0.95)
    judged = model().judged(study.state)
    assert set(judged.worth) == set(range(1, 11))
    study.measured(bare, predict_ms=0.01, complexity=1.0)
    judged = model().judged(study.state)
    assert judged.front == (bare,)
    assert not {0, stopped, failed} & set(judged.worth)


def test_a_model_no_better_than_the_constant_guess_is_no_candidate():
    """However fast it is, nobody is asked about it and it is not on the front."""
    study = ladder([*LADDER, (0.5, 0.05)])
    judged = model().judged(study.state)
    assert 11 not in judged.front
    assert 11 not in {judged.question.first, judged.question.second}
    assert 1 in judged.front


def test_an_answer_about_a_trial_that_lacks_a_value_counts():
    """What both trials of a pair have is compared, though one of them cannot be recommended yet."""
    study = ladder()
    bare = study.trial(0.95)
    pairs = (Comparison(bare, 1, "a"), Comparison(bare, 2, "a"), Comparison(bare, 3, "a"))
    study.prefer(Preferences(TIMES, comparisons=pairs))
    judged = model().judged(study.state)
    assert len(judged.utility.evidence) == 3
    assert math.isnan(judged.worth[bare])
    assert judged.recommended not in (None, bare)
    shares = {one.name: one.share for one in judged.said.weights}
    before = model().judged(ladder().state).utility.tastes.weights.mean(axis=1)
    assert shares["roc_auc"] > before[0]


def test_no_pair_is_asked_twice_also_when_skipped():
    """The questions of a whole session are all different ones, and end."""
    study = ladder()
    said, seen = (), set()
    for turn in range(60):
        study.prefer(Preferences(TIMES, comparisons=said))
        judged = model().judged(study.state)
        if judged.question is None:
            break
        pair = frozenset((judged.question.first, judged.question.second))
        assert len(pair) == 2
        assert pair not in seen
        seen.add(pair)
        said = (*said, Comparison(judged.question.first, judged.question.second, "skip" if turn % 3 else "a"))
    assert judged.question is None
    assert judged.enough
    assert len(seen) > 3


def test_what_breaks_a_hard_constraint_is_neither_asked_about_nor_recommended():
    """Its answers still count, and where nothing keeps the constraint nothing is recommended."""
    study = ladder()
    study.prefer(Preferences(TIMES, (limit("predict_ms < 3"),), answers(study, likes_fast=False)))
    judged = model().judged(study.state)
    kept = {number for number in range(1, 11) if LADDER[number - 1][1] < 3}
    assert judged.recommended == max(kept)
    assert set(judged.front) == kept
    assert len(judged.utility.evidence) == 6
    study.prefer(Preferences(TIMES, (limit("predict_ms < 0.01"),), answers(study)))
    judged = model().judged(study.state)
    assert judged.recommended is None
    assert "keep what they must" in judged.enough
    study.emit(model().learn(study.state))
    assert study.state.chosen is study.state.best is None


@pytest.mark.parametrize("objectives", [(), ("roc_auc",), TIMES])
def test_a_soft_constraint_decides_among_good_models(objectives):
    """With no answers the best by the metric that keeps it is taken, whatever the objectives; none breaks nothing."""
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
    """Somebody who likes scores takes a model that keeps the limit where that costs little."""
    study = ladder()
    best = answers(study, likes_fast=False)
    study.prefer(Preferences(TIMES, comparisons=best))
    assert model().judged(study.state).recommended == 10
    study.prefer(Preferences(TIMES, (limit("predict_ms < 35", hard=False),), best))
    assert model().judged(study.state).recommended == 9


def test_goals_alone_lead():
    """A goal says at once which side counts, and answers need not be given."""
    study = ladder()
    study.prefer(Preferences(TIMES, goals=Goals({"predict_ms": 50.0, "roc_auc": 1.0})))
    judged = model().judged(study.state)
    assert judged.recommended in (1, 2, 3)
    assert judged.certainty > 0
    study.prefer(Preferences(TIMES, goals=Goals({"predict_ms": 1.0, "roc_auc": 50.0})))
    assert model().judged(study.state).recommended in (8, 9, 10)


def test_no_trials_and_one_trial_and_one_objective_are_no_reason_to_break():
    """There is a sentence instead of a question."""
    study = Study()
    study.prefer(Preferences(TIMES, goals=Goals({"roc_auc": 1.0})))
    for _ in range(2):
        judged = model().judged(study.state)
        assert (judged.question, judged.utility, judged.recommended) == (None, None, None)
        assert "nothing to compare" in judged.enough
        assert model().merits(study.state) is None
        study.trial(0.8, predict_ms=1.0, complexity=1.0)
    study.prefer(Preferences(("roc_auc",)))
    assert "Only one objective" in model().judged(study.state).enough


def test_errors_of_numbers_are_better_when_lower():
    """An RMSE is shown as people read it, and of two equally fast models the one with the lower is on the front."""
    study = Study()
    for rmse, ms in ((30.0, 1.0), (20.0, 1.0), (10.0, 9.0)):
        study.trial(-rmse, predict_ms=ms)
    study.prefer(Preferences(("neg_root_mean_squared_error", "predict_ms")))
    judged = model(NUMBERS).judged(study.state)
    assert judged.front == (1, 2)
    study.prefer(Preferences(("neg_root_mean_squared_error", "predict_ms"), comparisons=(Comparison(2, 1, "a"),) * 1))
    assert model(NUMBERS).judged(study.state).recommended == 2


def test_the_order_of_objectives_does_not_matter():
    """The same people with the same answers get the same worth, objective by objective."""
    study = ladder()
    study.prefer(Preferences(("roc_auc", "predict_ms", "fit_seconds"), comparisons=answers(study)))
    one = model().judged(study.state)
    study.prefer(Preferences(("fit_seconds", "predict_ms", "roc_auc"), comparisons=answers(study)))
    other = model().judged(study.state)
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
        found.append(model(NUMBERS).judged(study.state).worth)
    assert found[0] == pytest.approx(found[1], abs=1e-6)


def test_values_that_come_later_are_taken_up():
    """A pair can be asked as soon as two trials have the objective that was added, without a new trial."""
    study = ladder()
    study.pause()
    taste = model()
    study.prefer(Preferences(("roc_auc", "gap"), goals=Goals({"gap": 1.0})))
    taste.learn(study.state)
    assert "still being measured" in taste.judged(study.state).enough
    assert not taste.due(study.state)
    for number, (score, _) in enumerate(LADDER, 1):
        study.measured(number, gap=score - 0.6)
    assert taste.due(study.state)
    assert taste.judged(study.state).question is not None
    taste.learn(study.state)
    assert not taste.due(study.state)
    study.measured(1, {"gap": "could not be measured"})
    assert taste.due(study.state)


def test_a_running_search_learns_anew_after_a_tenth_more_trials():
    """A few more trials change little, so a thousand trials cost some dozens of fits, not a thousand."""
    study, taste = ladder(), model()
    study.prefer(Preferences(TIMES, comparisons=answers(study)))
    taste.learn(study.state)
    learnt = 0
    for step in range(120):
        study.trial(0.7 + 0.001 * step, predict_ms=1.0 + step)
        if taste.due(study.state):
            taste.learn(study.state)
            learnt += 1
    assert 15 <= learnt <= 40
    study.pause()
    assert taste.due(study.state)


def test_who_looks_does_not_change_what_the_search_does():
    """A look at a newer state leaves alone when the search learns next, and from what."""
    study = ladder(LADDER * 2)
    study.prefer(Preferences(TIMES, comparisons=answers(study)))
    looked, alone = model(), model()
    for taste in (looked, alone):
        taste.learn(study.state)
    for step in range(4):
        study.trial(0.75 + 0.01 * step, predict_ms=0.5 + step)
        looked.judged(study.state, fresh=True)
        looked.judged(study.state)
        assert looked.due(study.state) == alone.due(study.state)
    assert looked.learn(study.state) == alone.learn(study.state)


def test_an_act_of_steering_is_taken_up_at_once():
    """A discarded trial is no longer recommended; brought back it is again."""
    study, taste = ladder(), model()
    study.prefer(Preferences(TIMES, comparisons=answers(study, likes_fast=False)))
    best = taste.learn(study.state).recommended
    study.emit(Steered("do", 2, "discard", "", discarded=(best,)))
    assert taste.learn(study.state).recommended != best
    study.emit(Steered("do", 3, "discard", "", restored=(best,)))
    assert taste.learn(study.state).recommended == best


def test_the_same_state_gives_the_same_judgement():
    """Two models of one seed agree to the last bit, and on what is known of the front of a thousand trials."""
    study = ladder()
    for step in range(700):
        study.trial(0.6 + 0.0001 * (step * 7919 % 700), predict_ms=20.0 + step * 104729 % 997)
    study.prefer(Preferences(TIMES, comparisons=(*answers(study), Comparison(700, 3, "b"))))
    one, other = model().judged(study.state), model().judged(study.state)
    assert one.worth == other.worth
    assert len(one.worth) < 700
    assert {1, 10, 700} <= set(one.worth)
    assert set(one.front) == set(range(1, 11))


def test_it_may_be_asked_from_many_threads():
    """Looks and the search do not get in each other's way, and agree."""
    study, taste = ladder(), model()
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
        lambda: taste.judged(running).recommended,
        lambda: taste.learn(running).recommended,
        lambda: taste.judged(replace(running), fresh=True).recommended,
    ]
    threads = [threading.Thread(target=look, args=(call,)) for call in calls * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not broken
    assert len(found) == 30
    assert len(set(found)) == 1
