"""Words in the names of columns."""

from __future__ import annotations

import re

__all__ = ["words_of"]


def words_of(name: str) -> list[str]:
    """Return the words of a column's name, in lower case.

    Examples
    --------
    >>> words_of("callDuration_sec"), words_of("vr.charge-desc2")
    (['call', 'duration', 'sec'], ['vr', 'charge', 'desc'])
    """
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    return [word for word in re.split(r"[^A-Za-z]+", parted.lower()) if word]
