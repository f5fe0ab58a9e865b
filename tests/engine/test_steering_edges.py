"""Steering where it meets what is under way, what has ended, and what nobody should send."""

from __future__ import annotations

import shutil
from itertools import pairwise

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.nudge import Answer, Nudge
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.space import Int
from hitl_widget.domain.state import LEADERS, Phase
from hitl_widget.domain.trial import Author, Origin, TrialState
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.errors import CommandError, HitlError
from tests.doubles import FormulaExecutor, Stage, formula


@pytest.fixture
def stage(tmp_path):
    made = []

    def make(**settings):
        made.append(Stage(tmp_path, **{"budget_trials": None, **settings}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def begun(stage, ended=12, **settings):
    """A search that runs, with some trials ended."""
    one = stage(**settings)
    one.do(cmd.Start())
    one.until(lambda s: s.ended >= ended)
    return one


def records_of(one):
    reader = SqlJournal(one.place, create=False)
    try:
        return reader.read()
    finally:
        reader.close()


# -- what nobody should send --------------------------------------------------------------------------------------


def _deep(levels):
    value = 1
    for _ in range(levels):
        value = {"low": value}
    return value


class _Unshowable:
    def __repr__(self):
        raise RuntimeError("no words for this")


@pytest.mark.parametrize(
    "make",
    [
        lambda: cmd.Grid({"family": "line"}, "family", ("line", "tree")),
        lambda: cmd.Propose({"family": "line", "line.x": 10**5000}),
        lambda: cmd.Propose({"family": "line", "line.x": _Unshowable()}),
        lambda: cmd.Edit({"line.x": [0, 10**400]}),
        lambda: cmd.Edit({"tree.depth": [1, 10**5000]}),
        lambda: cmd.Edit({"line.x": _deep(100_000)}),
        lambda: cmd.Edit({"line.x": [[_deep(100_000)]]}),
        lambda: cmd.Cancel(10**5000),
        lambda: cmd.Undo(10**5000),
    ],
)
def test_what_nobody_should_send_is_refused_and_the_search_goes_on(stage, make):
    """Whatever it was, it is on record as refused, and changed nothing."""
    one = begun(stage, 3)
    before = one.controller.state
    with pytest.raises(HitlError):
        one.do(make())
    assert one.controller.state.steering == before.steering
    assert any(isinstance(record.event, ev.Rejected) for record in one.records)
    one.until(lambda s: s.ended >= before.ended + 3)
    assert one.controller.alive


def test_a_request_with_a_strange_id_is_carried_out(stage):
    """The id comes from a browser and goes into the journal."""
    one = begun(stage, 3)
    one.do(cmd.Note("here"), cause="\ud800\0" + "x" * 100)
    assert one.controller.alive
    one.close()
    assert [r.cause for r in records_of(one) if isinstance(r.event, ev.Noted)] == ["??" + "x" * 62]


def test_a_level_of_autonomy_that_does_not_exist_is_refused_when_it_is_named():
    """Not by the search."""
    assert cmd.SetAutonomy("user").level is cmd.Autonomy.USER
    with pytest.raises(CommandError, match="autonomy must be one of user, cruise, autopilot; got 'bogus'"):
        cmd.SetAutonomy("bogus")


def with_near(unit):
    """The formula, and a family of the person's own."""
    return 0.6 if unit.config["family"] == "near" else formula(unit)


# -- learners that come and go ------------------------------------------------------------------------------------


def test_a_learner_that_was_taken_back_returns_with_its_hyperparameters(stage):
    """Undo takes them out of the space; to include the family brings both back."""
    one = stage(autonomy=cmd.Autonomy.USER)
    own = (Int("near.k", 1, 9, 5),)
    one.do(cmd.AddLearner("near", "Near", own, b"code"))
    one.do(cmd.Undo())
    one.do(cmd.Edit(include=["near"], changes={"near.k": [2, 6]}))
    space = one.controller.state.space
    assert [(p.name, p.low, p.high) for p in space.of("near")] == [("near.k", 2, 6)]
    assert one.controller.state.base.of("near") == own
    one.do(cmd.Undo())
    one.do(cmd.Edit(include=["near"]))
    assert one.controller.state.space.of("near") == own


def test_a_learner_whose_code_is_not_here_is_not_begun(stage):
    """A loaded session leaves it out until it is added again; a trial of it could only fail."""
    one = stage(autonomy=cmd.Autonomy.USER)
    one.do(cmd.AddLearner("near", "Near", (Int("near.k", 1, 9, 5),), b"code"))
    one.close()
    shutil.rmtree(one.plan.folder)
    again = stage(create=False, records=records_of(one), executor=FormulaExecutor(with_near))
    again.do(cmd.Batch(4))
    state = again.until(lambda s: s.ended == 4)
    assert "near" not in {trial.family for trial in state.trials if trial.origin is Origin.START}
    again.do(cmd.AddLearner("near", "Near", (Int("near.k", 1, 9, 5),), b"code"))
    again.do(cmd.Batch(1))
    state = again.until(lambda s: s.ended == 5)
    assert (state.trials[4].family, state.trials[4].origin) == ("near", Origin.START)


# -- what is under way while the space changes --------------------------------------------------------------------


class Slow(FormulaExecutor):
    """Holds calls of one kind until they are let go."""

    def __init__(self, kind, **settings):
        super().__init__(**settings)
        self.kind, self.held = kind, []

    def submit(self, key, call, done, *, seconds=None, background=False, heard=None):
        if key.startswith(self.kind) and self.held is not None:
            self.held.append((key, call, done))
        else:
            super().submit(key, call, done, seconds=seconds, heard=heard)

    def let_go(self):
        held, self.held = self.held, None
        for key, call, done in held:
            super().submit(key, call, done)


def test_an_ensemble_that_was_under_way_does_not_bring_back_what_was_excluded(stage):
    """It is measured again without them."""
    executor = Slow("ensemble#")
    one = stage(executor=executor, budget_trials=10)
    one.do(cmd.Start())
    one.until(lambda s: s.phase is Phase.FINISHING)
    assert executor.held
    one.do(cmd.Edit(exclude=["line"]))
    executor.let_go()
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    assert state.ensemble
    assert {state.trials[number].family for number, _ in state.ensemble} == {"tree"}


def test_the_holdout_is_recorded_for_the_trial_that_was_measured(stage):
    """An edit in that moment changes the best, not what was looked at."""
    executor = Slow("holdout#")
    one = stage(executor=executor, budget_trials=10)
    one.do(cmd.Start())
    one.until(lambda s: s.phase is Phase.FINISHING and executor.held)
    measured = one.controller.state.best
    one.do(cmd.Edit(exclude=["line"]))
    assert one.controller.state.best != measured
    executor.let_go()
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    assert state.holdout.trial == measured


@pytest.mark.parametrize("measured_last", ["ensemble#", "holdout#"])
def test_a_budget_that_is_raised_while_the_search_ends_resumes_it(stage, measured_last):
    """The last ensemble and the holdout are measured again at the new end, the holdout once in all."""
    executor = Slow(measured_last)
    one = stage(executor=executor, budget_trials=10)
    one.do(cmd.Start())
    one.until(lambda s: s.phase is Phase.FINISHING and executor.held)
    assert one.do(cmd.SetBudget(trials=16)).sentence == "The budget is 16 trials. The search resumed."
    executor.let_go()
    state = one.until(lambda s: s.phase is Phase.FINISHED)
    assert state.started == 16
    assert state.ensemble
    assert sum(isinstance(one.event, ev.HoldoutMeasured) for one in one.records) == 1


def test_undo_after_the_end_brings_the_ensemble_back(stage):
    """What is delivered is as it was."""
    one = stage(budget_trials=12)
    one.do(cmd.Start())
    before = one.until(lambda s: s.phase is Phase.FINISHED)
    assert before.ensemble
    one.do(cmd.Edit(exclude=["line"]))
    assert one.controller.state.ensemble == ()
    one.do(cmd.Undo())
    state = one.controller.state
    assert (state.ensemble, state.ensemble_score) == (before.ensemble, before.ensemble_score)
    assert replay(one.records).ensemble == before.ensemble


# -- proposals of the machine -------------------------------------------------------------------------------------


class Wider:
    """Proposes to widen line.x to twice today's range, from the third ended trial on."""

    def nudges(self, state, elapsed):
        high = 2 * state.space["line.x"].high
        command = cmd.as_json(cmd.Edit({"line.x": {"high": high}}))
        found = Nudge("widen", "widen", "Widen?", "E.", "W.", 1.0, (Answer("widen", "Widen", command),), auto=True)
        return [found] if state.ended >= 3 and "widen" not in state.answered else []


@pytest.mark.parametrize("paused", [False, True])
def test_a_proposal_follows_the_space_that_it_is_about(stage, paused):
    """Accepted after an edit of the person's own it does what it says today, not what it said then."""
    one = begun(stage, 5, advisor=Wider())
    if paused:
        one.do(cmd.Pause())
    one.do(cmd.Edit({"line.x": [0.0, 5.0]}))
    state = one.until(lambda s: s.nudges and s.nudges[0].answers[0].command["changes"]["line.x"]["high"] == 10)
    one.do(cmd.AnswerNudge("widen"))
    assert one.controller.state.space["line.x"].high == 10
    assert state.acts[-1].author is Author.YOU


def test_the_autopilot_keeps_its_pace_over_a_resume(stage):
    """At most one act in ten trials, also when the session was taken up again in between."""

    class Eager:
        def nudges(self, state, elapsed):
            answer = Answer("do", "Do", cmd.as_json(cmd.Note("x")))
            key = f"k{len(state.answered)}"
            return [Nudge(key, "rule", "Do?", "E.", "W.", 1.0, (answer,), auto=True)]

    one = begun(stage, 4, advisor=Eager(), autonomy=cmd.Autonomy.AUTOPILOT)
    one.do(cmd.Pause())
    assert len(one.controller.state.answered) == 1
    one.close()
    again = stage(create=False, records=records_of(one), advisor=Eager())
    again.do(cmd.Resume())
    state = again.until(lambda s: s.ended >= 30)
    at = sorted(then for _, then in state.answered.values())
    assert all(after - before >= 10 for before, after in pairwise(at))


# -- where the person drives --------------------------------------------------------------------------------------


def test_a_batch_ends_with_the_mode_in_which_it_was_asked_for(stage):
    """Nothing is owed after cruise; and naming the mode again calls a batch off."""
    executor = FormulaExecutor(hold=True)
    one = stage(executor=executor, autonomy=cmd.Autonomy.USER)
    one.do(cmd.Batch(50))
    one.do(cmd.SetAutonomy(cmd.Autonomy.USER))
    assert one.controller.state.granted == 0
    executor.release()
    one.until(lambda s: not s.count(TrialState.RUNNING))
    assert len(one.controller.state.trials) <= 2


def test_climbs_are_those_of_the_evidence_of_today(stage):
    """What an undo brings back has not just been found."""
    one = begun(stage, 12)
    one.do(cmd.Pause())
    before = one.controller.state
    one.do(cmd.Edit(exclude=["line"]))
    state = one.controller.state
    assert all(state.trials[number].family != "line" for _, number in state.climbs)
    one.do(cmd.Undo())
    assert one.controller.state.climbs == before.climbs


def test_models_of_leaders_that_left_do_not_pile_up(stage):
    """Those of the last ones that an act put out of the lead stay, for its undo; what is older can be fitted again."""
    one = stage(autonomy=cmd.Autonomy.USER, folds=1, starts=())
    for turn in range(4):
        low = 0.25 * turn
        one.do(cmd.Edit({"line.x": [low, low + 0.25]}))
        one.do(cmd.Grid({"family": "line"}, "line.x", tuple(low + 0.005 * i for i in range(LEADERS))))
        state = one.until(lambda s, done=LEADERS * (turn + 1): s.ended == done)
    one.do(cmd.Note("settled"))
    kept = {int(path.stem) for path in (one.plan.folder / "oof").glob("*.npy")}
    assert kept == set(range(2 * LEADERS, 4 * LEADERS))
    assert set(state.leaders) < kept
