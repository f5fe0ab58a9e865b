"""The charts that draw explanations, by the names that a `View` gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from hitl_widget.charts import algorithm, maps, model, performance, search

if TYPE_CHECKING:
    from hitl_widget.explain.view import View

__all__ = ["DRAWN", "EXPLAINED", "draw"]

EXPLAINED: Mapping[str, Callable[..., Any]] = {
    name: getattr(module, name) for module in (performance, search, maps, algorithm) for name in module.__all__
}
"""By name, what draws it; without rows each gives a specification whose datasets are filled in the browser."""

DRAWN: Mapping[str, Callable[..., Any]] = {
    **EXPLAINED,
    **{name: getattr(model, name) for name in model.__all__},
    "dependence_groups": partial(model.dependence, groups=True),
    "dependence_levels_groups": partial(model.dependence_levels, groups=True),
}
"""Those, and the charts of what a model looks at."""


def draw(view: View, name: str = "", **options: Any) -> Any:
    """Return a chart of a view, by default its foremost; options that it does not take are left out.

    Raises
    ------
    KeyError
        When the view has no such chart.
    """
    wanted = name or next(iter(view.charts), "")
    if wanted not in view.charts or wanted not in DRAWN:
        raise KeyError(f"The view {view.name!r} is drawn by {', '.join(view.charts) or 'no chart'}; got {name!r}.")
    function = DRAWN[wanted]
    takes = inspect.signature(function).parameters
    given = {**view.data, **options}
    return function(**{name: value for name, value in given.items() if name in takes})
