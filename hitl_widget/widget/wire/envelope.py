"""The envelopes of messages: snapshots and deltas."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from hitl_widget.widget.wire.session import SessionInfo, Status
from hitl_widget.widget.wire.shared import PartOf
from hitl_widget.widget.wire.space import FamilyInfo, Steering
from hitl_widget.widget.wire.trials import TrialMark, TrialRow

__all__ = ["Delta", "SetChange", "Snapshot"]


class Snapshot(TypedDict):
    type: Literal["snapshot"]
    version: int
    epoch: str
    """Changes with the kernel-side session; the browser then drops its state."""
    seq: int
    session: SessionInfo
    status: Status
    steering: Steering
    rows: list[TrialRow]


class SetChange(TypedDict):
    added: list[int]
    removed: list[int]


Delta = TypedDict(
    "Delta",
    {
        "type": Literal["delta"],
        "epoch": str,
        "from": int,
        "seq": int,
        "rows": NotRequired[list[TrialRow]],
        "marks": NotRequired[list[TrialMark]],
        "status": NotRequired[Annotated[dict[str, Any], PartOf("Status")]],
        "steering": NotRequired[Annotated[dict[str, Any], PartOf("Steering")]],
        "broken": NotRequired[SetChange],
        "families": NotRequired[list[FamilyInfo]],
    },
)
"""`rows` replace those of the same number, `marks` change them, `status` and `steering` hold only what changed,
`broken` changes `Steering.broken`, `families` replaces `SessionInfo.families` when a learner was added."""
