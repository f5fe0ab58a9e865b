from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import (
    Autonomy,
    Cancel,
    Pause,
    Propose,
    Resume,
    SetAutonomy,
    SetBudget,
    Start,
    Stop,
)
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Author, Origin, TrialState
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.errors import CommandError, ConfigError
from hitl_widget.workers.contract import Failure, FailureKind, Outcome
from tests.doubles import SPACE, STARTS, FormulaExecutor, Stage, formula


@pytest.fixture
def stage(tmp_path):
    stages = []

    def make(**kwargs):
        stages.append(Stage(tmp_path, **kwargs))
        return stages[-1]

    yield make
    for one in stages:
        one.close()


def read(place):
    journal = SqlJournal(place, create=False)
    try:
        return journal.read()
    finally:
        journal.close()


def finished(state):
    return state.phase is Phase.FINISHED


def test_a_search_runs_its_trials_and_ends_with_the_holdout(stage):
    """Baselines and starts come first; the budget in trials is kept to the trial; the holdout is looked at once."""
    one = stage()
    one.do(Start())
    state = one.until(finished)
    assert len(state.trials) == 10
    assert [t.origin for t in state.trials][:4] == [Origin.BASELINE, Origin.START, Origin.START, Origin.SAMPLER]
    assert state.reason == "All 10 trials are done."
    assert (state.holdout.best, state.holdout.ensemble) == (0.8, 0.81)
    assert sum(isinstance(r.event, ev.HoldoutMeasured) for r in one.records) == 1
    assert all(len(t.folds) == 3 for t in state.trials if t.state is TrialState.COMPLETE)


def test_the_state_is_the_replay_of_the_journal(stage):
    """Closing and reading the journal gives the same state, event for event, without gaps."""
    one = stage()
    one.do(Start())
    state = one.until(finished)
    one.close()
    records = read(one.place)
    assert replay(records) == state
    assert [r.seq for r in records] == list(range(1, len(records) + 1))


def test_one_seed_one_search(tmp_path):
    """With one worker and a budget in trials the same seed gives the same trials and scores."""
    runs = []
    for seed in (1, 1, 2):
        folder = tmp_path / str(len(runs))
        folder.mkdir()
        one = Stage(folder, seed=seed, budget_trials=15)
        one.do(Start())
        runs.append([(t.config, t.score, t.state) for t in one.until(finished).trials])
        one.close()
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_a_loser_is_stopped_after_its_first_fold(stage):
    """A trial far behind on the same folds is not run to the end, and says so."""

    def score(unit):
        return 0.51 if unit.config.get("line.x", 1) < 0.2 else formula(unit)

    one = stage(executor=FormulaExecutor(score), starts=(*STARTS, SPACE.complete({"family": "line", "line.x": 0.1})))
    one.do(SetBudget(None, 4))
    one.do(Start())
    trial = one.until(finished).trials[3]
    assert (trial.state, len(trial.folds)) == (TrialState.STOPPED, 1)
    assert "behind" in trial.reason


def test_the_persons_own_configuration_runs_next_and_to_the_end(stage):
    """What the person queued goes before the machine's, and is not raced away."""
    one = stage(executor=FormulaExecutor(lambda u: 0.5 if u.config.get("line.x") == 0.05 else formula(u), hold=True))
    one.do(Start())
    receipt = one.do(Propose({"family": "line", "line.x": 0.05}))
    one.executor.release()
    trial = one.until(finished).trials[receipt.number]
    assert (trial.author, trial.origin, trial.state) == (Author.YOU, Origin.OWN, TrialState.COMPLETE)
    order = [r.event.number for r in one.records if isinstance(r.event, ev.TrialStarted)]
    assert order[1] == receipt.number


def test_an_edit_says_what_was_changed(stage):
    """A proposal with a parent is an edit; its reason names the difference."""
    one = stage()
    one.do(Start())
    one.until(lambda s: s.ended >= 2)
    receipt = one.do(Propose({"family": "line", "line.x": 0.75}, parent=1))
    trial = one.controller.state.trials[receipt.number]
    assert trial.origin is Origin.EDIT
    assert "x 0.5 → 0.75" in trial.why


@pytest.mark.parametrize(
    ("command", "kind", "said"),
    [
        (Propose({"family": "line", "line.x": 2.0}), ConfigError, "between 0 and 1"),
        (Propose({"family": "line"}, parent=99), CommandError, "no trial 99"),
        (Cancel(-1), CommandError, "no trial -1"),
        (Pause(), CommandError, "Only a running search"),
        (Stop(), CommandError, "not started yet"),
    ],
    ids=repr,
)
def test_an_impossible_command_is_rejected_on_record(stage, command, kind, said):
    """The ticket raises, a Rejected event says why, the controller lives on."""
    one = stage(budget_trials=3)
    with pytest.raises(kind, match=said):
        one.do(command)
    assert any(isinstance(r.event, ev.Rejected) and said in r.event.message for r in one.records)
    one.do(Start())
    one.until(finished)


def test_pause_starts_nothing_and_stops_the_clock(stage):
    """While paused nothing new is given to the workers, what ran is kept, and the budget stands still."""
    one = stage(executor=FormulaExecutor(hold=True), budget_seconds=100.0, budget_trials=None)
    one.do(Start())
    one.clock.time += 10
    one.do(Pause())
    given = len(one.executor.submitted)
    one.executor.release()
    one.until(lambda s: len(s.trials[0].folds) == 1)
    one.clock.time += 500
    one.do(SetAutonomy(Autonomy.CRUISE))
    assert len(one.executor.submitted) == given
    assert one.controller.elapsed == pytest.approx(10.0)
    one.do(Resume())
    one.until(lambda s: s.ended >= 3)
    one.clock.time += 95
    one.do(SetAutonomy(Autonomy.CRUISE))
    assert one.until(finished).reason == "The time budget is used up."


def test_user_driven_runs_only_what_is_queued(stage):
    """Under "user" the machine proposes nothing."""
    one = stage(autonomy=Autonomy.USER)
    one.do(Start())
    number = one.do(Propose({"family": "tree"})).number
    state = one.until(lambda s: s.ended == 1)
    assert [t.number for t in state.trials] == [number]
    one.do(SetAutonomy(Autonomy.CRUISE))
    one.until(finished)


def test_a_failing_trial_costs_itself_only(stage):
    """An exception in a fit ends its trial with the reason; the search goes on."""

    def score(unit):
        if unit.config["family"] == "tree":
            raise ValueError("The tree fell over.")
        return formula(unit)

    one = stage(executor=FormulaExecutor(score))
    one.do(Start())
    state = one.until(finished)
    assert state.trials[2].state is TrialState.FAILED
    assert state.trials[2].problem.message == "The tree fell over."
    assert state.ended == 10
    assert state.count(TrialState.FAILED) <= 4


def test_a_search_in_which_nothing_runs_says_so(stage):
    """When the first trials all fail the search ends with the cause, and can be resumed once it is mended."""

    def score(unit):
        raise ValueError("No space left on device.")

    one = stage(executor=FormulaExecutor(score), budget_trials=50)
    one.do(Start())
    state = one.until(lambda s: s.phase is Phase.FAILED)
    assert "No space left on device" in state.failure.message
    one.executor.score = formula
    one.do(Resume())
    one.until(lambda s: s.count(TrialState.COMPLETE) > 2)


def test_cancel_ends_one_trial(stage):
    """A cancelled trial is stopped, kept, and not run."""
    one = stage(executor=FormulaExecutor(hold=True))
    one.do(Start())
    number = one.do(Propose({"family": "tree"})).number
    one.do(Cancel(number))
    assert one.controller.state.trials[number].state is TrialState.STOPPED
    with pytest.raises(CommandError, match="already"):
        one.do(Cancel(number))
    one.executor.release()
    assert one.until(finished).trials[number].folds == ()


def test_a_raised_budget_continues_and_leaves_the_holdout_alone(stage):
    """After the end more trials can run; the holdout was looked at once and is not looked at again."""
    one = stage(budget_trials=4)
    one.do(Start())
    one.until(finished)
    with pytest.raises(CommandError, match="Raise the budget first"):
        one.do(Resume())
    assert one.do(SetBudget(None, 3)).sentence == "The budget is 3 trials."
    assert one.do(SetBudget(None, 7)).sentence == "The budget is 7 trials. The search resumed."
    state = one.until(lambda s: finished(s) and s.ended == 7)
    assert sum(isinstance(r.event, ev.HoldoutMeasured) for r in one.records) == 1
    assert state.holdout is not None


def test_a_session_that_broke_off_is_taken_up_again(stage, tmp_path):
    """Finished trials stay, running ones are queued again under their numbers, the starts are not repeated."""
    one = stage(executor=FormulaExecutor(hold=True), budget_trials=8)
    one.do(Start())
    own = one.do(Propose({"family": "line", "line.x": 0.3})).number
    one.executor.release()
    one.until(lambda s: s.ended >= 3)
    one.executor.hold()
    one.until(lambda s: s.count(TrialState.RUNNING) == 1)
    one.close()
    records = read(one.place)
    before = replay(records)
    two = Stage(tmp_path, records=records, create=False)
    try:
        state = two.until(lambda s: s.seq > before.seq and s.count(TrialState.RUNNING) == 0)
        assert state.phase is Phase.PAUSED
        for trial in before.trials:
            if trial.state is TrialState.COMPLETE:
                assert state.trials[trial.number] == trial
        two.do(Resume())
        end = two.until(finished)
        assert end.trials[own].state is TrialState.COMPLETE
        assert end.ended == 8
        assert sum(t.origin in (Origin.START, Origin.BASELINE) for t in end.trials) == 3
    finally:
        two.close()


@pytest.mark.slow
def test_a_thousand_commands_from_four_threads(stage):
    """Whatever order they come in, each ticket is answered and the numbers have no gaps."""
    one = stage(budget_trials=400)
    one.do(Start())
    answers = []

    def person(seed):
        for step in range(250):
            command = [
                Propose({"family": "line", "line.x": (seed + step) % 100 / 100}),
                Pause(),
                Resume(),
                Cancel(step),
            ]
            ticket = one.controller.send(command[(seed + step) % 4])
            try:
                answers.append(ticket.result(30))
            except CommandError as error:
                answers.append(error)

    threads = [threading.Thread(target=person, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 1000
    state = one.controller.state
    assert [t.number for t in state.trials] == list(range(len(state.trials)))
    assert sum(t.author is Author.YOU for t in state.trials) == 250
    one.close()
    assert replay(read(one.place)).counts == one.controller.state.counts


def test_stop_while_the_ensemble_is_refreshed(stage):
    """What was cancelled at the end answers late, and is told from the last refresh."""
    one = stage(budget_trials=100)
    one.do(Start())
    one.until(lambda s: s.count(TrialState.COMPLETE) >= 9)
    one.executor.hold()
    keys = [key for key, _, _ in one.executor.submitted]
    one.executor.release()
    one.do(Stop())
    state = one.until(finished)
    assert any(key.startswith("ensemble#") for key in keys + [key for key, _, _ in one.executor.submitted])
    assert state.holdout is not None


def test_a_late_answer_of_a_cancelled_call_is_ignored(stage):
    """An outcome under a key that is no longer waited for does no harm."""
    one = stage(budget_trials=5)
    one.do(Start())
    one.until(lambda s: s.ended)
    for key in ("ensemble#99", "holdout#1", "77:0", "strange"):
        one.executor.deliver(Outcome(key, 1))
    one.until(finished)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, object(), b"x", [1], 10**400], ids=range(7))
def test_a_refused_value_of_any_kind_is_recorded(stage, value):
    """What a person sent may have no JSON form; it is refused, on record, and the search goes on."""
    one = stage(budget_trials=3)
    for config in ({"family": "line", "line.x": value}, {"family": "tree", "tree.depth": value}):
        with pytest.raises(ConfigError):
            one.do(Propose(config))
    one.do(Start())
    one.until(finished)


def test_the_largest_budget_is_no_trouble(stage):
    """Ten years of search wait as well as ten minutes; more is refused with a sentence."""
    one = stage(budget_seconds=3e8, budget_trials=None)
    one.do(Start())
    one.until(lambda s: s.ended >= 4)
    for seconds in (1e10, 10**400):
        with pytest.raises(CommandError, match="ten years"):
            SetBudget(seconds)


def test_a_loaded_search_with_a_spent_budget_ends_when_resumed(stage, tmp_path):
    """Killed while it was ending, it measures the holdout after all."""
    one = stage(budget_trials=5)
    one.do(Start())
    one.until(finished)
    one.close()
    cut = [r for r in read(one.place) if not isinstance(r.event, (ev.Finished, ev.HoldoutMeasured))]
    place = tmp_path / "cut"
    place.mkdir()
    journal = SqlJournal(place / "s.sqlite", create=True)
    journal.append([replace(record, seq=seq) for seq, record in enumerate(cut, 1)])
    journal.close()
    two = Stage(place, records=read(place / "s.sqlite"), create=False)
    try:
        assert two.until(lambda s: s.seq > len(cut)).phase is Phase.PAUSED
        two.do(Resume())
        assert two.until(finished).holdout is not None
    finally:
        two.close()


def test_closing_leaves_a_paused_session_with_all_that_came_in(stage):
    """A closed session says so: paused on record, and what had finished is in the journal."""
    one = stage(budget_trials=200)
    one.do(Start())
    one.until(lambda s: s.ended >= 5)
    one.close()
    state = one.controller.state
    assert state.phase is Phase.PAUSED
    assert not one.controller.ticking
    assert replay(read(one.place)) == state


def test_workers_let_go_come_back_when_the_search_goes_on(stage):
    """A resting search gives its processes back and makes new ones on resume."""
    one = stage(budget_trials=30)
    one.do(Start())
    one.until(lambda s: s.ended >= 3)
    one.do(Pause())
    first = one.executor
    one.controller.release()
    one.do(SetAutonomy(Autonomy.CRUISE))
    one.until(lambda s: s.count(TrialState.RUNNING) == 0 or first.closed)
    one.do(Resume())
    one.until(finished)
    assert one.executor is not first


def test_failures_in_a_row_end_the_search_also_late(stage):
    """Workers that break in the middle do not burn the budget trial by trial."""
    broken = []

    def score(unit):
        if unit.trial >= 8:
            broken.append(unit.trial)
            raise OSError("The machine is out of memory.")
        return formula(unit)

    one = stage(executor=FormulaExecutor(score), budget_trials=500)
    one.do(Start())
    state = one.until(lambda s: s.phase is Phase.FAILED)
    assert len(set(broken)) == 6
    assert "6 trials in a row failed" in state.failure.message


def test_the_clock_waits_for_a_person_who_drives(stage):
    """Under "user" time is spent only while something runs."""
    one = stage(autonomy=Autonomy.USER, budget_seconds=100.0, budget_trials=None)
    one.do(Start())
    one.do(SetAutonomy(Autonomy.USER))
    one.clock.time += 1000
    number = one.do(Propose({"family": "line"})).number
    assert one.until(lambda s: s.ended == 1).trials[number].state is TrialState.COMPLETE
    assert one.controller.state.phase is Phase.RUNNING


def test_a_cancelled_wait_takes_no_trial_from_the_budget(stage):
    """A trial that never began does not count."""
    one = stage(executor=FormulaExecutor(hold=True), budget_trials=5)
    one.do(Start())
    one.do(Cancel(one.do(Propose({"family": "tree"})).number))
    one.executor.release()
    state = one.until(finished)
    assert state.started == 5
    assert state.count(TrialState.COMPLETE, TrialState.STOPPED) == 6


def test_a_failed_holdout_is_said(stage):
    """When the holdout cannot be measured the search ends and says why."""
    executor = FormulaExecutor()
    answer = executor._outcome
    failure = Failure(FailureKind.MEMORY, "needed more than its limit of 2.0 GB")
    executor._outcome = lambda key, call: (
        Outcome(key, failure=failure) if key.startswith("holdout") else answer(key, call)
    )
    one = stage(executor=executor, budget_trials=4)
    one.do(Start())
    state = one.until(finished)
    assert state.holdout is None
    assert "2.0 GB" in state.holdout_problem


def test_a_closed_session_refuses_commands(stage):
    """After close a command says how to go on."""
    one = stage()
    one.close()
    with pytest.raises(CommandError, match="load"):
        one.do(Start())
