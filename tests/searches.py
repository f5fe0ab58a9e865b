"""A search without a controller, under the name that the tests use."""

from __future__ import annotations

from hitl_widget.testing.search import SimulatedSearch as Search

__all__ = ["Search"]
