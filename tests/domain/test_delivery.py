"""An offered model survives the journal."""

from __future__ import annotations

import json

from hitl_widget.domain import event as ev
from hitl_widget.domain.delivery import OfferedModel


def test_offered_models_survive_the_journal():
    """What was measured is read back as it was written; journals from before it was measured are read too."""
    best = OfferedModel("best", ((3, 1.0),), 0.8, 0.75, 0.85, 12.5, None)
    blend = OfferedModel("ensemble", ((3, 0.5), (4, 0.5)), 0.81, None, None, None, 1.5, ahead=(0.01, -0.01, 0.03))
    measured = ev.HoldoutMeasured(3, 0.8, 0.81, 200, (best, blend))
    body = json.loads(json.dumps(ev.event_body(measured)))
    assert ev.event_from("HoldoutMeasured", body) == measured
    assert measured.model("ensemble") is blend
    assert measured.model("simpler") is None
    old = ev.HoldoutMeasured(3, 0.8, None, 200)
    assert "models" not in ev.event_body(old)
    assert ev.event_from("HoldoutMeasured", ev.event_body(old)) == old
