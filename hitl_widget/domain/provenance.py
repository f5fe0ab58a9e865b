"""The provenance of a command, passed on to every event that it causes."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.trial import Author

__all__ = ["MACHINE", "Provenance"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """The author and the reason of an act.

    Parameters
    ----------
    author
        The user or the search.
    cause
        Id of the command, or ``""``.
    why
        The evidence of the nudge that the command carries out, or ``""``.
    """

    author: Author = Author.MACHINE
    cause: str = ""
    why: str = ""

    @property
    def who(self) -> str:
        """The subject of a sentence: "You" or "The search"."""
        return "You" if self.author is Author.YOU else "The search"


MACHINE = Provenance()
"""The provenance of everything that the engine does by itself."""
