"""Suggestions for misspelled names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["did_you_mean"]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return " Did you mean …?" with the nearest names, or "".

    Examples
    --------
    >>> did_you_mean("tenur", ["tenure", "churn"])
    " Did you mean 'tenure'?"
    >>> did_you_mean("xyz", ["tenure"])
    ''
    """
    known = list(names)
    near = [one for one in known if one.lower() == name.lower()] or difflib.get_close_matches(name, known, 3, 0.6)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
