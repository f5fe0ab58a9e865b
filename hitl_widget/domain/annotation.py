"""An annotation: the tags and the note that a user wrote on a trial."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["Annotation"]


class Annotation(NamedTuple):
    """The tags and the note of a trial.

    Parameters
    ----------
    tags
        Short words, in the order of the user.
    note
        A free text.
    """

    tags: tuple[str, ...] = ()
    note: str = ""

    def as_json(self) -> list[Any]:
        """Return the JSON form."""
        return [list(self.tags), self.note]

    @staticmethod
    def from_json(body: Any) -> Annotation:
        """Return the annotation in a JSON form."""
        tags, note = body
        return Annotation(tuple(map(str, tags)), str(note))
