from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.annotation import Annotation
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.state import Phase
from hitl_widget.domain.steering import Steering
from hitl_widget.domain.trial import Author, Origin, TrialState
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.errors import CommandError, ConfigError, HitlError
from hitl_widget.preference.model import PreferenceModel
from tests.doubles import SPACE, TASK, FormulaExecutor, Stage


@pytest.fixture
def stage(tmp_path):
    made = []

    def make(folder="s", **settings):
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        made.append(Stage(place, **settings))
        return made[-1]

    yield make
    for one in made:
        one.close()


def running(stage, **settings):
    """A search that was begun, with ten trials done and held there."""
    one = stage(budget_trials=None, **settings)
    one.do(cmd.Start())
    one.until(lambda s: s.count(TrialState.COMPLETE) >= 10)
    return one


def test_an_edit_opens_a_generation_and_greys_what_falls_outside(stage):
    """From the next proposal on the new range holds; every trial is kept; undo brings all back."""
    one = running(stage)
    one.do(cmd.Edit({"line.x": [0.6, 1.0]}))
    state = one.until(lambda s: s.ended >= 30)
    later = [t for t in state.trials if t.generation == 1 and t.family == "line"]
    assert later
    assert all(0.6 <= t.config["line.x"] <= 1.0 for t in later)
    for trial in state.trials:
        assert (trial.number in state.outside) == (trial.family == "line" and trial.config["line.x"] < 0.6)
    assert state.generations[1].title == "line.x 0–1 → 0.6–1"
    one.do(cmd.Undo())
    assert one.controller.state.outside == frozenset()
    assert one.controller.state.space == SPACE
    assert one.controller.state.generation == 2


def test_the_best_leaves_with_its_family_and_comes_back(stage):
    """Leaders and the ensemble hold what lies in the space; the record holds all."""
    one = running(stage)
    one.do(cmd.Pause())
    before = one.controller.state
    assert before.best_trial.family == "line"
    one.do(cmd.Edit(exclude=["line"]))
    state = one.controller.state
    assert state.best_trial.family != "line"
    assert all(state.trials[n].family != "line" for n, _ in state.ensemble)
    assert len(state.trials) == len(before.trials)
    one.do(cmd.Undo())
    assert one.controller.state.leaders == before.leaders


def test_trials_outside_finish_or_are_cancelled_as_said(stage):
    """`running="cancel"` ends those in work and in the queue that fall outside, and those only."""
    executor = FormulaExecutor(hold=True)
    one = stage(budget_trials=None, executor=executor)
    one.do(cmd.Start())
    queued = one.do(cmd.Propose({"family": "line", "line.x": 0.1})).number
    kept = one.do(cmd.Propose({"family": "line", "line.x": 0.9})).number
    one.do(cmd.Edit({"line.x": [0.5, 1.0]}, running="cancel"))
    state = one.controller.state
    assert state.trials[queued].state is TrialState.STOPPED
    assert "You canceled it" in state.trials[queued].reason
    assert state.trials[kept].state is not TrialState.STOPPED
    executor.release()


def test_a_queued_trial_outside_still_runs_when_it_is_to_finish(stage):
    """What the person asked for is done, and counts once the space holds it again."""
    executor = FormulaExecutor(hold=True)
    one = stage(budget_trials=None, executor=executor)
    one.do(cmd.Start())
    number = one.do(cmd.Propose({"family": "line", "line.x": 0.1})).number
    one.do(cmd.Edit({"line.x": [0.5, 1.0]}))
    executor.release()
    state = one.until(lambda s: s.trials[number].state is TrialState.COMPLETE)
    assert number in state.outside
    assert number not in state.leaders
    one.do(cmd.Undo())
    assert number in one.controller.state.leaders


def test_a_discarded_trial_counts_for_nothing_until_it_is_brought_back(stage):
    """It leaves the evidence, not the record."""
    one = running(stage)
    one.do(cmd.Pause())
    best = one.controller.state.best
    one.do(cmd.Discard(best))
    assert one.controller.state.best != best
    with pytest.raises(CommandError, match="already discarded"):
        one.do(cmd.Discard(best))
    one.do(cmd.Restore(best))
    assert one.controller.state.best == best


def test_tags_and_a_note_are_written_on_a_trial_and_undone(stage):
    """They change no score and no ranking, come back from the journal, and each change is an act."""
    one = running(stage)
    one.do(cmd.Pause())
    best = one.controller.state.best
    one.do(cmd.Annotate(best, (" candidate ", "candidate"), "fast enough"))
    first = one.do(cmd.Annotate(0, ("guess",))).act
    assert one.controller.state.steering.annotations == {
        best: Annotation(("candidate",), "fast enough"),
        0: Annotation(("guess",)),
    }
    assert one.controller.state.best == best
    with pytest.raises(CommandError, match="already has these tags"):
        one.do(cmd.Annotate(0, ("guess",)))
    with pytest.raises(CommandError, match="1 to 40 characters"):
        cmd.Annotate(0, ("x" * 41,))
    one.do(cmd.Annotate(best))
    assert one.controller.state.steering.annotations == {0: Annotation(("guess",))}
    one.do(cmd.Undo())
    one.do(cmd.Undo(first))
    assert one.controller.state.steering.annotations == {best: Annotation(("candidate",), "fast enough")}


def test_where_the_person_drives_only_what_they_ask_for_runs(stage):
    """A proposal, a grid and a batch run; nothing else does; a batch is so many trials and no more."""
    one = stage(autonomy=cmd.Autonomy.USER, budget_trials=None)
    grid = one.do(cmd.Grid({"family": "line"}, "line.x", (0.2, 0.4, 0.6))).numbers
    state = one.until(lambda s: s.ended == 3)
    assert [state.trials[n].config["line.x"] for n in grid] == [0.2, 0.4, 0.6]
    assert {state.trials[n].origin for n in grid} == {Origin.GRID}
    one.do(cmd.Batch(4))
    state = one.until(lambda s: s.ended == 7)
    assert state.granted == 0
    assert sum(t.author is Author.MACHINE for t in state.trials) == 4
    one.do(cmd.Propose({"family": "tree"}))
    state = one.until(lambda s: s.ended == 8)
    assert len(state.trials) == 8
    with pytest.raises(CommandError, match="drive yourself"):
        one.do(cmd.SetAutonomy(cmd.Autonomy.CRUISE)) and one.do(cmd.Batch(2))


def test_a_grid_with_one_bad_value_queues_nothing(stage):
    """All or nothing."""
    one = stage(autonomy=cmd.Autonomy.USER)
    with pytest.raises(ConfigError, match="must be between 0 and 1"):
        one.do(cmd.Grid({"family": "line"}, "line.x", (0.2, 7.0)))
    assert len(one.controller.state.trials) == 0


def test_a_suggestion_is_what_would_run_next(stage):
    """Asked twice it is the same; a batch of one then runs it; unasked it leaves no trace."""
    one = stage(autonomy=cmd.Autonomy.USER, starts=(), budget_trials=None)
    first = one.do(cmd.Suggest()).suggestion
    assert one.do(cmd.Suggest()).suggestion == first
    assert first.why
    assert len(one.controller.state.trials) == 0
    one.do(cmd.Batch(1))
    state = one.until(lambda s: s.ended == 1)
    assert dict(state.trials[0].config) == dict(first.config)


def test_beliefs_are_stated_replaced_withdrawn_and_undone(stage):
    """One belief about each thing; undo restores the one before."""
    one = running(stage)
    one.do(cmd.Pause())
    one.do(cmd.Believe("tree.rate", around=0.1, strength="hint"))
    one.do(cmd.Believe("tree.rate", around=0.2, strength="strong"))
    one.do(cmd.Believe("family", likely=("tree",)))
    beliefs = one.controller.state.steering.beliefs
    assert [(b.about, b.around) for b in beliefs] == [("tree.rate", 0.2), ("family", None)]
    assert beliefs[0].low * beliefs[0].high == pytest.approx(0.04)
    one.do(cmd.Undo())
    one.do(cmd.Undo())
    assert [b.around for b in one.controller.state.steering.beliefs] == [0.1]
    one.do(cmd.Withdraw("tree.rate"))
    assert one.controller.state.steering.beliefs == ()


def test_a_softened_belief_does_not_lead_anew(stage):
    """Stated again less surely it keeps its age; stated elsewhere or more surely it is a new one."""
    one = running(stage)
    one.do(cmd.Pause())
    one.do(cmd.Believe("tree.rate", around=0.1, strength="strong"))
    since = one.controller.state.steering.beliefs[0].since
    one.do(cmd.Resume())
    one.until(lambda s: s.started > since + 2)
    one.do(cmd.Pause())
    one.do(cmd.Believe("tree.rate", around=0.1, strength="hint"))
    assert one.controller.state.steering.beliefs[0].since == since
    one.do(cmd.Believe("tree.rate", around=0.1, strength="fair"))
    assert one.controller.state.steering.beliefs[0].since > since


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (cmd.Believe("tree.rate", around=7.0), "Widen the range first"),
        (cmd.Believe("tree.rates", around=0.1), "There are tree.rate, tree.depth"),
        (cmd.Believe("tree.rate", likely=(0.1,)), "give a value with around="),
        (cmd.Believe("family", likely=("svm",)), "no family 'svm'"),
        (cmd.Withdraw("tree.rate"), "There is no belief about"),
        (cmd.Undo(), "nothing to undo"),
        (cmd.Redo(), "nothing to redo"),
        (cmd.Undo(3), "nothing to undo"),
        (cmd.Discard(99), "There is no trial 99"),
        (cmd.AnswerNudge("x"), "is not open"),
        (cmd.Edit(exclude=["line", "tree"]), "At least one family"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(stage, command, message):
    """The refusal is on record, and nothing else happened."""
    one = stage()
    before = one.controller.state
    with pytest.raises(HitlError, match=message):
        one.do(command)
    after = one.controller.state
    assert after.steering == before.steering
    assert isinstance(one.records[-1].event, ev.Rejected)


def test_an_earlier_act_is_taken_back_alone(stage):
    """Later acts stay; one that touched the same thing again stands in the way."""
    one = stage()
    one.do(cmd.Edit({"line.x": [0.2, 0.8]}))
    one.do(cmd.Edit({"tree.depth": [2, 5]}))
    one.do(cmd.Undo(1))
    space = one.controller.state.space
    assert (space["line.x"].low, space["tree.depth"].high) == (0.0, 5)
    assert one.controller.state.acts[-1].title == "undid: line.x 0–1 → 0.2–0.8"
    one.do(cmd.Undo())
    assert one.controller.state.space["line.x"].low == 0.2
    one.do(cmd.Edit({"tree.depth": [2, 4]}))
    with pytest.raises(CommandError, match=r"tree\.depth was changed again later"):
        one.do(cmd.Undo(2))


def test_an_edited_session_that_broke_off_is_taken_up_as_it_was(stage, tmp_path):
    """Space, beliefs, queue, autonomy, undo and what was discarded come back from the journal alone."""
    one = running(stage)
    one.do(cmd.Edit({"line.x": [0.5, 1.0]}, exclude=["tree"]))
    one.do(cmd.Believe("line.x", around=0.9))
    one.do(cmd.Discard(1))
    one.do(cmd.Undo())
    one.do(cmd.SetAutonomy(cmd.Autonomy.USER))
    one.do(cmd.Note("that was it"))
    one.executor.hold()
    one.do(cmd.Propose({"family": "line", "line.x": 0.7}))
    before = one.controller.state
    one.close()
    reader = SqlJournal(one.place, create=False)
    records = reader.read()
    reader.close()
    again = stage("s", create=False, records=records)
    again.controller.ready.wait(5)
    state = again.controller.state
    assert state.steering == before.steering
    assert (state.done, state.undone, state.autonomy) == (before.done, before.undone, before.autonomy)
    again.do(cmd.Redo())
    assert again.controller.state.steering.discarded == {1}
    again.do(cmd.Resume())
    state = again.until(lambda s: not s.count(TrialState.QUEUED, TrialState.RUNNING))
    assert any(t.config.get("line.x") == 0.7 and t.state is TrialState.COMPLETE for t in state.trials)


_names = st.sampled_from(["line.x", "tree.rate", "tree.depth", "line.y", "family"])
_numbers = st.sampled_from([0.0, 0.001, 0.05, 0.2, 0.5, 0.9, 1.0, 2, 3, 5, 8, -1.0, True, "x"])
_changes = st.one_of(
    st.tuples(_numbers, _numbers).map(list),
    _numbers,
    st.fixed_dictionaries({}, optional={"low": _numbers, "high": _numbers, "log": st.booleans()}),
    st.none(),
)
_families = st.lists(st.sampled_from(["line", "tree", "dummy", "svm"]), max_size=2)
_raw = st.one_of(
    st.fixed_dictionaries(
        {
            "type": st.just("edit"),
            "changes": st.dictionaries(_names, _changes, max_size=2),
            "include": _families,
            "exclude": _families,
            "running": st.sampled_from(["finish", "cancel"]),
        }
    ),
    st.fixed_dictionaries({"type": st.just("undo"), "act": st.none() | st.integers(0, 6)}),
    st.just({"type": "undo"}),
    st.just({"type": "redo"}),
    st.fixed_dictionaries(
        {
            "type": st.just("believe"),
            "about": _names,
            "around": _numbers,
            "strength": st.sampled_from(["hint", "fair", "strong"]),
            "spread": st.sampled_from([0.05, 0.1, 0.5]),
        }
    ),
    st.fixed_dictionaries({"type": st.just("believe"), "about": st.just("family"), "likely": _families}),
    st.fixed_dictionaries({"type": st.just("withdraw"), "about": _names}),
    st.fixed_dictionaries({"type": st.sampled_from(["discard", "restore", "cancel"]), "number": st.integers(-1, 12)}),
    st.fixed_dictionaries(
        {
            "type": st.just("propose"),
            "config": st.fixed_dictionaries(
                {"family": st.sampled_from(["line", "tree"])}, optional={"line.x": _numbers, "tree.depth": _numbers}
            ),
            "parent": st.none() | st.integers(0, 5),
        }
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("grid"),
            "config": st.just({"family": "line"}),
            "parameter": _names,
            "values": st.lists(_numbers, max_size=3),
        }
    ),
    st.fixed_dictionaries({"type": st.just("batch"), "count": st.integers(0, 3)}),
    st.fixed_dictionaries({"type": st.just("set_autonomy"), "level": st.sampled_from(["user", "cruise", "autopilot"])}),
    st.sampled_from([{"type": "start"}, {"type": "pause"}, {"type": "resume"}, {"type": "suggest"}]),
    st.fixed_dictionaries({"type": st.just("note"), "text": st.text(max_size=5)}),
)
_objectives = st.sampled_from(
    ["predict_ms", "complexity", "gap", "accuracy", "log_loss", "worst_group:town", "stability", "own", "speed"]
)
_limits = st.sampled_from(
    ["predict_ms < 30", "gap <= 0.5", "accuracy > 0.2", "auc >= 0.6", "own < 1", "family in line"]
)
_wishes = st.one_of(
    st.fixed_dictionaries({"type": st.just("set_objectives"), "names": st.lists(_objectives, max_size=4)}),
    st.fixed_dictionaries({"type": st.just("require"), "text": _limits, "hard": st.booleans()}),
    st.fixed_dictionaries({"type": st.just("relax"), "text": _limits | _objectives}),
    st.fixed_dictionaries(
        {
            "type": st.just("prefer"),
            "first": st.integers(-1, 8),
            "second": st.integers(0, 8),
            "answer": st.sampled_from(["a", "b", "equal", "skip", "c"]),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("set_goals"), "weights": st.dictionaries(_objectives, st.sampled_from([0, 1, 50]), max_size=2)}
    ),
    st.sampled_from(
        [
            {"type": "add_objective", "name": "own", "matrix": [[0, 1], [5, 0]]},
            {"type": "add_objective", "name": "gap", "matrix": [[0, 1], [5, 0]]},
        ]
    ),
)


def _send(one, raw):
    before = one.controller.state.steering
    try:
        one.do(cmd.command_from(raw))
    except HitlError as error:  # a refusal is an answer too, if it says something and nothing was done
        if not str(error).strip() or "could not be read" in str(error) or one.controller.state.steering != before:
            raise


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@pytest.mark.slow
@given(raws=st.lists(_raw | _wishes, min_size=3, max_size=25))
def test_any_sequence_of_commands_keeps_the_study_whole(raws, tmp_path_factory):
    """State equals replay; undo then redo is the identity; nothing measured vanishes; proposals lie in their space."""
    preference_learner = PreferenceModel(TASK, frozenset({"dummy"}))
    one = Stage(tmp_path_factory.mktemp("s"), budget_trials=None, task=TASK, preference_learner=preference_learner)
    try:
        one.do(cmd.Start())
        measured = {}
        for raw in raws:
            _send(one, raw)
            state = one.controller.state
            for number, trial in measured.items():
                assert state.trials[number].folds == trial.folds
            measured = {t.number: t for t in state.trials if t.state is TrialState.COMPLETE}
        assert one.controller.alive
        _undo_then_redo(one)
        _finish(one)
        _check_record(one)
    finally:
        one.close()


def _undo_then_redo(one):
    _send(one, {"type": "pause"})
    before = one.controller.state.steering
    done = len(one.controller.state.done)
    for _ in range(done):
        one.do(cmd.Undo())
    assert one.controller.state.steering.space == SPACE
    assert one.controller.state.steering == Steering(SPACE)
    assert one.controller.state.broken == frozenset()
    for _ in range(done):
        one.do(cmd.Redo())
    assert one.controller.state.steering == before


def _finish(one):
    one.do(cmd.SetAutonomy(cmd.Autonomy.CRUISE))
    begun = one.controller.state.ended
    _send(one, {"type": "resume"})
    one.until(lambda s: s.ended >= begun + 5)
    _send(one, {"type": "stop"})
    one.until(lambda s: s.phase is Phase.FINISHED)


def _check_record(one):
    one.close()
    state = one.controller.state
    reader = SqlJournal(one.place, create=False)
    records = reader.read()
    reader.close()
    again = replay(records)
    names = ("steering", "acts", "done", "undone", "generations", "outside", "counts", "leaders", "trials")
    names += ("climbs", "family_best", "ensemble", "granted", "verdicts", "nudges", "story")
    for name in (*names, "broken", "learnt", "measured", "measured_names", "chosen"):
        assert getattr(again, name) == getattr(state, name), name
    spaces = {one.number: one.space for one in state.generations}
    for trial in state.trials:
        assert trial.config in spaces[trial.generation], trial


@pytest.mark.slow
def test_a_thousand_acts_from_four_threads_while_trials_finish(stage):
    """Each is carried out or refused; the state is the replay of the journal; nothing is lost."""
    one = stage(budget_trials=None)
    one.do(cmd.Start())
    acts = [
        lambda i: cmd.Edit({"line.x": [0.1 + 0.001 * (i % 100), 1.0]}),
        lambda i: cmd.Believe("tree.rate", around=0.01 + 0.001 * (i % 90)),
        lambda i: cmd.Undo(),
        lambda i: cmd.Redo(),
        lambda i: cmd.Discard(i % 20),
        lambda i: cmd.Edit(exclude=["tree"]) if i % 2 else cmd.Edit(include=["tree"]),
        lambda i: cmd.Propose({"family": "line", "line.x": 0.95}),
    ]
    outcomes = []

    def person(offset):
        for i in range(250):
            try:
                outcomes.append(one.do(acts[(i + offset) % len(acts)](i)))
            except HitlError as error:
                outcomes.append(error)

    threads = [threading.Thread(target=person, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(outcomes) == 1000
    assert one.controller.alive
    one.do(cmd.Stop())
    one.until(lambda s: s.phase is Phase.FINISHED)
    _check_record(one)
