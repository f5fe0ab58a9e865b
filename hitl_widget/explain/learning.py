"""The prepared rows and the fitted model of one fold, for views of how a model learns. Runs in a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.domain.space import FAMILY
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import prepared
from hitl_widget.evaluation.fold_models import TrialModel, load_fold_pipeline

__all__ = ["ROWS", "opened_fold"]

ROWS = 5000
"""Training rows that are predicted at most, of each fold."""


def opened_fold(context: Context, model: TrialModel, fold: int) -> tuple[Mapping[str, np.ndarray], Any]:
    """Return the prepared matrices of a fold and its fitted model."""
    from hitl_widget.learners.fitting import heard, one_thread

    pipeline = load_fold_pipeline(context, model, fold)
    learner = context.learner(model.config.get(FAMILY))
    with heard(), one_thread():
        ready = prepared(context, learner.preparation(model.config), fold)
    return ready.arrays, pipeline[-1]
