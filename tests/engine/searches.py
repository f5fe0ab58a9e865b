"""A search at rest, what is known of its trials, and a person who answers."""

from __future__ import annotations

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.journal import SqlJournal


def rested(stage, count=12, **settings):
    """A search that was begun and paused with so many trials complete and nothing in the workers."""
    one = stage(**settings)
    one.do(cmd.Start())
    one.until(lambda s: s.count(TrialState.COMPLETE) >= count)
    one.do(cmd.Pause())
    one.until(lambda _: not one.executor.busy)
    one.do(cmd.Pause())  # carried out after the last outcome
    return one


def known(state, name):
    """The complete trials of which an objective is known."""
    return {number for number in complete(state) if name in state.trials[number].measures}


def complete(state):
    return {trial.number for trial in state.trials if trial.state is TrialState.COMPLETE}


def journal_of(one):
    reader = SqlJournal(one.place, create=False)
    try:
        return reader.read()
    finally:
        reader.close()


def fast_rather_than_good(one):
    """Answers of somebody to whom the time alone counts."""
    for _ in range(8):
        question = one.preference_learner.assess(one.controller.state).question
        if question is None:
            return
        trials = one.controller.state.trials
        times = [trials[number].measures["predict_ms"] for number in (question.first, question.second)]
        one.do(cmd.Prefer(question.first, question.second, "a" if times[0] < times[1] else "b"))
