"""The receipt of a command that was carried out."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.preview import Preview
from hitl_widget.domain.proposal import Proposal

__all__ = ["Receipt"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of a command. The handler fills it in; the engine adds `seq` and `python`.

    Parameters
    ----------
    sentence
        The effect, in one sentence.
    numbers
        The trials that it queued.
    act
        Number of the act that it created or redid, for `undo`; None if there is none.
    suggestion
        The configuration that the search would try next, if requested.
    outside
        The trials that an edit of the search space moved outside, in the state in which it was applied; else None.
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
