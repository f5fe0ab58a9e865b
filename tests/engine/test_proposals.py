from __future__ import annotations

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.trial import Origin
from tests.doubles import STARTS, Stage


def test_a_suggestion_is_what_runs_next(tmp_path):
    """A planned start first, the sampler's proposal after them, each kept until it runs."""
    one = Stage(tmp_path, budget_trials=None, autonomy=cmd.Autonomy.USER)
    try:
        first = one.do(cmd.Suggest()).suggestion
        assert (dict(first.config), first.origin) == (STARTS[0], Origin.BASELINE)
        assert one.do(cmd.Suggest()).suggestion == first
        one.do(cmd.Batch(len(STARTS)))
        one.until(lambda s: s.ended == len(STARTS))
        then = one.do(cmd.Suggest()).suggestion
        assert then.origin is Origin.SAMPLER
        one.do(cmd.Batch(1))
        state = one.until(lambda s: len(s.trials) == len(STARTS) + 1)
        assert dict(state.trials[len(STARTS)].config) == dict(then.config)
    finally:
        one.close()


def test_a_family_that_was_added_starts_with_its_default(tmp_path):
    """Before the sampler proposes it; excluded families and what was begun already do not start again."""
    one = Stage(tmp_path, budget_trials=None, autonomy=cmd.Autonomy.USER)
    try:
        one.do(cmd.Edit(exclude=("tree",)))
        one.do(cmd.AddLearner("mine", "Mine", ()))
        one.do(cmd.Batch(3))
        state = one.until(lambda s: s.ended == 3)
        assert [trial.family for trial in state.trials] == ["dummy", "line", "mine"]
        assert state.learners == {"mine": "Mine"}
    finally:
        one.close()
