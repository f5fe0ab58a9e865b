"""Generated tables keep the laws of `tests.laws.laws`; `python -m benchmarks frames` checks 10,000 of them."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_widget import AutoMLSession
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.wire.data import data_info
from tests.laws.grammar import COLUMNS, frame
from tests.laws.laws import broken, broken_by

SEEDS = [3, 8, 21, 23, 27, 43, 54, 65, 96, 106, 126, 153]
"""Tables that broke a law once: quarters, weeks, fractions, tuples, blanks in targets, durations named id."""


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_that_broke_a_law_keep_all_laws(seed: int) -> None:
    """Each kind of fault that was found stays mended."""
    assert broken_by(seed) == []


@pytest.mark.slow
@settings(max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_any_table_keeps_all_laws(draw: Random) -> None:
    """No exception but ours; read as a person reads, alike in training and prediction; faults stay in their column."""
    assert list(broken(frame(draw), draw)) == []


def test_the_grammar_makes_every_kind_of_column() -> None:
    """A few hundred tables have each production."""
    forms = {one.form.split()[0] for seed in range(60) for one in frame(Random(seed)).features.values()}
    assert {"number", "date", "truth", "category", "duration", "text", "odd"} <= forms
    assert len(COLUMNS) >= len(forms)


@pytest.mark.slow
def test_each_note_reaches_the_data_tab_and_the_counts_agree(tmp_path) -> None:
    """In a session, the Data tab has each note on columns, and the summary counts the same rows and columns."""
    found = next(made for seed in range(99) if (made := frame(Random(seed))) and "target truth" in made.goal.form)
    with AutoMLSession(found.table, found.target, workers=1, autonomy="user", journal=tmp_path / "s.sqlite") as session:
        runtime = runtime_of(session)
        task = session.task
        shown = data_info(runtime, runtime.state, {})
        assert set(task.notes) <= {*shown["notes"], *runtime.understood.divided.notes}
        assert f"{task.rows:,} rows" in shown["sentence"]
        assert f"{task.rows:,} rows" in session.summary()
        assert f"{len(task.used)} of {len(task.columns)} columns" in session.summary()
