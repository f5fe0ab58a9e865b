"""An outcome is delivered once, whatever its receiver does."""

from __future__ import annotations

import logging

from hitl_widget.workers.contract import Outcome
from hitl_widget.workers.slots import Slot, State, Unit, finish


def test_an_outcome_is_delivered_once():
    """A result that comes after a cancellation is dropped, and the call's bytes are freed."""
    heard = []
    unit = Unit("a", heard.append, payload=b"call")
    finish(unit, Outcome("a", 1))
    finish(unit, Outcome("a", 2))
    assert [one.value for one in heard] == [1]
    assert unit.over
    assert unit.payload == b""


def test_a_receiver_that_raises_harms_nobody(caplog):
    """The error is logged with the call's key; the supervisor goes on."""

    def broken(_outcome):
        raise ValueError("a foreign callback")

    with caplog.at_level(logging.ERROR):
        finish(Unit("fit#3", broken), Outcome("fit#3", 1))
    assert "the callback of 'fit#3' raised" in caplog.text
    assert "a foreign callback" in caplog.text


def test_a_slot_begins_empty():
    """No worker, no call and no deadline; two slots alike are two."""
    slot = Slot(0)
    assert (slot.state, slot.channel, slot.unit, slot.deadline) == (State.EMPTY, None, None, float("inf"))
    assert slot != Slot(0)
