"""The history of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

from hitl_widget.domain.state import SessionState
from hitl_widget.report.history import Line, markdown_of, told
from hitl_widget.session.results import caution_now
from hitl_widget.widget.requests import request
from hitl_widget.widget.wire.shared import Author

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime


__all__ = ["HistoryRow", "Journal"]


class HistoryRow(TypedDict):
    seq: int
    time: float
    """Seconds since the epoch."""
    elapsed: float
    author: Author
    kind: Literal["run", "trial", "best", "space", "belief", "preference", "nudge", "note", "setting", "result", "data"]
    text: str
    detail: str
    act: int | None
    """Number of the act that can be undone from here."""
    undone: bool
    trial: int | None


class Journal:
    """Answers requests about the history of the session."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._words = runtime.words

    @request("history")
    def history(self, state: SessionState, seq: int) -> list[HistoryRow]:
        """Return the lines of the history after a seq, oldest first; `Steering.acts` tells which are undone later."""
        return [_row(line) for line in told(state, self._words, seq)]

    @request("journal_markdown")
    def markdown(self, state: SessionState) -> str:
        """Return the whole history as Markdown."""
        lines = told(state, self._words)
        return markdown_of(lines, f"Journal of {self._runtime.name}", caution_now(self._runtime))


def _row(line: Line) -> HistoryRow:
    """Return a line of the history."""
    record = line.record
    return {
        "seq": record.seq,
        "time": record.time,
        "elapsed": record.elapsed,
        "author": record.author.value,
        "kind": line.kind,  # type: ignore[typeddict-item]
        "text": line.text,
        "detail": line.detail,
        "act": line.act,
        "undone": line.undone,
        "trial": line.trial,
    }
