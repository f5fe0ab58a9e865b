"""Preparation of a Jupyter kernel when `AutoMLSession` is imported."""

from __future__ import annotations

import os
import threading
from functools import cache

from hitl_widget.session.facade import warm_up
from hitl_widget.widget.lab import connect

__all__ = ["start"]


@cache
def start() -> None:
    """Serve the sidebars of this kernel, and import in the background what the first dashboard needs."""
    connect()
    if os.environ.get("HITL_WIDGET_WARM") != "0":
        warm_up()
        threading.Thread(target=_prefetch, name="hitl-prefetch", daemon=True).start()


def _prefetch() -> None:
    import hitl_widget.engine.journal
    import hitl_widget.sampling.sampler
    import hitl_widget.widget.widget  # noqa: F401
