"""`session.state`, `journal`, `undo()`, `summary()`, …: the record of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import plain
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Task
from hitl_widget.report.history import frame_of, markdown_of, told
from hitl_widget.session.results import caution_within, summary, summary_html
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RecordMethods"]


class RecordMethods(Part):
    """Methods that show, annotate and revert what happened in the session."""

    @property
    def state(self) -> SessionState:
        """The current state of the session: immutable, so it can be read from any thread."""
        return self._runtime.state

    @property
    def task(self) -> Task:
        """The task: target, metric, folds, and the columns with their current roles."""
        return self._runtime.task

    @property
    def journal(self) -> pd.DataFrame:
        """The history of the session: what you and the search did, oldest first.

        Returns
        -------
        pandas.DataFrame
            Columns seq, time, elapsed (seconds on the search's clock), author, kind, text, detail, act (number that
            `undo` takes), undone, trial.
        """
        frame: pd.DataFrame = frame_of(told(self._runtime.state, self._runtime.words))
        return frame

    def journal_markdown(self) -> str:
        """Return the history of the session as Markdown, such as for a report or a repository.

        Returns
        -------
        str
            A list with a line for each entry, oldest first, under a heading for each day.
        """
        runtime = self._runtime
        lines = told(runtime.state, runtime.words)
        return markdown_of(lines, f"Journal of {runtime.name}", caution_within(runtime))

    def note(self, text: str) -> None:
        """Add a note to the journal.

        Parameters
        ----------
        text
            The note.
        """
        self._runtime.do(cmd.Note(text))

    def undo(self, act: int | None = None) -> None:
        """Undo the last change that you made to the search, or an earlier one.

        Parameters
        ----------
        act
            Number of the change, as in the column `act` of `session.journal`; by default the last one.
        """
        self._runtime.do(cmd.Undo(plain(act)))

    def redo(self) -> None:
        """Redo the change that was undone last."""
        self._runtime.do(cmd.Redo())

    @property
    def path(self) -> str:
        """Path or URL of the journal, which `load` takes."""
        return self._runtime.place

    def summary(self) -> str:
        """Return a summary of the session.

        Returns
        -------
        str
            A few lines of text.
        """
        return summary(self._runtime)

    def summary_html(self) -> str:
        """Return a summary of the session as HTML without scripts.

        Returns
        -------
        str
            HTML with inline styles; every name and value is escaped.
        """
        return summary_html(self._runtime)
