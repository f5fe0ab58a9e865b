"""Families that a search with real workers can do without."""

from __future__ import annotations

from hitl_widget import AutoMLSession

SLOW = ("random_forest", "extra_trees", "mlp", "catboost")
"""Nine tenths of the fitting time of a search on a small table. The contract of learners fits each of them."""


def without_slow_families(session: AutoMLSession) -> AutoMLSession:
    """Exclude the slow families; returns the session."""
    session.exclude(*SLOW)
    return session
