"""The sidebar: the sessions of a kernel, and those on disk."""

from __future__ import annotations

from typing import Literal, TypedDict

from hitl_widget.widget.wire.session import MetricInfo, Status
from hitl_widget.widget.wire.warnings import WarningInfo

__all__ = ["RecentSession", "SessionHead", "Sessions"]


class SessionHead(TypedDict):
    """A live session in the sidebar."""

    id: str
    name: str
    """Name of the session, by default its target."""
    started: str
    """When the session was first opened, in local time: "14:03", or "29 Nov 14:03" on another day."""
    target: str
    kind: Literal["binary", "multiclass", "regression"]
    metric: MetricInfo
    sentence: str
    """The task in one sentence."""
    status: Status
    best: str
    """Name of the best trial's family, or ""."""
    caution: str
    """The sentence beside every score while a severe warning is open; "" otherwise."""
    warnings: list[WarningInfo]
    """Open warnings, most severe first, at most three."""
    more_warnings: int
    """Number of further open warnings."""
    journal: str
    cell: str | None
    """Id of the cell that showed or created it."""


class Sessions(TypedDict):
    """The content of the sidebar, in the order in which the sessions started.

    In the sidebar's comm the messages of a session's dashboard travel as {"type": "of", "session": id, "message": ...},
    both ways; "leave" with a session ends the pushes that "hello" began. Requests of the sidebar itself: "list" ->
    Sessions, "recent" -> list of RecentSession; replies are `Reply`. {"type": "here", "target": ...} says that there
    are sessions, to whoever has not asked yet.
    """

    type: Literal["sessions"]
    target: Literal["hitl_widget.sidebar"]
    """The comm's target, by which a page that does not have the comm yet finds it."""
    version: int
    sessions: list[SessionHead]


class RecentSession(TypedDict):
    """A journal in the person's data folder."""

    journal: str
    target: str
    time: float
    """Time of the last event, in seconds since the epoch."""
    trials: int
    """Number of ended trials."""
    seconds: float
    """Seconds on the search's clock."""
    ended: bool
    """True if the search finished."""
