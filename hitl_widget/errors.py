"""Every error a person can meet, in one hierarchy.

::

    HitlError
    ├── DataError        the table or the target cannot be used (also a ValueError)
    ├── ConfigError      a configuration lies outside the search space (also a ValueError)
    ├── CommandError     an act that is not possible now
    ├── JournalError     a journal cannot be read, written or resumed
    └── MissingExtra     an optional package is not installed (also an ImportError)

A message says the rule that was broken, what came instead, and what to do.
"""

from __future__ import annotations

__all__ = ["CommandError", "ConfigError", "DataError", "HitlError", "JournalError", "MissingExtra"]


class HitlError(Exception):
    """Base of all errors raised on purpose by hitl_widget."""


class DataError(HitlError, ValueError):
    """The table or the target cannot be used as given."""


class ConfigError(HitlError, ValueError):
    """A configuration does not lie in the search space."""


class CommandError(HitlError):
    """An act is not possible in the present state of the session."""


class JournalError(HitlError):
    """A journal cannot be read, written or resumed."""


class MissingExtra(HitlError, ImportError):
    """An optional package is needed; the message holds the install command."""
