"""The Python of the page: the line that is equivalent to a command, and the variable that holds the session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from hitl_widget.domain.commands import Command
from hitl_widget.domain.state import SessionState
from hitl_widget.widget.kernel import user_variables
from hitl_widget.widget.requests import request

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

__all__ = ["Code", "Variable", "variable_info"]


class Variable(TypedDict):
    """How a cell of this kernel refers to the session."""

    expression: str
    """A variable, or a call of `AutoMLSession.named`."""
    setup: str
    """The import that the expression needs; empty for a variable."""


class Code:
    """Answers requests for Python."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @request("code")
    def code(self, _state: SessionState, command: Command) -> str:
        """Return the line of Python that is equivalent to a command."""
        return command.python()

    @request("variable")
    def variable(self, _state: SessionState) -> Variable:
        """Return how a cell refers to the session now: variables change without an event."""
        return variable_info(self._runtime, user_variables())


def variable_info(runtime: Runtime, variables: Mapping[str, Any]) -> Variable:
    """Return how a cell refers to a session.

    Parameters
    ----------
    runtime
        The runtime of the session.
    variables
        The variables of the notebook.
    """
    from hitl_widget.session.facade import AutoMLSession
    from hitl_widget.session.runtime import live_runtime, runtime_of

    mine = [
        name
        for name, value in list(variables.items())
        if isinstance(value, AutoMLSession) and not name.startswith("_") and runtime_of(value) is runtime
    ]
    if mine:
        return {"expression": "session" if "session" in mine else mine[0], "setup": ""}
    known = runtime.name if runtime.alive and live_runtime(runtime.name) is runtime else runtime.id
    imported = variables.get("AutoMLSession") is AutoMLSession
    setup = "" if imported else "from hitl_widget import AutoMLSession"
    return {"expression": f"AutoMLSession.named({known!r})", "setup": setup}
