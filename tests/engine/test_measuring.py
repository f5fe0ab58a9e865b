"""What is measured besides the metric, and when: with the first fold, between trials, or at rest."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import TrialState
from hitl_widget.workers.contract import Failure, FailureKind, Outcome
from tests.doubles import TASK, FormulaExecutor, Stage, cost
from tests.engine.searches import complete, journal_of, known, rested


def test_the_usual_objectives_are_measured_with_the_first_fold(stage):
    """Nothing more is asked of the workers than the trials."""
    one = rested(stage)
    state = one.controller.state
    assert known(state, "predict_ms") == known(state, "complexity") == complete(state)
    assert not any(key.startswith("measure") for key, *_ in one.executor.submitted)
    assert state.measured_names == ("predict_ms", "complexity")


def test_an_objective_that_is_added_is_measured_of_older_trials_while_the_search_rests(stage):
    """Those on predictions in batches; those on models one by one, as the models were let go of."""
    one = rested(stage, 25)
    one.do(cmd.SetObjectives(("accuracy", "gap")))
    state = one.until(lambda s: known(s, "accuracy") == known(s, "gap") == complete(s))
    calls = [call.args[0] for key, call, _ in one.executor.submitted if key.startswith("measure")]
    assert [len(jobs) for jobs in calls if "accuracy" in jobs[0].names] == [20, len(complete(state)) - 20]
    assert all(len(jobs) == 1 for jobs in calls if "gap" in jobs[0].names)
    assert state.phase is Phase.PAUSED
    assert one.preference_learner.assess(state).question is not None


def test_models_that_are_kept_are_measured_without_a_fit(stage):
    """A batch measures what is on predictions and on a kept model at once."""
    one = rested(stage, 6)
    models = one.plan.folder / "models"
    models.mkdir(exist_ok=True)
    for number in complete(one.controller.state):
        (models / f"{number}-0.pkl").write_bytes(b"model")
    one.do(cmd.SetObjectives(("accuracy", "gap")))
    one.until(lambda s: known(s, "accuracy") == known(s, "gap") == complete(s))
    calls = [call.args[0] for key, call, _ in one.executor.submitted if key.startswith("measure")]
    assert [set(job.names) for job in calls[0]] == [{"accuracy", "gap"}] * len(complete(one.controller.state))


def test_models_are_not_fitted_again_while_trials_want_the_workers(stage):
    """A running search measures what is at hand between its trials, and the rest when it rests."""
    one = stage(budget_trials=40)
    one.do(cmd.Start())
    one.until(lambda s: s.count(TrialState.COMPLETE) >= 8)
    one.do(cmd.SetObjectives(("accuracy", "gap")))
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    begun = [key for key, *_ in one.executor.submitted]
    dear = [
        place
        for place, (key, call, _) in enumerate(one.executor.submitted)
        if key.startswith("measure") and call.args[0][0].names == ("gap",)
    ]
    last = max(place for place, key in enumerate(begun) if key[0].isdigit())
    state = one.until(lambda s: known(s, "gap") == complete(s))
    assert all(place > last for place in dear)
    assert known(state, "accuracy") == complete(state)


def test_what_cannot_be_measured_says_why_and_is_not_tried_again(stage):
    """One value fails alone."""

    def broken(config, name):
        if name == "accuracy" and config["family"] == "tree":
            raise ArithmeticError("accuracy could not be measured: trees have none")
        return cost(config, name)

    one = rested(stage, 10, executor=FormulaExecutor(cost=broken))
    one.do(cmd.SetObjectives(("accuracy", "f1")))
    state = one.until(lambda s: known(s, "f1") == complete(s))
    trees = {n for n in complete(state) if state.trials[n].family == "tree"}
    assert trees
    assert complete(state) - known(state, "accuracy") == trees
    assert all("trees have none" in state.trials[n].unmeasured["accuracy"] for n in trees)
    one.do(cmd.Require("accuracy > 0"))
    assert trees <= one.controller.state.broken
    asked = sum(key.startswith("measure") for key, *_ in one.executor.submitted)
    one.do(cmd.Relax("accuracy"))
    one.do(cmd.Note("nothing more to do"))
    assert sum(key.startswith("measure") for key, *_ in one.executor.submitted) == asked


class Deadly(FormulaExecutor):
    """A worker dies over one trial, and takes the batch along."""

    victim = 3

    def _measured(self, key, jobs, definitions):
        if any(job.trial == self.victim for job in jobs):
            return Outcome(key, failure=Failure(FailureKind.DIED, "The worker died."))
        return super()._measured(key, jobs, definitions)


def test_a_worker_that_dies_over_one_trial_costs_only_its_values(stage):
    """The others of the batch are measured again, each alone."""
    one = rested(stage, 8, executor=Deadly())
    one.do(cmd.SetObjectives(("accuracy",)))
    state = one.until(lambda s: len(known(s, "accuracy")) == len(complete(s)) - 1 and s.trials[3].unmeasured)
    assert state.trials[3].unmeasured == {"accuracy": "The worker died."}


def test_measuring_that_was_cut_off_is_taken_up_again(stage):
    """The end of a search cancels it; while the search rests it goes on."""
    one = rested(stage, 10)
    one.executor.hold()
    one.do(cmd.SetObjectives(("accuracy",)))
    one.do(cmd.Stop())
    one.executor.release()
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    one.until(lambda s: known(s, "accuracy") == complete(state))


def test_objectives_that_are_taken_back_are_not_measured_any_more(stage):
    """What was asked meanwhile is kept, and only today's objectives are asked for."""
    one = rested(stage, 25)
    one.executor.hold()
    one.do(cmd.SetObjectives(("accuracy",)))
    one.do(cmd.Undo())
    one.do(cmd.SetObjectives(("f1",)))
    one.executor.release()
    state = one.until(lambda s: known(s, "f1") == complete(s))
    assert len(known(state, "accuracy")) <= 20
    names = [job.names for key, call, _ in one.executor.submitted if key.startswith("measure") for job in call.args[0]]
    assert sum("accuracy" in one for one in names) <= 20


def test_a_search_that_broke_off_goes_on_measuring_and_learning(stage):
    """Objectives, constraints, answers and values come back from the journal alone, and what is missing is measured."""
    one = rested(stage, 12)
    one.do(cmd.Prefer(1, 2, "a"))
    one.do(cmd.Require("predict_ms < 90", hard=False))
    one.executor.hold()
    one.do(cmd.SetObjectives(("accuracy", "predict_ms", "gap")))
    before = one.controller.state
    one.close()
    again = stage("s", create=False, records=journal_of(one))
    again.controller.ready.wait(5)
    state = again.until(lambda s: known(s, "accuracy") == known(s, "gap") == complete(s))
    assert state.preferences == before.preferences
    assert state.chosen is not None
    again.do(cmd.Undo())
    assert again.controller.state.preferences.objectives == ()
    again.close()
    records = journal_of(again)
    assert replay(records).trials == again.controller.state.trials


def test_a_journal_of_the_time_before_is_taken_up_as_it_is(stage):
    """Without measures nothing is fitted again until something is asked for."""
    one = rested(stage, 10)
    one.close()
    records = [_without_measures(record) for record in journal_of(one)]
    old = Stage(one.place.parent, create=False, records=records, executor=FormulaExecutor(), task=TASK)
    try:
        old.controller.ready.wait(5)
        old.do(cmd.Note("looks around"))
        assert old.executor.submitted == []
        assert known(old.controller.state, "predict_ms") == set()
        old.do(cmd.Require("predict_ms < 90"))
        state = old.until(lambda s: known(s, "predict_ms") == complete(s))
        assert state.best is not None
    finally:
        old.close()


def _without_measures(record):
    event = record.event
    if isinstance(event, ev.FoldDone):
        event = replace(event, fold=replace(event.fold, measures={}))
    return replace(record, event=event)


@pytest.mark.slow
def test_with_wishes_a_seed_and_a_budget_in_trials_a_search_repeats(stage):
    """Two searches with the same acts at the same moments try the same configurations, whoever looks meanwhile."""
    found = []
    for folder in ("a", "b"):
        one = stage(folder, budget_trials=40, executor=FormulaExecutor(hold=True))
        one.do(cmd.SetObjectives(("accuracy", "predict_ms")))
        one.do(cmd.SetGoals({"predict_ms": 3.0, "accuracy": 1.0}))
        one.do(cmd.Require("predict_ms < 60"))
        one.do(cmd.Start())
        if folder == "b":
            one.controller.subscribe(lambda state, _records, one=one: one.preference_learner.assess(state, fresh=True))
        one.executor.release()
        state = one.until(lambda s: s.phase is Phase.FINISHED)
        found.append([dict(trial.config) for trial in state.trials])
    assert found[0] == found[1]


@pytest.mark.slow
def test_wishes_add_little_to_the_journal(stage):
    """Values and what was learnt of them take less than 300 bytes a trial."""
    one = stage(budget_trials=60, executor=FormulaExecutor(hold=True))
    one.do(cmd.SetObjectives(("accuracy", "f1", "predict_ms", "gap", "complexity")))
    one.do(cmd.SetGoals({"accuracy": 2.0}))
    one.do(cmd.Start())
    one.executor.release()
    one.until(lambda s: s.phase is Phase.FINISHED and known(s, "f1") == complete(s))
    further = (ev.Measured, ev.Learnt)
    bodies = [ev.event_body(record.event) for record in one.records if isinstance(record.event, further)]
    bodies += [record.event.fold.measures for record in one.records if isinstance(record.event, ev.FoldDone)]
    assert sum(len(json.dumps(body)) for body in bodies) / 60 < 300
