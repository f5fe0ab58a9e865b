"""A change of the rows in the controller: the constant prediction, the number of folds, races and the journal."""

import numpy as np
import pytest

from hitl_widget.data.choices import Columns
from hitl_widget.data.task import understand
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.commands.rows import SetSplit
from hitl_widget.domain.data_choices import ANY_VIEW
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.row_choices import RowChoices
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.handlers.rows import RowHandler
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.errors import CommandError, DataError
from tests.doubles import Stage
from tests.tables import customers


@pytest.fixture
def stage(tmp_path):
    columns = Columns(understand(customers(200), "Churn", cv=3), tmp_path)
    one = Stage(tmp_path, tables=columns, budget_trials=None)
    yield one
    one.close()


def begun(one, trials=8):
    one.do(cmd.Start())
    return one.until(lambda s: s.count(TrialState.COMPLETE) >= trials)


def test_trials_of_other_folds_are_set_aside_and_the_constant_runs_again(stage):
    """Each view has its number of folds and its constant prediction; undo returns the former one."""
    begun(stage)
    stage.do(SetSplit(cv=4))
    state = stage.until(lambda s: sum(t.view == 1 and t.state is TrialState.COMPLETE for t in s.trials) >= 3)
    old, new = [t for t in state.trials if t.family == "dummy"]
    assert (old.view, new.view) == (0, ANY_VIEW)
    assert old.number in state.outside
    assert new.number not in state.outside
    assert state.family_best["dummy"] == new.number
    assert len(new.folds) == 4
    later = [t for t in state.trials if t.view == 1 and t.state is TrialState.COMPLETE]
    assert all(len(t.folds) == 4 for t in later)
    assert min(t.started_at for t in later) >= new.started_at
    rows = state.steering.data.rows
    assert isinstance(rows, RowChoices)
    assert (rows.split.folds, rows.holdout_rows) == (4, 40)
    stage.do(cmd.Pause())
    stage.do(cmd.Undo())
    state = stage.controller.state
    assert state.steering.data.rows is None
    assert state.family_best["dummy"] == old.number
    assert next(t for t in state.trials if t.number == new.number).view == 1


def test_the_journal_keeps_each_division_and_replays_to_the_same_state(stage):
    """The rows are stored under their key before the act that names them."""
    begun(stage)
    stage.do(SetSplit(cv=4))
    stage.do(cmd.Pause())
    state = stage.controller.state
    stage.controller.close()
    journal = SqlJournal(stage.place, create=False)
    try:
        again = replay(journal.read())
        assert again.steering.data == state.steering.data
        assert again.views == state.views
        assert journal.get(f"rows/{state.steering.data.rows.key}") is not None
    finally:
        journal.close()


def test_an_earlier_change_of_the_rows_needs_the_later_ones_undone_first(stage):
    """Each change builds on the rows before it, so it cannot be taken out alone."""
    begun(stage)
    stage.do(SetSplit(cv=4))
    stage.do(cmd.DropRows("tenure > 60"))
    with pytest.raises(CommandError, match="the set of rows was changed again later"):
        stage.do(cmd.Undo(1))
    stage.do(cmd.Undo())
    stage.do(cmd.Undo())
    assert stage.controller.state.view == 0


def test_a_change_that_is_refused_changes_nothing(stage):
    """The error has no effect, and each command of the rows has a handler."""
    state = begun(stage)
    with pytest.raises(DataError, match="whole number of folds from 2"):
        stage.do(SetSplit(cv=1))
    with pytest.raises(DataError, match="no row 5,?000"):
        stage.do(cmd.Relabel((5000,), ("Yes",)))
    assert stage.controller.state.view == state.view
    assert len(RowHandler.handled) == 6
    assert np.isfinite(state.best_trial.score)
