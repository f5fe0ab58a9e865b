"""`session.state`, `journal`, `undo()`, `summary()`, …: the record of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.report.history import frame_of, told
from hitl_widget.session.results import summary, summary_html
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RecordMethods"]


class RecordMethods(Part):
    """Methods that show and annotate the record of the session, and take changes back."""

    @property
    def state(self) -> SessionState:
        """The state of the session: frozen, and the same in every thread."""
        return self._runtime.state

    @property
    def task(self) -> Task:
        """What was understood about the table, with the columns as they enter the models today."""
        return self._runtime.task

    @property
    def journal(self) -> pd.DataFrame:
        """The story of the session: what you and the machine did, oldest first.

        Returns
        -------
        pandas.DataFrame
            Columns seq, time, elapsed (seconds on the search's clock), author, kind, text, detail, act (number that
            `undo` takes), undone, trial.
        """
        frame: pd.DataFrame = frame_of(told(self._runtime.state, self._runtime.words))
        return frame

    def note(self, text: str) -> None:
        """Write something into the journal of the session.

        Parameters
        ----------
        text
            What to write.
        """
        self._runtime.do(cmd.Note(text))

    def undo(self, act: int | None = None) -> None:
        """Take back the last change of the steering, or the one of this number (`session.journal` has them).

        Parameters
        ----------
        act
            Number of an act; the last one by default.
        """
        self._runtime.do(cmd.Undo(plain(act)))

    def redo(self) -> None:
        """Do again what was undone last."""
        self._runtime.do(cmd.Redo())

    @property
    def path(self) -> str:
        """Where the journal is: what `load` takes."""
        return self._runtime.place

    def summary(self) -> str:
        """Return the session in a few sentences.

        Returns
        -------
        str
            Some lines of text.
        """
        return summary(self._runtime)

    def summary_html(self) -> str:
        """Return the session as HTML without scripts, for a saved notebook.

        Returns
        -------
        str
            HTML with inline styles; every name and value is escaped.
        """
        return summary_html(self._runtime)
