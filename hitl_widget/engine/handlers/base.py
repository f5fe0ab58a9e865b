"""The base of handlers: one class for each subject, one method for each command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from hitl_widget.domain.commands import Command
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.engine.context import Context
from hitl_widget.errors import CommandError

__all__ = ["CarryOut", "Handler", "handles"]

CarryOut = Callable[[Command, Provenance], Receipt]
"""A function that carries out a command of any subject."""

_H = TypeVar("_H", bound="Handler")
_C = TypeVar("_C", bound=Command)


def handles(
    *kinds: type[_C],
) -> Callable[[Callable[[_H, _C, Provenance], Receipt]], Callable[[_H, _C, Provenance], Receipt]]:
    """Register a method as the handler of one or more commands."""

    def mark(method: Callable[[_H, _C, Provenance], Receipt]) -> Callable[[_H, _C, Provenance], Receipt]:
        method.handled = kinds  # type: ignore[attr-defined]
        return method

    return mark


class Handler:
    """Carries out the commands of one subject. Owned by the controller's thread.

    A method validates everything before its first event: it either raises `HitlError` without any effect, or succeeds.

    Parameters
    ----------
    context
        State, log, plan and clock.
    """

    handled: ClassVar[dict[type[Command], str]] = {}
    """The name of the handling method, by command."""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.handled = {kind: name for name, one in vars(cls).items() for kind in getattr(one, "handled", ())}

    def __init__(self, context: Context) -> None:
        self._context = context

    def carry_out(self, command: Command, by: Provenance) -> Receipt:
        """Carry out a command of this subject."""
        name = self.handled.get(type(command))
        if name is None:
            raise CommandError(f"{type(command).__name__} is not a command of this search.")
        receipt: Receipt = getattr(self, name)(command, by)
        return receipt
