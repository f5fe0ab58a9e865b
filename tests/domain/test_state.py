from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from hitl_widget.domain import event as ev
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import LEADERS, Phase, SessionState, reduce, replay
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
