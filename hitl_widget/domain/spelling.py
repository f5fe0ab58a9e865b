"""Checks and formatting of values in commands."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from hitl_widget.errors import CommandError

__all__ = [
    "as_range",
    "as_tuple",
    "dict_literal",
    "is_config",
    "is_count",
    "is_number",
    "is_text",
    "kind_of",
    "literal",
    "put",
]


_MOST = sys.float_info.max


def is_number(value: object) -> bool:
    """Return whether a value is a number that fits a float, and not a bool."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -_MOST <= value <= _MOST


def put(command: Any, name: str, value: object) -> None:
    """Set a field of a frozen command during construction."""
    object.__setattr__(command, name, value)


def as_tuple(value: Any, what: str) -> tuple[Any, ...]:
    """Return a list as a tuple, or raise CommandError."""
    if not isinstance(value, tuple | list):
        raise CommandError(f"The {what} must be a list; got {value!r}.")
    return tuple(value)


def as_range(change: Any) -> Any:
    """Return a list of two numbers as a tuple; other values unchanged."""
    pair = isinstance(change, list) and len(change) == 2 and all(is_number(one) for one in change)
    return tuple(change) if pair else change


def kind_of(value: object) -> str:
    """Return the name of a value's type."""
    return type(value).__name__


def dict_literal(value: Mapping[str, Any]) -> str:
    """Return a mapping as a Python literal."""
    return f"{{{', '.join(f'{literal(key)}: {literal(one)}' for key, one in value.items())}}}"


def literal(value: object) -> str:
    """Return a value as a Python literal."""
    if isinstance(value, Mapping):
        return dict_literal(value)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{"".join(one if one.isprintable() else _escaped(one) for one in escaped)}"'
    if isinstance(value, float):
        return repr(float(value))
    return repr(value)


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode()


def is_text(value: object) -> bool:
    """Return whether a value is a non-empty string."""
    return isinstance(value, str) and bool(value.strip())


def is_count(value: object) -> bool:
    """Return whether a value is an integer and not a bool."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_config(value: object) -> bool:
    """Return whether a value is a mapping with string keys."""
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)
