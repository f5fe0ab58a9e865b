from __future__ import annotations

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import TrialState
from hitl_widget.errors import CommandError, HitlError
from tests.doubles import STARTS, FormulaExecutor
from tests.engine.searches import complete, fast_rather_than_good, rested


def share_of_slow(trials):
    """Return the share of trials that are lines near their best score, where prediction is slow."""
    return sum(one.family == "line" and one.config["line.x"] > 0.7 for one in trials) / len(trials)


def test_the_search_follows_the_answers(stage):
    """Lines score best at 0.9 and are fast near 0: after the answers of somebody hasty slow ones are seldom tried."""
    one = rested(stage, 20)
    before = share_of_slow(list(one.controller.state.trials)[len(STARTS) :])
    assert before > 0.4
    fast_rather_than_good(one)
    state = one.controller.state
    chosen = state.trials[state.chosen]
    assert state.learnt.answers == state.preferences.answers > 0
    assert chosen.measures["predict_ms"] < state.best_trial.measures["predict_ms"]
    one.do(cmd.Resume())
    begun = len(state.trials)
    state = one.until(lambda s: s.ended >= begun + 30)
    assert share_of_slow(list(state.trials)[begun:]) < before / 3
    assert state.trials[state.chosen].measures["predict_ms"] <= chosen.measures["predict_ms"] * 1.2


def test_undo_of_all_answers_brings_the_metric_back(stage):
    """Without answers the best by the metric is the one to take, and nobody was asked to learn."""
    one = rested(stage)
    best = one.controller.state.best
    fast_rather_than_good(one)
    assert one.controller.state.chosen != best
    for _ in range(len(one.controller.state.done)):
        one.do(cmd.Undo())
    state = one.controller.state
    assert state.preferences.comparisons == ()
    assert state.chosen == best
    one.do(cmd.Redo())
    assert one.controller.state.preferences.answers == 1


def test_an_answer_in_the_middle_is_taken_back_alone(stage):
    """The others stay; one that was given anew since is not brought back beside the new one."""
    one = rested(stage)
    a, b, c, d, e, f = sorted(complete(one.controller.state))[:6]

    def said():
        return [(answer.pair, str(answer.answer)) for answer in one.controller.state.preferences.comparisons]

    for pair in ((a, b, "a"), (c, d, "b"), (a, b, "b"), (e, f, "equal")):
        one.do(cmd.Prefer(*pair))
    one.do(cmd.Undo(2))
    assert said() == [((a, b), "b"), ((e, f), "equal")]
    one.do(cmd.Undo(3))
    assert said() == [((e, f), "equal"), ((a, b), "a")]
    for pair in ((a, b, "equal"), (a, b, "b"), (c, d, "a")):
        one.do(cmd.Prefer(*pair))
    with pytest.raises(CommandError, match="an answer to the same pair was changed again later"):
        one.do(cmd.Undo(len(one.controller.state.acts) - 2))
    assert said() == [((e, f), "equal"), ((a, b), "b"), ((c, d), "a")]


def test_the_gap_is_measured_on_each_fold_and_costs_on_the_first(stage):
    """The gap differs from fold to fold; what a model costs hardly does."""
    one = stage(budget_trials=6)
    one.do(cmd.SetObjectives(("complexity", "gap")))
    one.do(cmd.Start())
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    best = state.trials[state.best]
    assert {"complexity", "gap", "predict_ms"} == set(best.folds[0].measures)
    assert {tuple(fold.measures) for fold in best.folds[1:]} == {("gap",)}


def test_objectives_constraints_and_goals_are_taken_back_alone(stage):
    """Each from the middle, unless the same thing was changed again later."""
    one = rested(stage)
    one.do(cmd.SetObjectives(("predict_ms", "gap")))
    one.do(cmd.Require("predict_ms < 50"))
    one.do(cmd.SetGoals({"gap": 3.0}))
    one.do(cmd.Require("predict_ms >= 2", hard=False))
    one.do(cmd.Undo(2))
    assert [rule.text for rule in one.controller.state.preferences.constraints] == ["predict_ms >= 2"]
    assert one.controller.state.broken == frozenset()
    one.do(cmd.Undo(3))
    assert not one.controller.state.preferences.goals.weights
    one.do(cmd.Undo(1))
    assert one.controller.state.preferences.objectives == ()
    one.do(cmd.Require("predict_ms >= 3"))
    with pytest.raises(CommandError, match="a constraint was changed again later"):
        one.do(cmd.Undo(4))


def test_an_objective_that_others_lean_on_is_not_taken_back_alone(stage):
    """A constraint on an objective of one's own keeps it; first the constraint goes, then the objective."""
    one = rested(stage)
    one.do(cmd.AddObjective("loss", matrix=((0, 1), (5, 0))))
    one.do(cmd.Require("loss < 0.5"))
    with pytest.raises(CommandError, match="the use of loss was changed again later"):
        one.do(cmd.Undo(1))
    one.do(cmd.Note("the session goes on"))
    one.do(cmd.Relax("loss < 0.5"))
    one.do(cmd.Undo(1))
    assert "loss" not in one.controller.state.preferences.custom


@pytest.mark.parametrize(
    ("commands", "message"),
    [
        ([cmd.SetObjectives(("predict",))], "Did you mean 'predict_ms'"),
        ([cmd.SetObjectives(("rmse",))], "is for regression"),
        ([cmd.SetObjectives(("worst_group:twn",))], "Did you mean 'town'"),
        ([cmd.SetObjectives(("predict_ms",)), cmd.SetObjectives(("auc", "predict_ms"))], "already are the objectives"),
        ([cmd.AddObjective("cost", matrix=((0,),))], "2 classes (no, yes), but the matrix has 1 row"),
        ([cmd.AddObjective("predict_ms", code=b"x")], "An objective named 'predict_ms' already exists"),
        ([cmd.AddObjective("auc", code=b"x")], "An objective named 'auc' already exists"),
        ([cmd.AddObjective("cost", matrix=((0, 1), (1, 0)))] * 2, "An objective named 'cost' already exists"),
        ([cmd.Require("speed < 3")], "There is no objective 'speed'"),
        ([cmd.Require("family in line, svm")], "There is no family 'svm'. Known families: dummy, line, tree"),
        ([cmd.Require("predict_ms < 3")] * 2, "The constraint predict_ms < 3 already exists"),
        ([cmd.Relax("gap")], "There is no constraint 'gap'; there are: none"),
        ([cmd.Require("gap < 3"), cmd.Relax("gap < 4")], "there are: gap < 3"),
        ([cmd.Prefer(1, 99, "a")], "There is no trial 99; the record has"),
        ([cmd.Prefer(-1, 1, "a")], "There is no trial -1"),
        ([cmd.SetGoals({"gap": 3})], "'gap' is not an objective"),
        ([cmd.SetObjectives(("gap",)), cmd.SetGoals({"complexity": 3})], "'complexity' is not an objective"),
        ([cmd.SetGoals()], "already are the goals"),
    ],
)
def test_what_cannot_be_wished_is_refused_in_a_sentence(stage, commands, message):
    """The refusal is on record, and nothing else happened."""
    one = rested(stage, 4)
    for command in commands[:-1]:
        one.do(command)
    before = one.controller.state
    with pytest.raises(HitlError) as refusal:
        one.do(commands[-1])
    assert message in str(refusal.value)
    after = one.controller.state
    assert after.steering == before.steering
    assert sum(isinstance(record.event, ev.Rejected) for record in one.records) == 1


def test_only_finished_trials_are_compared(stage):
    """One that was stopped has no values to compare."""
    one = stage(autonomy=cmd.Autonomy.USER, executor=FormulaExecutor(hold=True))
    first, second = (one.do(cmd.Propose({"family": "line", "line.x": x})).number for x in (0.1, 0.2))
    with pytest.raises(CommandError, match="Only finished trials can be compared; trial 0 is"):
        one.do(cmd.Prefer(first, second, "a"))
    one.executor.release()


def test_a_function_that_was_refused_leaves_no_trace(stage):
    """The name is free for another function as long as none was added under it."""
    one = rested(stage, 3)
    names = ("accuracy", "f1", "recall", "precision", "gap", "predict_ms", "complexity")
    one.do(cmd.SetObjectives(names))
    with pytest.raises(CommandError, match="At most 8 objectives"):
        one.do(cmd.AddObjective("own", code=b"first"))
    assert not (one.plan.folder / "objectives").exists()
    one.do(cmd.SetObjectives(names[:3]))
    one.do(cmd.AddObjective("own", code=b"second"))
    one.do(cmd.Undo())
    with pytest.raises(HitlError, match="already"):
        one.do(cmd.AddObjective("own", code=b"third"))
    assert b"second" in one.controller.stored("objective/own")


def test_a_constraint_is_let_go_of_in_any_spelling(stage):
    """By its text as it was given, by what it is called here, and by a short name."""
    one = rested(stage, 3)
    for said, gone in (
        ("predict_ms<50", "predict_ms<50"),
        ("auc >= 0.1", "auc"),
        ("log_loss < 3", "log_loss < 3"),
        ("log_loss < 3", "neg_log_loss"),
        ("log_loss < 3", "log_loss"),
        ("family in [line]", "family in [line]"),
        ("family in line", "family"),
    ):
        one.do(cmd.Require(said))
        one.do(cmd.Relax(gone))
        assert one.controller.state.preferences.constraints == ()


def test_a_limit_on_the_same_side_is_replaced(stage):
    """Both ends of an objective may be limited, each once."""
    one = rested(stage, 3)
    for text in ("predict_ms < 9", "predict_ms > 1", "predict_ms <= 7", "family in line", "family in tree, line"):
        one.do(cmd.Require(text))
    assert [rule.text for rule in one.controller.state.preferences.constraints] == [
        "predict_ms > 1",
        "predict_ms <= 7",
        "family in tree, line",
    ]


# -- hard constraints -------------------------------------------------------------------------------------------------


def test_a_hard_constraint_decides_what_leads_and_where_the_search_looks(stage):
    """What breaks it leaves the leaders and comes back when it is let go of; new trials keep it mostly."""
    one = rested(stage, 20)
    before = one.controller.state
    assert before.best_trial.measures["predict_ms"] > 20
    one.do(cmd.Require("predict_ms < 20"))
    state = one.controller.state
    assert all(state.trials[n].measures["predict_ms"] < 20 for n in state.leaders)
    assert state.broken == {n for n in complete(state) if state.trials[n].measures["predict_ms"] >= 20}
    assert state.chosen == state.best != before.best
    assert before.ensemble
    assert state.ensemble == ()  # an average of models is slower than each of them
    one.do(cmd.Resume())
    begun = len(state.trials)
    state = one.until(lambda s: s.ended >= begun + 30)
    kept = [n not in state.broken for n in complete(state) if n >= begun]
    assert sum(kept) > 0.6 * len(kept)
    one.do(cmd.Pause())
    assert one.controller.state.ensemble == ()
    one.do(cmd.Relax("predict_ms"))
    assert one.controller.state.ensemble
    assert one.controller.state.broken == frozenset()
    assert set(before.leaders[:3]) <= set(one.controller.state.leaders)


def test_no_trial_is_stopped_by_the_race_while_wishes_lead(stage):
    """What loses by the metric may win by what the person prefers; without wishes it is stopped early."""

    def steep(unit):
        return {"dummy": 0.5, "tree": 0.55, "line": 0.9}[unit.config["family"]]

    one = rested(stage, 10, executor=FormulaExecutor(steep))
    assert one.controller.state.count(TrialState.STOPPED) > 0
    two = stage("two", executor=FormulaExecutor(steep, hold=True), budget_trials=20)
    two.do(cmd.Require("predict_ms < 1000", hard=False))
    two.do(cmd.Start())
    two.executor.release()
    state = two.until(lambda s: s.phase is Phase.FINISHED)
    assert state.count(TrialState.STOPPED) == 0


def test_a_constraint_on_predictions_is_known_a_moment_later(stage):
    """Until then it is not kept; then the trial leads, its ensemble is made, and its models were not let go of."""
    one = stage(budget_trials=25, executor=FormulaExecutor(hold=True))
    one.do(cmd.Require("accuracy > 0.2"))
    one.do(cmd.Start())
    kept = one.plan.folder / "models"
    kept.mkdir(exist_ok=True)
    for number in range(25):
        (kept / f"{number}-0.pkl").write_bytes(b"model")
    one.executor.release()
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    fine = {t.number for t in state.trials if t.measures.get("accuracy", 0) > 0.2}
    assert fine
    assert set(state.leaders) == fine
    assert state.broken == complete(state) - fine
    for number in range(25):
        assert (kept / f"{number}-0.pkl").exists() == (number in fine)
    blended = [r for r in one.records if isinstance(r.event, ev.EnsembleChanged)]
    finishing = next(r.seq for r in one.records if isinstance(r.event, ev.Finishing))
    assert any(record.seq < finishing for record in blended)


def test_nothing_that_keeps_a_hard_constraint_means_nothing_to_take(stage):
    """The search ends all the same, without a holdout of what nobody may take."""
    one = stage(budget_trials=6)
    one.do(cmd.Require("predict_ms < 0.001"))
    one.do(cmd.Start())
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    assert state.chosen is state.best is None
    assert state.broken == complete(state)
    assert (state.ensemble, state.holdout) == ((), None)
    one.do(cmd.Relax("predict_ms"))
    assert one.controller.state.best is not None


def test_the_holdout_is_that_of_the_trial_to_take(stage):
    """The last word on what is preferred is learnt from all trials before the holdout is opened."""
    one = rested(stage, 14)
    fast_rather_than_good(one)
    before = []
    one.controller.subscribe(lambda state, _: before.append(state) if state.holdout is None else None)
    one.do(cmd.Stop())
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    assert state.holdout.trial == state.chosen != state.best
    assert [one.name for one in state.holdout.models][:2] == ["preferred", "best"]
    assert state.chosen == one.preference_learner.assess(before[-1], fresh=True).recommended
