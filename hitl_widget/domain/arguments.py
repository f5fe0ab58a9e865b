"""Validation of arguments passed by users."""

from __future__ import annotations

import os
from typing import Any

from hitl_widget.errors import CommandError

__all__ = ["checked_limit", "checked_name", "checked_seed", "checked_workers", "plain"]

_LONGEST_NAME = 60


def plain(value: Any) -> Any:
    """Return NumPy scalars as Python scalars; other values unchanged."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


def checked_seed(seed: Any) -> int:
    """Return a valid seed, or raise CommandError."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise CommandError(f"seed must be a whole number of at least 0; got {seed!r}.")
    return seed


def checked_name(name: Any) -> str | None:
    """Return a valid name of a session, or None; or raise CommandError."""
    if name is None:
        return None
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise CommandError(f"name must be one line of 1 to {_LONGEST_NAME} characters, or None; got {name!r:.80}.")
    return name.strip()


def checked_limit(name: str, limit: Any) -> Any:
    """Return a valid limit of a trial, a number above 0 or None, or raise CommandError."""
    if limit is None or (isinstance(limit, int | float) and not isinstance(limit, bool) and limit > 0):
        return limit
    raise CommandError(f"{name} must be a number above 0, or None; got {limit!r}.")


def checked_workers(workers: int | None) -> int:
    """Return the number of workers; None means one per core available to this process."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not _is_count(workers):
        raise CommandError(f"workers must be a whole number of at least 1, or None; got {workers!r}.")
    return workers


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
