"""Scores of earlier trials by another metric, on their stored out-of-fold predictions. Runs in a worker."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from hitl_widget.domain.data_choices import DataView
from hitl_widget.evaluation.context import Context

__all__ = ["Scores", "rescore"]

Scores = tuple[tuple[int, float], ...]
"""Fold and its score."""


def rescore(context: Context, files: Iterable[tuple[int, str]], view: DataView) -> list[tuple[int, Scores]]:
    """Score trials by the metric of a view.

    Parameters
    ----------
    context
        The task.
    files
        Number of each trial, and the file of its predictions: the validation rows of all folds, fold after fold.
    view
        The view with the metric.

    Returns
    -------
    list of (int, tuple)
        The scores of each trial by fold; none where the metric has no value, or the predictions cannot be read.
    """
    from sklearn import config_context

    context = context.of(view)
    valid = [fold[1] for fold in context.folds]
    ends = np.cumsum([0, *map(len, valid)])
    found: list[tuple[int, Scores]] = []
    with config_context(assume_finite=True, skip_parameter_validation=True):  # checked when they were made
        for number, file in files:
            try:
                predictions = np.load(file, allow_pickle=False)
                if len(predictions) != ends[-1]:
                    raise ValueError("The predictions cover other rows.")
                parts = [predictions[start:end] for start, end in pairwise(ends)]
                scores = tuple(
                    (fold, context.score(rows, part))
                    for fold, (rows, part) in enumerate(zip(valid, parts, strict=True))
                )
                found.append((number, scores))
            except (OSError, ValueError):
                found.append((number, ()))
    return found
