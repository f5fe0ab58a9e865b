"""Access to the surrounding Jupyter kernel, if there is one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["answer_on_own_subshell", "kernel_shell", "marimo_around", "quicken", "running_cell", "user_variables"]

_SWITCH = 0.001
"""Seconds after which a computing cell lets other threads of the kernel run; Python's default of 5 ms adds up over
about ten changes of thread between a click and its answer."""


def kernel_shell() -> Any | None:
    """Return IPython's shell if this process is a Jupyter kernel."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell if hasattr(shell, "kernel") else None


def marimo_around() -> Any | None:
    """Return the module marimo if this code runs in one of its notebooks."""
    marimo = sys.modules.get("marimo")
    return marimo if marimo is not None and marimo.running_in_notebook() else None


def running_cell(shell: Any | None) -> str | None:
    """Return the id of the running cell, if the front end provides it."""
    header = getattr(shell, "parent_header", None) or {}
    cell = (header.get("metadata") or {}).get("cellId")
    return cell if isinstance(cell, str) else None


def user_variables() -> Mapping[str, Any]:
    """Return the variables of the notebook; empty outside a kernel."""
    variables: Mapping[str, Any] = getattr(kernel_shell(), "user_ns", {})
    return variables


def quicken() -> None:
    """Shorten the thread switch interval, so that clicks are answered soon while a cell computes."""
    sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH))


def answer_on_own_subshell(comm: Any) -> None:
    """Keep ipykernel 7.4 from sending clicks to the shell that pushed last.

    That version routes a browser's message to the shell of the last send on the comm; a background thread that
    pushes would make the next click wait until the running cell ends.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default
