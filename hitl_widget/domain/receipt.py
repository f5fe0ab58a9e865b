"""The receipt of a command that was carried out."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.preview import Preview
from hitl_widget.domain.proposal import Proposal

__all__ = ["Receipt"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command did. A handler fills in what it knows, the engine adds `seq` and `python`.

    Parameters
    ----------
    sentence
        What happened, in one sentence.
    numbers
        The trials that it queued.
    act
        Number of the act that it made or redid, which `undo` takes; None without one.
    suggestion
        What the machine would try next, when that was asked.
    outside
        What an edit of the search space moved outside, computed on the state in which it was applied; else None.
    python
        The line of Python that does the same.
    seq
        Number of the last event that it caused.
    """

    sentence: str = ""
    numbers: tuple[int, ...] = ()
    act: int | None = None
    suggestion: Proposal | None = None
    outside: Preview | None = None
    python: str = ""
    seq: int = 0

    @property
    def number(self) -> int | None:
        """The first trial that it queued."""
        return self.numbers[0] if self.numbers else None
