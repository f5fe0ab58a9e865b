"""The steering under another target: space, beliefs, preferences, and what waits until the target returns."""

import pytest
from sklearn.naive_bayes import GaussianNB

from hitl_widget.data.choices import Columns
from hitl_widget.data.objectives import for_target
from hitl_widget.data.task import understand
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.balance import parameters_of_balance
from hitl_widget.domain.belief import Belief
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.preference import Comparison, Goals, Judgement, Preferences
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import SessionState, judged_today
from hitl_widget.domain.steering import Act, Steering, undoing
from hitl_widget.domain.trial import Author
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.engine.retargeting import retargeted
from hitl_widget.learners.custom import make_learner
from hitl_widget.learners.registry import space_for, starting_configs
from tests.doubles import SPACE, Stage
from tests.engine.test_answers import WARNING, OneWarning
from tests.tables import customers


def table():
    """Customers with a plan of three classes."""
    found = customers(200)
    return found.assign(plan=found["Contract"].fillna("none"), day=range(200))


@pytest.fixture
def columns(tmp_path):
    return Columns(understand(table(), "Churn", cv=3, balance="weights"), tmp_path)


@pytest.fixture
def stage(tmp_path, columns):
    task = columns.rows.first.task
    plan = {"space": space_for(task), "starts": tuple(starting_configs(task)), "task": task}
    one = Stage(tmp_path, tables=columns, known_warnings=OneWarning(), **plan)
    yield one
    one.close()


def target(stage, name, **more):
    return stage.do(cmd.SetTarget(name, **more))


def test_the_space_is_that_of_the_new_task_with_the_edits_of_the_person(stage, columns):
    """Ranges stay where the hyperparameter is the same, exclusions stay, and classes are balanced if there are any."""
    stage.do(cmd.Edit({"tree.max_depth": (2, 5)}, exclude=("mlp",)))
    before = stage.controller.state
    target(stage, "MonthlyCharges")
    state = stage.controller.state
    assert (state.space["tree.max_depth"].low, state.space["tree.max_depth"].high) == (2, 5)
    assert "mlp" not in state.space.families
    assert "mlp" in state.base.families
    assert not parameters_of_balance(state.space)
    stage.do(cmd.Undo())
    assert stage.controller.state.space == before.space
    assert stage.controller.state.base == before.base
    target(stage, "plan")
    state = stage.controller.state
    assert parameters_of_balance(state.space)
    assert "linear.penalty" not in {one.name for one in state.space}
    first = columns.rows.first.task
    assert state.steering.data.scored(first).classes == tuple(sorted(set(table()["plan"])))


def test_learners_that_predict_the_other_kind_leave_until_it_returns(stage):
    """Two classes and more classes are one kind; numbers are the other."""
    label, parameters, code = make_learner("mine", GaussianNB, {}, stage.plan.task)
    stage.do(cmd.AddLearner("mine", label, parameters, code))
    target(stage, "plan")
    assert "mine" in stage.controller.state.space.families
    receipt = target(stage, "MonthlyCharges")
    assert receipt.sentence.endswith("; set aside with the former target: mine.")
    assert "mine" not in stage.controller.state.base.families
    stage.do(cmd.Undo())
    assert "mine" in stage.controller.state.base.families


def test_answers_to_warnings_belong_to_a_target(stage):
    """A column that was kept for one target may leak another; the answer is there again with its target."""
    stage.do(cmd.AnswerWarning(WARNING.key, "It is known in time."))
    warned = stage.controller.state.warned
    target(stage, "plan")
    assert warned
    assert not stage.controller.state.warned
    target(stage, "Churn")
    assert stage.controller.state.warned == warned


def test_the_journal_replays_to_the_same_state(stage):
    """A load finds the target, its space, and what waits with the other one."""
    stage.do(cmd.Require("predict_ms < 5"))
    target(stage, "plan", metric="accuracy")
    state = stage.controller.state
    stage.controller.close()
    journal = SqlJournal(stage.place, create=False)
    try:
        again = replay(journal.read())
    finally:
        journal.close()
    assert again.steering == state.steering
    assert (again.base, again.targets, again.views) == (state.base, state.targets, state.views)
    assert not judged_today(again, ("", ""))
    assert judged_today(again, again.steering.data.judged_by)


def test_preferences_on_costs_stay_and_those_on_scores_leave(columns):
    """The weight of the metric goes to the new metric; answers to pairs compare models of the former target."""
    first = columns.rows.first.task
    state = SessionState()
    after = columns.rows.changed(state, cmd.SetTarget("MonthlyCharges")).choices.scored(first)
    before = Preferences(
        ("roc_auc", "accuracy", "predict_ms", "cost"),
        (
            Constraint.parse("predict_ms < 5"),
            Constraint.parse("accuracy > 0.8"),
            Constraint.parse("family in linear"),
            Constraint.parse("calibration < 0.1"),
        ),
        (Comparison(1, 2, Judgement.A), Comparison(1, 3, Judgement.SKIP)),
        Goals({"roc_auc": 3, "predict_ms": 1, "accuracy": 1}),
        {"cost": {"label": "cost", "direction": "lower"}},
    )
    found, lost = for_target(before, first, after)
    assert found.objectives == ("neg_root_mean_squared_error", "predict_ms")
    assert [one.text for one in found.constraints] == ["predict_ms < 5", "family in linear"]
    assert dict(found.goals.weights) == {"neg_root_mean_squared_error": 3, "predict_ms": 1}
    assert not found.comparisons
    assert not found.custom
    assert lost == ["2 objectives", "2 constraints", "1 answer"]


def test_beliefs_stay_while_their_hyperparameter_exists(columns):
    """A belief about a hyperparameter that the new task lacks leaves."""
    first = columns.rows.first.task
    space = space_for(first)
    beliefs = (
        Belief("tree.max_depth", around=4),
        Belief("linear.penalty", likely=("l1",)),
        Belief("family", likely=("tree",)),
    )
    state = SessionState(steering=Steering(space, beliefs), base=space)
    choices = columns.rows.changed(state, cmd.SetTarget("plan")).choices
    steering, _, lost = retargeted(state, first, choices)
    assert [one.about for one in steering.beliefs] == ["tree.max_depth", "family"]
    assert lost == "1 belief"


def test_an_earlier_change_of_the_target_brings_its_hyperparameters_back():
    """Undoing it alone restores what it left out of the space, and keeps later edits."""
    smaller = Space(SPACE.families, SPACE.parameters[1:])
    act = Act(1, 1, 0.0, Author.YOU, "target", "", "", Steering(SPACE), Steering(smaller))
    found = undoing(act, Steering(smaller))
    assert found == Steering(SPACE)
