"""A user's code, signed in the journal and stored for the workers. Owned by the controller's thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hitl_widget.engine.ports import Journal
from hitl_widget.evaluation.trust import sign
from hitl_widget.evaluation.user_code import CodeKind, UserCode

__all__ = ["CodeStore"]


class CodeStore(UserCode):
    """Keeps the learners, objectives and transforms that a user adds, so that they survive the session.

    Parameters
    ----------
    folder
        The session's scratch folder.
    journal
        The journal, which stores signed code.
    sign
        Signs code as this user's.
    """

    def __init__(self, folder: Path, journal: Journal, sign: Callable[[bytes], bytes] = sign) -> None:
        super().__init__(folder)
        self._journal = journal
        self._sign = sign

    def keep(self, kind: CodeKind, name: str, code: bytes) -> None:
        """Store code for the kernel and the workers, then in the journal; raises as `UserCode.keep` does."""
        super().keep(kind, name, code)
        self._journal.put(f"{kind}/{name}", self._sign(code))
