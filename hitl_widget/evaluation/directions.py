"""Check that models move in the expected directions, by their partial dependence. Runs in a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hitl_widget.domain.task import Kind
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fold_models import TrialModel

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["violations"]

ROWS, VALUES = 200, 20
_LEAST = 0.005
"""A move the other way counts from this share of the target's deviation, or from this probability."""


def violations(
    context: Context, members: Sequence[TrialModel], pipelines: Mapping[int, Sequence[Pipeline]]
) -> tuple[tuple[str, float, float, float], ...]:
    """Return the expected directions that a model violates.

    Parameters
    ----------
    context
        The task, with the directions.
    members
        The trials of the model with their weights.
    pipelines
        The fitted pipelines of each trial.

    Returns
    -------
    tuple of (str, float, float, float)
        Column, and the two values between which the average prediction moves the other way most, and by how much. The
        average is over at most 200 rows of the search; in each, the column takes 20 quantiles of its values.
    """
    least = _LEAST * (context.task.target_scale if context.task.kind is Kind.REGRESSION else 1.0)
    rng = np.random.default_rng([abs(context.seed), 19])
    rows = np.sort(rng.permutation(context.train)[:ROWS])
    found = []
    for name, direction in context.task.monotone:
        grid = _grid(context, name)
        if len(grid) < 2:
            continue
        curve = direction * _curve(context, members, pipelines, rows, name, grid)
        highest = np.maximum.accumulate(curve)
        end = int(np.argmax(highest - curve))
        if highest[end] - curve[end] >= least:
            start = int(np.argmax(curve[: end + 1]))
            found.append((name, float(grid[start]), float(grid[end]), float(highest[end] - curve[end])))
    return tuple(found)


def _grid(context: Context, name: str) -> np.ndarray:
    """Return values of a column, ascending; none if it is not read as a number now."""
    table = context.table if name in context.table.columns or context.first is None else context.first.table
    if name not in table.columns or table[name].dtype.kind != "f":
        return np.empty(0)
    values = table[name].to_numpy(np.float64)[context.train[context.train < len(table)]]
    values = values[np.isfinite(values)]
    return np.unique(np.quantile(values, np.linspace(0.01, 0.99, VALUES))) if len(values) else np.empty(0)


def _curve(
    context: Context,
    members: Sequence[TrialModel],
    pipelines: Mapping[int, Sequence[Pipeline]],
    rows: np.ndarray,
    name: str,
    grid: np.ndarray,
) -> np.ndarray:
    """Return the average prediction of a model at each value of a column, shape (g,)."""
    total: Any = 0.0
    for member in members:
        view = context.of(member.view)
        table = view.rows(np.repeat(rows, len(grid))).reset_index(drop=True)
        if name in table.columns and pd.api.types.is_float_dtype(table[name].dtype):
            table[name] = np.tile(grid, len(rows))
        each = [_predicted(pipeline, table, view) for pipeline in pipelines[member.trial]]
        total = total + member.weight * np.mean(each, axis=0)
    values = total / sum(member.weight for member in members)
    return np.asarray(values.reshape(len(rows), len(grid)).mean(axis=0))


def _predicted(pipeline: Pipeline, table: pd.DataFrame, view: Context) -> np.ndarray:
    from hitl_widget.learners.scoring import predictions_of

    return np.asarray(predictions_of(pipeline[2], pipeline[1].transform(table), view.task), np.float64)
