"""A criterion is reached for certain, probably, probably not, or not."""

import pytest

from hitl_widget.domain.success import Success


@pytest.mark.parametrize(
    ("sign", "value", "low", "high", "outcome"),
    [
        (1, 0.85, 0.81, 0.9, "reached"),
        (1, 0.85, 0.79, 0.9, "likely"),
        (1, 0.85, None, None, "likely"),
        (1, 0.75, 0.7, 0.82, "unlikely"),
        (1, 0.75, 0.7, 0.79, "missed"),
        (-1, 0.75, 0.7, 0.79, "reached"),
        (-1, 0.85, 0.81, 0.9, "missed"),
        (-1, 0.8, 0.7, 0.9, "likely"),
    ],
)
def test_the_interval_decides_how_certain_it_is(sign: int, value: float, low, high, outcome: str) -> None:
    """Reached and missed need the whole interval on one side."""
    assert Success("", "m", "m", sign, 0.8).outcome(value, low, high) == outcome
