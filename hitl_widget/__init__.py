"""Mixed-initiative AutoML inside the notebook.

>>> from hitl_widget import AutoMLSession          # doctest: +SKIP
>>> AutoMLSession(df, "churn").show()              # doctest: +SKIP

Heavy parts are imported when first used. Here the session and the screen are put together: neither knows the other.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from hitl_widget.errors import CommandError, ConfigError, DataError, HitlError, JournalError, MissingExtra
from hitl_widget.session import display

if TYPE_CHECKING:
    from hitl_widget.session.facade import AutoMLSession, warm_up
    from hitl_widget.session.runtime import Runtime

__version__ = "0.1.0.dev0"

__all__ = [
    "AutoMLSession",
    "CommandError",
    "ConfigError",
    "DataError",
    "HitlError",
    "JournalError",
    "MissingExtra",
    "__version__",
    "warm_up",
]

_LAZY = {"AutoMLSession": "hitl_widget.session.facade", "warm_up": "hitl_widget.session.facade"}


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        value = getattr(import_module(_LAZY[name]), name)
        globals()[name] = value
        if "ipykernel" in sys.modules:
            from hitl_widget.widget.startup import start

            start()
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _show(runtime: Runtime) -> None:
    from hitl_widget.widget.show import show

    show(runtime)


display.register(_show)
