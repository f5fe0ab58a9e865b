"""All errors that users can see, in one hierarchy.

::

    HitlError
    ├── DataError        the table or the target is unusable (also a ValueError)
    ├── ConfigError      a configuration is outside the search space (also a ValueError)
    ├── CommandError     a command that is not possible now
    ├── JournalError     a journal cannot be read, written or resumed
    └── MissingExtra     an optional package is not installed (also an ImportError)

A message says what is wrong, what was found, and what to do.
"""

from __future__ import annotations

__all__ = ["CommandError", "ConfigError", "DataError", "HitlError", "JournalError", "MissingExtra", "nothing_changes"]


class HitlError(Exception):
    """Base class of all errors raised by hitl_widget."""


class DataError(HitlError, ValueError):
    """The table or the target is unusable."""


class ConfigError(HitlError, ValueError):
    """A configuration is outside the search space."""


class CommandError(HitlError):
    """A command is not possible in the current state of the session."""


class JournalError(HitlError):
    """A journal cannot be read, written or resumed."""


class MissingExtra(HitlError, ImportError):
    """An optional package is missing; the message contains the install command."""


def nothing_changes(why: str) -> str:
    """Return the message of a change that would change nothing; the reason has no full stop."""
    return f"This changes nothing: {why}."
