"""What was decided about a table, in words."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.domain.task import Column, Role, Split, SplitScheme
from hitl_widget.report.facts import decided
from tests.report.sessions import TASK


def test_all_that_was_decided_without_being_asked_is_told():
    """Columns left out, numbers and dates found in texts, the split and the holdout; not what the person set."""
    columns = (
        Column("customerID", Role.IGNORED, "an identifier"),
        Column("note", Role.IGNORED, "excluded by you", given=True),
        Column("TotalCharges", Role.NUMERIC, "numbers stored as text; 11 blank cells treated as missing"),
        Column("tenure", Role.NUMERIC, "whole numbers"),
        Column("start", Role.DATE, "dates"),
        Column("end", Role.DATE, "dates"),
    )
    task = replace(TASK, columns=columns)
    assert decided(task) == [
        "left out customerID",
        "read TotalCharges as a number",
        "read start and end as dates",
        "set up 5-fold cross-validation",
        "held out 200 rows",
    ]
    own = replace(TASK, columns=(), holdout_rows=0, split=Split(SplitScheme.GIVEN, 5, made_by="your own folds"))
    assert decided(own) == []
