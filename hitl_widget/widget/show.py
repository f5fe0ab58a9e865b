"""Where a session is shown: the cell's output, or the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitl_widget.session import AutoMLSession
    from hitl_widget.widget.widget import SessionWidget

__all__ = ["in_kernel", "show", "widget_of"]


def in_kernel() -> bool:
    """Whether this process is a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def widget_of(session: AutoMLSession) -> SessionWidget:
    """Return the session's one widget, made when first asked for."""
    from hitl_widget.widget.widget import SessionWidget

    if session.widget is None:
        session.widget = SessionWidget(session)
    widget: SessionWidget = session.widget
    return widget


def show(session: AutoMLSession) -> None:
    """Display the dashboard in a kernel, print the summary elsewhere."""
    if not in_kernel():
        sys.stdout.write(session.summary() + "\n")
        return
    from IPython.display import display

    widget = widget_of(session)
    display(widget)  # type: ignore[no-untyped-call]
    widget.keepsake.show()
