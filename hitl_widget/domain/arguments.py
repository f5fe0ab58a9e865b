"""Arguments as people give them: made plain and checked, with a sentence for what goes wrong."""

from __future__ import annotations

import os
from typing import Any

from hitl_widget.errors import CommandError

__all__ = ["checked_limit", "checked_seed", "checked_workers", "plain"]


def plain(value: Any) -> Any:
    """Return numpy's scalars as Python's."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


def checked_seed(seed: Any) -> int:
    """Return a seed, or say what one is."""
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise CommandError(f"seed is a whole number from 0; got {seed!r}.")
    return seed


def checked_limit(name: str, limit: Any) -> Any:
    """Return a limit of a trial, a number above 0 or None."""
    if limit is None or (isinstance(limit, int | float) and not isinstance(limit, bool) and limit > 0):
        return limit
    raise CommandError(f"{name} is a number above 0 or None; got {limit!r}.")


def checked_workers(workers: int | None) -> int:
    """Return the number of workers; one per core that this process may use when None is given."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not _is_count(workers):
        raise CommandError(f"workers is a whole number from 1 or None; got {workers!r}.")
    return workers


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
