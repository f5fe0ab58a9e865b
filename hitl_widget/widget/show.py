"""Display of a session in the cell's output or the terminal."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any

from hitl_widget.domain.commands import Pause
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Author
from hitl_widget.session.results import summary
from hitl_widget.widget.kernel import kernel_shell, marimo_around, running_cell

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime
    from hitl_widget.widget.widget import SessionWidget

__all__ = ["show", "widget_of"]

_shown: dict[str, tuple[object, list[weakref.ref[Runtime]]]] = {}
"""Cell id -> the execution that showed sessions there, and the sessions."""


def widget_of(runtime: Runtime) -> SessionWidget:
    """Return the widget of a session, created on first use."""
    from hitl_widget.widget.widget import SessionWidget

    if runtime.widget is None:
        runtime.widget = SessionWidget(runtime)
    widget: SessionWidget = runtime.widget
    return widget


def show(runtime: Runtime) -> None:
    """Display the dashboard in a kernel or in marimo; print the summary elsewhere."""
    marimo = marimo_around()
    if marimo is not None:
        marimo.output.append(widget_of(runtime))
        return
    shell = kernel_shell()
    if shell is None:
        sys.stdout.write(summary(runtime) + "\n")
        return
    from IPython.display import display

    from hitl_widget.widget.lab import shown_in

    widget = widget_of(runtime)
    display(widget)  # type: ignore[no-untyped-call]
    widget.static_output.show()
    shown_in(runtime, running_cell(shell))
    _rest_those_replaced(runtime, shell)


def _rest_those_replaced(runtime: Runtime, shell: Any) -> None:
    """Pause sessions that an earlier run of the same cell showed; they would take half the cores unseen."""
    cell = running_cell(shell)
    if cell is None:
        return
    execution = (shell.parent_header.get("header") or {}).get("msg_id")
    before, sessions = _shown.get(cell, (execution, []))
    if before != execution:
        for known in sessions:
            other = known()
            if other is not None and other is not runtime and other.state.phase is Phase.RUNNING:
                other.send(Pause(), Author.MACHINE, "its cell was run again")
                other.controller.release()
        sessions = []
    _shown[cell] = (execution, [*sessions, weakref.ref(runtime)])
