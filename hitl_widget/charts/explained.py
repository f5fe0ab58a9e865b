"""The charts that draw explanations, by the names that a `View` gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from hitl_widget.charts import algorithm, maps, performance, search

if TYPE_CHECKING:
    from hitl_widget.explain.view import View

__all__ = ["EXPLAINED", "draw"]

EXPLAINED: Mapping[str, Callable[..., Any]] = {
    name: getattr(module, name) for module in (performance, search, maps, algorithm) for name in module.__all__
}
"""By name, what draws it; without rows each gives a specification whose datasets are filled in the browser."""


def draw(view: View, name: str = "", **options: Any) -> Any:
    """Return a chart of a view, by default its foremost.

    Raises
    ------
    KeyError
        When the view has no such chart.
    """
    wanted = name or next(iter(view.charts), "")
    if wanted not in view.charts or wanted not in EXPLAINED:
        raise KeyError(f"The view {view.name!r} is drawn by {', '.join(view.charts) or 'no chart'}; got {name!r}.")
    function = EXPLAINED[wanted]
    takes = inspect.signature(function).parameters
    return function(**{dataset: rows for dataset, rows in view.data.items() if dataset in takes}, **options)
