"""The charts of one session, as `session.charts` offers them in a cell."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from hitl_widget.domain.credit import changes
from hitl_widget.domain.objective import Metric, Objective
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, TrialState
from hitl_widget.errors import CommandError
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.registry import VIEWS
from hitl_widget.explain.view import View
from hitl_widget.preference.assessment import Assessment
from hitl_widget.session.explanations import bound_options

__all__ = ["Charts"]

_NAMED = 2
_CHART = inspect.Parameter("chart", inspect.Parameter.KEYWORD_ONLY, default="", annotation=str)
_CHART_DOC = "chart\n    Name of the chart, for views that have several; by default the main one."


class Charts:
    """Altair charts of a session, the same definitions that the dashboard draws.

    Parameters
    ----------
    state
        Returns the state to draw.
    metric
        The metric of the task.
    labels, colours
        Name and colour of each family.
    compared
        Families drawn as lines to compare with.
    view
        Returns an explanation by its name and options.
    assess
        Returns the objectives and the Pareto front of a state.
    percent
        Whether models predict probabilities.
    dates
        Columns that hold dates.

    Notes
    -----
    Beside `progress` and `front` every view of `session.explain` has a chart under its name, with the same arguments.

    Examples
    --------
    >>> session.charts.progress().save("progress.svg")      # doctest: +SKIP
    >>> session.charts.importance(trial=12)                 # doctest: +SKIP
    """

    def __init__(
        self,
        state: Callable[[], SessionState],
        metric: Metric,
        labels: Mapping[str, str],
        colours: Mapping[str, str],
        compared: frozenset[str],
        view: Callable[..., View],
        assess: Callable[[SessionState], Assessment],
        percent: bool = True,
        dates: Collection[str] = (),
    ) -> None:
        self._state, self._metric = state, metric
        self._labels, self._colours, self._compared = labels, colours, compared
        self._view, self._assess = view, assess
        self._percent, self._dates = percent, dates

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the method of a view of another package."""
        if name not in VIEWS or not VIEWS[name].charts:
            there = ", ".join(one.name for one in VIEWS.values() if one.charts)
            raise AttributeError(f"There is no chart {name!r}; there are front, progress, {there}.")
        found: Callable[..., Any] = _method(VIEWS[name]).__get__(self)
        return found

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(one.name for one in VIEWS.values() if one.charts)})

    def _drawn(self, view: ViewDefinition, chart: str, options: Mapping[str, Any]) -> Any:
        found = self._view(view.name, **options)
        dates = found.about.get("column") in self._dates
        return view.draw(found, chart, sign=self._metric.sign, percent=self._percent, dates=dates)

    def progress(self, *, by_time: bool = False) -> Any:
        """Draw the score of every complete trial, with the best so far.

        Parameters
        ----------
        by_time
            Place trials by the second at which they ended instead of by their number.

        Returns
        -------
        altair.LayerChart
            Can be shown, changed, and saved as SVG or PNG.
        """
        from hitl_widget.charts.progress import progress

        metric = self._metric
        return progress(
            self._records(), steers=self._steers(), metric_label=metric.label, sign=metric.sign, by_time=by_time
        )

    def front(self, x: str | None = None, y: str | None = None) -> Any:
        """Draw every complete trial in two objectives, with the Pareto front of all objectives.

        Parameters
        ----------
        x, y
            Names of the objectives of the axes; by default the first two, with the metric of the task along ``y``.

        Returns
        -------
        altair.LayerChart
            Can be shown, changed, and saved as SVG or PNG.

        Raises
        ------
        CommandError
            If the session has fewer than two objectives, or none of a given name.
        """
        from hitl_widget.charts.front import front

        state = self._state()
        assessment = self._assess(state)
        axes = chosen_axes(assessment.objectives, x, y)
        best = set(assessment.front)
        rows = [
            {
                "number": trial.number,
                "x": axes[0].shown(trial),
                "y": axes[1].shown(trial),
                "family": self._labels.get(trial.family, trial.family),
                "colour": self._colours.get(trial.family, "base"),
                "front": trial.number in best,
                "broken": trial.number in state.broken,
                "preferred": state.preferences.guide and trial.number == state.chosen,
            }
            for trial in state.trials
            if trial.state is TrialState.COMPLETE and not state.on_other_data(trial)
        ]
        return front(rows, *axes)

    def _steers(self) -> list[dict[str, Any]]:
        """Where the search was changed; the last two are named."""
        return [
            {
                "first": one.first,
                "elapsed": one.act.elapsed,
                "author": str(one.act.author),
                "text": f"{one.act.author}: {one.act.title}" if place < _NAMED else "",
                "level": place if place < _NAMED else 0,
            }
            for place, one in enumerate(reversed(changes(self._state())))
        ]

    def _records(self) -> list[dict[str, Any]]:
        state = self._state()
        firsts = {state.family_best[name] for name in self._compared if name in state.family_best}
        past = {number: view for view, numbers in enumerate(state.by_other_view(), 1) for number in numbers}
        return [
            {
                "number": trial.number,
                "finished_at": trial.finished_at,
                "score": trial.score,
                "std": trial.std,
                "family": self._labels.get(trial.family, trial.family),
                "colour": self._colours.get(trial.family, "base"),
                "own": trial.author is Author.YOU,
                "baseline": trial.number in firsts,
                "outside": not state.counts_as_evidence(trial.number),
                "past": past.get(trial.number, 0),
                "label": self._labels.get(trial.family, trial.family),
            }
            for trial in state.trials
            if trial.state is TrialState.COMPLETE and not state.of_other_target(trial)
        ]


def chosen_axes(objectives: Sequence[Objective], x: str | None, y: str | None) -> tuple[Objective, Objective]:
    """Return the objectives of the two axes, horizontal first."""
    if len(objectives) < 2:
        raise CommandError(
            f"A front needs two objectives, this session has {objectives[0].name} alone. "
            'Add one: session.objectives("predict_ms").'
        )
    named = {one.name: one for one in objectives}
    for name in (x, y):
        if name is not None and name not in named:
            raise CommandError(f"There is no objective {name!r}; there are {', '.join(named)}.")
    vertical = named[y] if y is not None else next(one for one in objectives if one.name != x)
    horizontal = named[x] if x is not None else next(one for one in objectives if one is not vertical)
    return horizontal, vertical


def _method(view: ViewDefinition) -> Callable[..., Any]:
    """Return the method that draws a view, with its signature and docstring."""

    def method(self: Charts, *args: Any, chart: str = "", **options: Any) -> Any:
        return self._drawn(view, chart, bound_options(view, args, options))

    method.__name__, method.__qualname__ = view.name, f"Charts.{view.name}"
    method.__doc__ = view.docstring(_CHART_DOC, _RETURNS)
    method.__signature__ = view.signature(_CHART, returns=Any)  # type: ignore[attr-defined]
    return method


_RETURNS = "altair.TopLevelMixin\n    A chart to show, change and save."

for _view in VIEWS.built_in.values():
    if _view.charts:
        setattr(Charts, _view.name, _method(_view))
