"""Suggestions for misspelled names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from hitl_widget.domain.figures import listed

__all__ = ["did_you_mean", "near_or_all"]


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


def near_or_all(name: str, names: Iterable[str]) -> str:
    """Return " Did you mean …?" with the nearest names, or a sentence with all of them.

    Examples
    --------
    >>> near_or_all("xyz", ["tenure", "churn"])
    " There are 'tenure', 'churn'."
    """
    known = list(names)
    return did_you_mean(name, known) or (f" There are {listed(map(repr, known), 8)}." if known else " There are none.")
