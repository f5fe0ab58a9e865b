"""The person's own code: signed in the journal, and where the workers find it. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hitl_widget.engine.ports import Journal
from hitl_widget.evaluation import user_code
from hitl_widget.evaluation.trust import sign

__all__ = ["CodeStore"]


class CodeStore:
    """Keeps learners, objectives and transforms that a person added.

    Parameters
    ----------
    folder
        The session's scratch folder.
    journal
        Where signed code is kept.
    sign
        Signs code as this person's.
    """

    def __init__(self, folder: Path, journal: Journal, sign: Callable[[bytes], bytes] = sign) -> None:
        self._folder = folder
        self._journal = journal
        self._sign = sign

    def keep_learner(self, name: str, code: bytes) -> None:
        """Keep a learner."""
        self._journal.put(f"learner/{name}", self._sign(code))
        user_code.keep_learner(self._folder, name, code)

    def keep_objective(self, name: str, code: bytes) -> None:
        """Keep an objective."""
        user_code.keep_objective(self._folder, name, code)
        self._journal.put(f"objective/{name}", self._sign(code))

    def keep_transform(self, name: str, code: bytes) -> None:
        """Keep a transform."""
        user_code.keep_transform(self._folder, name, code)
        self._journal.put(f"transform/{name}", self._sign(code))

    def has_transform(self, name: str) -> bool:
        """Whether the code of a transform is here."""
        return user_code.has_transform(self._folder, name)

    def has_learner(self, name: str) -> bool:
        """Whether a family can be fitted here: its package is installed, or its code is this person's."""
        return user_code.family_available(self._folder, name)
