"""Tasks of a worker for explanations: views of models, a user's estimator, and models to compare with."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from hitl_widget.domain.data_choices import DataView
from hitl_widget.errors import HitlError
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.explain.association import Associations, associations
from hitl_widget.explain.comparison import Contender
from hitl_widget.explain.model_source import ModelSource, ViewRequest
from hitl_widget.explain.priority import at_falling_priority, at_idle_priority
from hitl_widget.explain.view import View

__all__ = ["correlations", "explain", "own_baseline", "usual_models"]

_ROWS, _COLUMNS = 3000, 80
"""Most rows and columns whose associations are measured."""


def explain(context: Context, request: ViewRequest) -> View:
    """Return a view; it is partial while further steps would rest on more rows.

    Raises
    ------
    ConfigError
        When the view cannot explain these models, or an option is wrong; the message names the remedy.
    """

    def computed() -> View:
        of_models = context.of(request.members[0].view) if request.members else context
        module, _, name = request.compute.partition(":")
        found: View = getattr(import_module(module), name)(ModelSource(of_models, request), **request.options)
        return found

    # The user waits for the first answer; later steps refine it.
    if request.step > 0:
        return at_idle_priority(computed)
    return at_falling_priority(computed, request.urgent_seconds)


def own_baseline(context: Context, name: str, code: bytes) -> tuple[dict[int, float], float, str]:
    """Return scores by fold, seconds and the problem of a user's estimator, pickled by value."""
    import cloudpickle

    from hitl_widget.explain.own_model import evaluate_own

    found = at_falling_priority(lambda: evaluate_own(context, cloudpickle.loads(code), name=name))
    return ({} if found.problem else found.scores), sum(found.seconds.values()), found.problem


def usual_models(
    context: Context, configs: Mapping[str, Mapping[str, Any]], today: DataView, columns: DataView, seed: int
) -> dict[tuple[str, DataView], Contender]:
    """Return results on the folds of usual models that the search did not try; models are discarded.

    Parameters
    ----------
    context
        The task.
    configs
        Configurations by family.
    today
        The columns of the session, for the keys of the result.
    columns
        The columns to read.
    seed
        Seed of the fits.

    Returns
    -------
    dict
        By family and `today`.
    """
    return at_falling_priority(
        lambda: {(family, today): _measured(context, config, columns, seed) for family, config in configs.items()}
    )


def correlations(context: Context, view: DataView, seed: int) -> dict[int, Associations]:
    """Return the associations between the columns of a view of the data, by its number, on rows of the search."""

    def measured() -> dict[int, Associations]:
        here = context.of(view)
        rows = np.random.default_rng([abs(seed), 23]).permutation(here.train)[:_ROWS]
        table = here.table.take(np.sort(rows)).iloc[:, :_COLUMNS]
        names = tuple(str(name) for name in table.columns)
        left = here.table.shape[1] - len(names)
        return {view.number: Associations(names, associations(table), len(rows), len(here.train), left)}

    return at_falling_priority(measured)


def _measured(context: Context, config: Mapping[str, Any], view: DataView, seed: int) -> Contender:
    scores: dict[int, float] = {}
    hints: dict[str, Any] = {}
    seconds = 0.0
    try:
        for fold in range(len(context.folds)):
            found = evaluate_fold(context, FoldUnit(0, fold, dict(config), hints, seed, keep_model=False, view=view))
            hints = hints or found.hints
            scores[fold] = found.score
            seconds += found.seconds
    except (HitlError, ValueError) as error:
        return Contender("", kind="usual", problem=str(error))
    return Contender("", scores, "usual", seconds=seconds)
