"""Leads `session.show()` to the screen, which is on a higher floor and registers itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

__all__ = ["register", "show"]

_displays: list[Callable[[Runtime], None]] = []


def register(display: Callable[[Runtime], None]) -> Callable[[], None]:
    """Show sessions with ``display(runtime)``; returns a function that ends this.

    The display that was registered last is used.
    """
    _displays.append(display)
    return lambda: _displays.remove(display)


def show(runtime: Runtime) -> None:
    """Show a session."""
    _displays[-1](runtime)
