"""What is asked of the Jupyter kernel around, when there is one."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["answer_on_own_subshell", "kernel_shell", "marimo_around", "quicken", "running_cell"]

_SWITCH = 0.001
"""Seconds after which a computing cell lets other threads of the kernel run; Python's own 5 ms add up over the some ten
changes of thread between a click and its answer."""


def kernel_shell() -> Any | None:
    """IPython's shell when this process is a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if hasattr(shell, "kernel") else None


def marimo_around() -> Any | None:
    """Return the module marimo when this code runs in one of its notebooks."""
    marimo = sys.modules.get("marimo")
    return marimo if marimo is not None and marimo.running_in_notebook() else None


def running_cell(shell: Any | None) -> str | None:
    """Id of the cell that runs, when the front end tells."""
    header = getattr(shell, "parent_header", None) or {}
    cell = (header.get("metadata") or {}).get("cellId")
    return cell if isinstance(cell, str) else None


def quicken() -> None:
    """Let clicks be answered soon while a cell computes."""
    sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH))


def answer_on_own_subshell(comm: Any) -> None:
    """Keep ipykernel 7.4 from sending clicks to the shell that pushed last.

    That version routes a browser's message to the shell of the last send on the comm; a background thread that
    pushes would make the next click wait until the running cell ends.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default
