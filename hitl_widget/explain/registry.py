"""The views by name: those of this package, and those that other packages add (entry points ``hitl_widget.views``)."""

from __future__ import annotations

import importlib
from typing import Any

from hitl_widget.errors import ConfigError
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.plugins import Registry

__all__ = ["VIEWS", "compute_path", "concepts"]

_BUILT_IN = (
    "importance",
    "beeswarm",
    "effect",
    "dependence",
    "permutation",
    "row",
    "what_if",
    "confusion",
    "residuals",
    "slices",
    "roc_pr",
    "calibration",
    "threshold",
    "learning_curve",
    "training_gap",
    "rounds",
    "fold_spread",
    "warnings",
    "time_split",
    "correlation",
    "baselines",
    "disagreement",
    "sessions",
    "hyperparameters",
    "setting",
    "interactions",
    "ablation",
    "balance",
    "parallel",
    "footprint",
    "pipelines",
    "course",
    "winner",
)
"""Modules of `hitl_widget.explain.views`, in the order in which people see them; each holds a ``VIEW``."""


def compute_path(view: ViewDefinition) -> str:
    """Return ``"module:function"``, from which a worker imports the computation of a view.

    Raises
    ------
    ConfigError
        When it cannot be imported.
    """
    module, name = view.compute.__module__, view.compute.__qualname__
    if module == "__main__" or not name.isidentifier():
        raise ConfigError(
            f"The view {view.name!r} is computed in a worker, which cannot import {module}.{name}. Define the function "
            "at the top of a module of an installed package, or declare worker=False"
        )
    return f"{module}:{name}"


def _checked(name: str, given: Any) -> ViewDefinition:
    """Return a view that an entry point names."""
    if not isinstance(given, ViewDefinition) or given.name != name:
        raise ConfigError(f"The entry point names a ViewDefinition called {name!r}; got {given!r:.60}")
    if not name.isidentifier() or name.startswith("_") or name in _RESERVED:
        raise ConfigError(f"A view's name is a Python identifier other than {' and '.join(_RESERVED)}; got {name!r}")
    if given.worker:
        compute_path(given)
    return given


_RESERVED = ("ask", "progress", "view")

VIEWS: Registry[ViewDefinition] = Registry(
    "hitl_widget.views",
    {name: importlib.import_module(f"hitl_widget.explain.views.{name}").VIEW for name in _BUILT_IN},
    _checked,
)
"""All views, in the order in which people see them."""


def concepts() -> dict[str, Concept]:
    """Return the concepts of all views by their names."""
    return {view.concept.name: view.concept for view in VIEWS.values() if view.concept is not None}
