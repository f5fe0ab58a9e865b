"""Numbers as people read them."""

from __future__ import annotations

from hitl_widget.report.words import duration, number


def test_numbers_and_durations_read_well():
    """Digits follow the uncertainty; durations have sensible units."""
    assert number(0.84561, 0.006) == "0.846"
    assert number(float("nan")) == "–"
    assert [duration(one) for one in (59.6, 60, 3599.9, 86400)] == ["1 min", "1 min", "1 h", "24 h"]
