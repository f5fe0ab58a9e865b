from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_widget.domain import event as ev
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.data_choices import ANY_VIEW, DataChoices
from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.preference import Comparison, Preferences
from hitl_widget.domain.reducer import reduce, replay
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import LEADERS, Phase, SessionState
from hitl_widget.domain.trial import Author, Fold, Origin, Problem, TrialState
from hitl_widget.domain.vector import Vector


def record(seq, event, elapsed=0.0):
    return ev.Record(seq, 1e9 + seq, elapsed, Author.MACHINE, "", event)


def story(scores):
    """The events of one search: each score a trial with two folds; None a failed one."""
    events = [
        ev.Opened({"a": 1}),
        ev.GenerationOpened(0, Space(("a", "b"), ()).as_json()),
        ev.BudgetSet(60.0, None),
        ev.Started(),
    ]
    for number, score in enumerate(scores):
        events.append(
            ev.TrialQueued(number, {"family": "ab"[number % 2]}, Author.MACHINE, Origin.SAMPLER, None, "why", 0)
        )
        events.append(ev.TrialStarted(number))
        if score is None:
            problem = Problem("error", "It broke.", "Traceback")
            events.append(ev.TrialEnded(number, TrialState.FAILED, "", problem))
            continue
        events += [
            ev.FoldDone(number, Fold(fold, score, 0.1, 0.2, 0.3, 10, {"rounds": 5}, ("slow",), 9)) for fold in (0, 1)
        ]
        events.append(ev.TrialEnded(number, TrialState.COMPLETE))
    return [record(seq, event, 0.5 * seq) for seq, event in enumerate(events, 1)]


_scores = st.lists(st.none() | st.floats(-10, 10), max_size=150)


@given(_scores)
def test_state_is_the_fold_of_its_events(scores):
    """Counts, leaders and the best of each family follow from the events alone."""
    state = replay(story(scores))
    done = [score for score in scores if score is not None]
    assert state.count(TrialState.COMPLETE) == len(done)
    assert state.count(TrialState.FAILED) == len(scores) - len(done)
    assert sum(state.counts) == len(scores) == len(state.trials)
    ranked = sorted((n for n, s in enumerate(scores) if s is not None), key=lambda n: (-scores[n], n))
    assert list(state.leaders) == ranked[:LEADERS]
    assert state.best == (ranked[0] if ranked else None)
    for family, number in state.family_best.items():
        assert number == next(n for n in ranked if "ab"[n % 2] == family)


@given(_scores)
def test_events_survive_json(scores):
    """A journal's text reads back as the same events, and so as the same state."""
    records = story(scores)
    again = [
        ev.Record(
            r.seq,
            r.time,
            r.elapsed,
            r.author,
            r.cause,
            ev.event_from(ev.event_name(r.event), json.loads(json.dumps(ev.event_body(r.event)))),
        )
        for r in records
    ]
    assert replay(again) == replay(records)


def test_a_field_of_a_newer_version_is_left_out():
    """An older version reads what it knows."""
    assert ev.event_from("Finished", {"reason": "done", "mood": "glad"}) == ev.Finished("done")


def test_loading_pauses_what_ran_and_leaves_what_ended():
    """A session that broke off comes back paused; a finished one finished."""
    running = replay(story([0.5]))
    assert running.phase is Phase.RUNNING
    assert reduce(running, record(99, ev.Loaded())).phase is Phase.PAUSED
    ended = reduce(running, record(99, ev.Finished("done")))
    assert reduce(ended, record(100, ev.Loaded())).phase is Phase.FINISHED


def test_a_requeued_trial_forgets_its_folds():
    """After a restart a trial that ran waits again from its first fold."""
    records = story([0.5])[:-1]
    state = reduce(replay(records), record(50, ev.TrialRequeued(0)))
    trial = state.trials[0]
    assert (trial.state, trial.folds, trial.score) == (TrialState.QUEUED, (), None)
    assert state.count(TrialState.QUEUED) == 1


def test_readers_keep_their_view():
    """An older state does not change when the session goes on."""
    records = story([0.5, 0.7])
    early = replay(records[:6])
    before = list(early.trials)
    replay(records[6:], early)
    assert list(early.trials) == before
    assert SessionState().trials == Vector()


@given(st.lists(st.integers(), max_size=300), st.data())
def test_a_vector_behaves_as_a_list(items, data):
    """Append and replace give what a list would, and leave the old vector alone."""
    vector = Vector()
    for item in items:
        vector = vector.append(item)
    assert list(vector) == items
    assert len(vector) == len(items)
    if items:
        index = data.draw(st.integers(0, len(items) - 1))
        changed = vector.replace(index, None)
        assert vector[index] == items[index]
        assert changed[index] is None
        assert [item for i, item in enumerate(changed) if i != index] == [x for i, x in enumerate(items) if i != index]


# -- what good means --------------------------------------------------------------------------------------------------


def steered(acts, preferences):
    return ev.Steered("do", acts, "constraint", "said", preferences=preferences.as_json())


def grown(records, *events):
    """Records with further events behind them."""
    return [*records, *(record(len(records) + place, event) for place, event in enumerate(events, 1))]


def measured(number, problems=None, **values):
    return ev.Measured(({"number": number, "values": values, "spreads": {}, "problems": problems or {}},))


FAST = Constraint("predict_ms", "<", 5.0)
LIMITS = Preferences(constraints=(FAST,))


def test_values_that_come_later_stand_beside_those_that_were_there():
    """Measured again they replace what was there; what could not be measured says why; each is counted."""
    records = grown(story([0.8, 0.9]), measured(0, predict_ms=3.0), measured(1, {"gap": "no model"}, predict_ms=9.0))
    state = replay(records)
    assert [dict(trial.measures) for trial in state.trials] == [{"predict_ms": 3.0}, {"predict_ms": 9.0}]
    assert state.trials[1].unmeasured == {"gap": "no model"}
    assert (state.measured, state.measured_names) == (3, ("predict_ms",))
    assert state.trials[1].seq == state.seq
    state = replay(grown(records, measured(0, predict_ms=4.0, gap=0.1)))
    assert dict(state.trials[0].measures) == {"predict_ms": 4.0, "gap": 0.1}
    assert state.measured_names == ("predict_ms", "gap")


def test_an_offered_model_costs_what_was_measured_on_it():
    """Time and size of the delivered model replace what its folds suggested, and the constraints are judged by them."""
    limited = ev.Steered("do", 1, "constraint", "said", preferences=LIMITS.as_json())
    records = grown(story([0.8, 0.9]), limited, measured(0, predict_ms=4.0), measured(1, predict_ms=4.5))
    assert replay(records).best == 1
    slow = OfferedModel("best", ((1, 1.0),), 0.88, None, None, predict_ms=6.0, size_mb=2.0)
    both = OfferedModel("ensemble", ((0, 0.5), (1, 0.5)), 0.88, None, None, predict_ms=9.0, size_mb=3.0)
    state = replay(grown(records, ev.HoldoutMeasured(1, 0.88, 0.88, 200, (slow, both))))
    assert dict(state.trials[1].measures) == {"predict_ms": 6.0, "size_mb": 2.0}
    assert dict(state.trials[0].measures) == {"predict_ms": 4.0}
    assert (state.broken, state.best, state.trials[1].seq) == ({1}, 0, state.seq)
    assert state.measured_names == ("predict_ms",)


def test_a_fold_brings_its_measures_and_a_trial_that_runs_again_forgets_them():
    """What was measured right after a fit belongs to that fit."""
    queued = ev.TrialQueued(0, {"family": "a"}, Author.MACHINE, Origin.SAMPLER, None, "", 0)
    fold = ev.FoldDone(0, Fold(0, 0.8, measures={"predict_ms": 3.0}))
    events = [queued, ev.TrialStarted(0), fold]
    state = replay(grown([], *events))
    assert state.trials[0].measures == {"predict_ms": 3.0}
    assert state.measured_names == ("predict_ms",)
    assert replay(grown([], *events, ev.TrialRequeued(0))).trials[0].measures == {}


def test_a_hard_constraint_holds_from_its_act_on():
    """What breaks it, and what is not known, leaves the leaders and the climbs, and relaxing brings it back."""
    records = grown(
        story([0.7, 0.8, 0.9, None]),
        measured(0, predict_ms=1.0),
        measured(1, predict_ms=9.0),
        ev.EnsembleChanged(((2, 0.6), (0, 0.4)), 0.95),
    )
    before = replay(records)
    assert (before.leaders, before.ensemble) == ((2, 1, 0), ((2, 0.6), (0, 0.4)))
    records = grown(records, steered(1, LIMITS))
    state = replay(records)
    assert (state.broken, state.leaders, state.best) == ({1, 2}, (0,), 0)
    assert [number for _, number in state.climbs] == [0]
    assert (state.ensemble, state.ensemble_score) == ((), None)
    assert dict(state.family_best) == dict(before.family_best)
    again = replay(grown(records, measured(2, predict_ms=2.0)))
    assert (again.broken, again.leaders) == ({1}, (2, 0))
    relaxed = replay(grown(records, steered(2, Preferences())))
    for name in ("leaders", "climbs", "ensemble", "ensemble_score", "broken", "family_best"):
        assert getattr(relaxed, name) == getattr(before, name)


def test_a_trial_that_ends_under_a_hard_constraint_leads_only_if_it_keeps_it():
    """Known from its fold it counts at once; else as soon as it is measured."""
    records = grown(story([]), steered(1, LIMITS))
    for number, measures in enumerate(({"predict_ms": 3.0}, {"predict_ms": 7.0}, {})):
        records = grown(
            records,
            ev.TrialQueued(number, {"family": "a"}, Author.MACHINE, Origin.SAMPLER, None, "", 0),
            ev.TrialStarted(number),
            ev.FoldDone(number, Fold(0, 0.5 + 0.1 * number, measures=measures)),
            ev.TrialEnded(number, TrialState.COMPLETE),
        )
    state = replay(records)
    assert (state.leaders, state.broken) == ((0,), {1, 2})
    assert state.family_best == {"a": 2}
    state = replay(grown(records, measured(2, predict_ms=4.0)))
    assert (state.leaders, state.broken) == ((2, 0), {1})
    assert [number for _, number in state.climbs] == [0, 2]


def test_a_soft_constraint_breaks_nothing():
    """Every trial may lead; which one to take is what was learnt."""
    soft = Preferences(constraints=(Constraint("predict_ms", "<", 5.0, hard=False),))
    records = grown(story([0.8, 0.9]), measured(0, predict_ms=3.0), steered(1, soft))
    state = replay(records)
    assert (state.broken, state.leaders, state.chosen) == (frozenset(), (1, 0), 1)
    state = replay(grown(records, ev.Learnt(0, 0, 0.0, "")))
    assert (state.chosen, state.best) == (0, 1)
    assert replay(grown(records, ev.Learnt(0, 0, 0.0, ""), steered(2, Preferences()))).chosen == 1


def test_what_may_not_lead_is_not_chosen():
    """A recommendation that breaks a constraint meanwhile, or was discarded, gives way to the best."""
    answers = (Comparison(0, 1, "a"),)
    records = grown(
        story([0.8, 0.9]),
        measured(0, predict_ms=9.0),
        measured(1, predict_ms=1.0),
        steered(1, Preferences(comparisons=answers)),
        ev.Learnt(1, 0, 0.5, ""),
    )
    assert replay(records).chosen == 0
    assert replay(grown(records, steered(2, Preferences(constraints=(FAST,), comparisons=answers)))).chosen == 1
    assert replay(grown(records, ev.Steered("do", 2, "discard", "", discarded=(0,)))).chosen == 1


_values = st.none() | st.sampled_from([1.0, 5.0, 9.0])
_trials = st.lists(
    st.tuples(st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]), _values, _values, st.integers(0, 5)), max_size=20
)


@pytest.mark.slow
@given(_trials, st.integers(0, 80))
def test_a_constraint_ranks_the_same_whenever_it_is_said(trials, at):
    """Before the trials, among them or after them, whenever their values come: what leads and breaks is the same."""
    events, late = [steered(1, LIMITS)], []
    for number, (score, early, value, wait) in enumerate(trials):
        events += [
            ev.TrialQueued(number, {"family": "a"}, Author.MACHINE, Origin.SAMPLER, None, "", 0),
            ev.TrialStarted(number),
            ev.FoldDone(number, Fold(0, score, measures={} if early is None else {"predict_ms": early})),
            ev.TrialEnded(number, TrialState.COMPLETE),
        ]
        if value is not None:
            late.append((number + wait, measured(number, predict_ms=value)))
        events += [event for when, event in late if when == number]
    events += [event for when, event in late if when >= len(trials)]
    first = replay(grown([], *events))
    act = events.pop(0)
    events.insert(min(at, len(events)), act)
    later, last = replay(grown([], *events)), replay(grown([], *(one for one in events if one is not act), act))
    for name in ("leaders", "broken", "family_best", "climbs"):
        assert getattr(later, name) == getattr(first, name) == getattr(last, name), name


def test_an_added_answer_is_kept_alone_and_read_back():
    """Three numbers in the journal, not all answers again, and the same state after JSON."""
    events = [
        ev.Steered("do", 1, "answer", "", answers=([3, 4, "a"],)),
        ev.Steered("do", 2, "answer", "", answers=([5, 6, "skip"],)),
        measured(0, {"gap": "no model"}, predict_ms=3.0),
        ev.Learnt(1, None, 0.5, "so"),
    ]
    records = grown(story([0.5]), *events)
    bodies = [json.loads(json.dumps(ev.event_body(one.event), allow_nan=False)) for one in records]
    assert bodies[-4]["answers"] == [[3, 4, "a"]]
    assert "preferences" not in bodies[-4]
    again = [
        ev.Record(one.seq, one.time, one.elapsed, one.author, one.cause, ev.event_from(ev.event_name(one.event), body))
        for one, body in zip(records, bodies, strict=True)
    ]
    assert replay(again) == replay(records)
    said = replay(again).preferences
    assert said.comparisons == (Comparison(3, 4, "a"), Comparison(5, 6, "skip"))
    assert (said.answers, said.lead) == (1, True)


def test_a_journal_of_the_time_before_has_no_preferences():
    """Events without the new fields read as those that say nothing of them."""
    fold = ev.event_body(ev.FoldDone(0, Fold(0, 0.8)))
    assert "measures" not in fold["fold"]
    assert ev.event_from("FoldDone", fold) == ev.FoldDone(0, Fold(0, 0.8))
    old = ev.event_from("Steered", {"step": "do", "act": 1, "kind": "note", "title": ""})
    state = replay(grown(story([0.5]), old))
    assert state.preferences == Preferences()
    assert (state.learnt, state.measured_names, state.broken) == (None, (), frozenset())


def by_metric(name, seq, step="do", act=1):
    """The event of an act on the metric; "" returns to the first one."""
    return record(seq, ev.Steered(step, act, "metric", "by another metric", data=DataChoices(metric=name).as_json()))


def test_trials_count_by_another_metric_once_they_are_scored_by_it():
    """Until then none counts; what was stopped early never does; undo gives back the former scores and ranking."""
    events = [one.event for one in story([0.7, 0.9, 0.8])]
    events += [ev.TrialQueued(3, {"family": "a"}, Author.MACHINE, Origin.SAMPLER, None, "", 0), ev.TrialStarted(3, 0)]
    events += [ev.FoldDone(3, Fold(0, 0.1)), ev.TrialEnded(3, TrialState.STOPPED, "too far behind")]
    before = replay([record(seq, event) for seq, event in enumerate(events, 1)])
    assert before.leaders == (1, 2, 0)
    state = reduce(before, by_metric("neg_log_loss", 100))
    assert (state.leaders, state.best, state.view) == ((), None, 1)
    assert [one.number for one in state.trials if state.awaits_scores(one)] == [0, 1, 2]
    assert state.generations == before.generations
    scores = tuple((number, ((0, -number - 1.0), (1, -number - 2.0))) for number in range(3))
    state = reduce(state, record(101, ev.Rescored(1, scores)))
    assert state.leaders == (0, 1, 2)
    assert (state.trials[0].score, [fold.score for fold in state.trials[0].folds]) == (-1.5, [-1.0, -2.0])
    assert not any(map(state.awaits_scores, state.trials))
    assert state.on_other_data(state.trials[3])
    body = json.loads(json.dumps(ev.event_body(ev.Rescored(1, scores))))
    assert ev.event_from("Rescored", body) == ev.Rescored(1, scores)
    undone = reduce(state, by_metric("", 102, "undo"))
    assert undone.leaders == before.leaders
    assert [one.score for one in undone.trials] == [one.score for one in before.trials]
    redone = reduce(undone, by_metric("neg_log_loss", 103, "redo"))
    assert redone.leaders == (0, 1, 2)


def test_scores_that_come_late_are_kept_for_their_metric():
    """Scores by a metric that was undone meanwhile change nothing, and are there when it is redone."""
    state = reduce(replay(story([0.7, 0.9])), by_metric("neg_log_loss", 100))
    undone = reduce(state, by_metric("", 101, "undo"))
    late = reduce(undone, record(102, ev.Rescored(1, ((0, ((0, -1.0), (1, -1.0))), (1, ((0, -2.0), (1, -2.0)))))))
    assert late.leaders == undone.leaders == (1, 0)
    assert reduce(late, by_metric("neg_log_loss", 103, "redo")).leaders == (0, 1)


def test_the_holdout_belongs_to_its_metric():
    """It is set aside with the metric, and comes back with it."""
    measured = ev.HoldoutMeasured(1, 0.9, None, 50)
    state = reduce(replay(story([0.7, 0.9])), record(100, measured))
    changed = reduce(state, by_metric("neg_log_loss", 101))
    assert changed.holdout is None
    assert reduce(changed, by_metric("", 102, "undo")).holdout == measured


def test_a_baseline_is_scored_by_the_metric_of_its_time():
    """It reads no column, so it is valid on all, but not by all metrics; one that begins later has today's metric."""
    events = [one.event for one in story([0.7])]
    for number in (1, 2):
        events.append(ev.TrialQueued(number, {"family": "a"}, Author.MACHINE, Origin.BASELINE, None, "", 0))
    events.append(ev.TrialStarted(1, ANY_VIEW))
    state = replay([record(seq, event) for seq, event in enumerate(events, 1)])
    assert state.view_of(state.trials[1]).number == 0
    state = reduce(state, by_metric("neg_log_loss", 100))
    state = reduce(state, record(101, ev.TrialStarted(2, ANY_VIEW)))
    assert [state.view_of(state.trials[number]).choices.metric for number in (1, 2)] == ["", "neg_log_loss"]
    assert state.on_other_data(state.trials[1])
    assert not state.on_other_data(state.trials[2])


def test_trials_that_a_metric_cannot_score_wait_no_longer():
    """They stay on other data, and come back with their metric."""
    state = reduce(replay(story([0.7, 0.9])), by_metric("neg_log_loss", 100))
    state = reduce(state, record(101, ev.Rescored(1, ((0, ()), (1, ((0, -1.0), (1, -1.0)))))))
    assert state.awaiting == []
    assert (state.leaders, state.on_other_data(state.trials[0])) == ((1,), True)
    assert reduce(state, by_metric("", 102, "undo")).leaders == (1, 0)


def test_the_holdout_of_a_metric_is_found_on_other_columns():
    """A change of columns in between does not lose it."""
    measured = ev.HoldoutMeasured(1, 0.9, None, 50)
    state = reduce(replay(story([0.7, 0.9])), record(100, measured))
    state = reduce(state, by_metric("neg_log_loss", 101))
    columns = DataChoices(filling={"a": "mean"}, metric="neg_log_loss")
    state = reduce(state, record(102, ev.Steered("do", 2, "data", "t", generation=1, data=columns.as_json())))
    back = DataChoices(filling={"a": "mean"})
    assert reduce(state, record(103, ev.Steered("do", 3, "metric", "t", data=back.as_json()))).holdout == measured
