"""Fits that balance classes, on the training rows of one fold. Runs in workers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hitl_widget.data.split import Fold
from hitl_widget.domain.space import Config
from hitl_widget.learners.balance import balanced_rows, class_weights
from hitl_widget.learners.base import Job, Learner

__all__ = ["balanced_job", "balanced_model", "fit_balanced"]


def balanced_job(
    y: np.ndarray, inside: np.ndarray, outside: np.ndarray, way: str | None, job: Job
) -> tuple[np.ndarray, Job]:
    """Return the rows inside that rounds are found on, and their job: the rows outside weigh as the balanced ones do.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Codes of the training rows of the fold.
    inside, outside
        Positions of the rows to fit and to stop on.
    way
        The way of balancing.
    job
        With the weights of the n rows.
    """
    given = job.weights
    rows, weights = balanced_rows(y[inside], way, None if given is None else given[inside], job.seed)
    stopping = None if given is None else given[outside]
    if way in ("weights", "oversample", "undersample"):
        stopping = class_weights(y[outside], y[inside]) * (1.0 if stopping is None else stopping)
    return inside[rows], replace(job, rows=len(rows), weights=weights, stopping_weights=stopping)


def fit_balanced(learner: Learner, config: Config, X: np.ndarray, y: np.ndarray, job: Job, way: str | None) -> Any:
    """Return the fitted estimator of a learner on balanced rows."""
    if way in (None, "threshold"):
        return learner.fit(learner.build(config, job), X, y, job)
    rows, weights = balanced_rows(y, way, job.weights, job.seed)
    job = replace(job, rows=len(rows), weights=weights)
    if way != "weights":
        X, y = X[rows], y[rows]
    return learner.fit(learner.build(config, job), X, y, job)


def balanced_model(
    learner: Learner, config: Config, X: np.ndarray, y: np.ndarray, job: Job, way: str, parts: Sequence[Fold]
) -> tuple[Any, Any]:
    """Return the balanced classifier, and the estimator of the learner in it.

    Parameters
    ----------
    learner, config
        The family and its configuration.
    X, y, job
        The training rows of the fold.
    way
        The way of balancing.
    parts
        Positions of training rows, to fit and to predict, on whose predictions a threshold is tuned. If they hold too
        few rows of a class, the threshold is 0.5.
    """
    from hitl_widget.learners.balanced import BalancedClassifier, tuned_shift

    shift = None
    if way == "threshold":
        parts = _tunable(y, parts)
        shift = np.zeros(len(job.task.classes))
        if parts:
            rows, proba = _out_of_part(learner, config, X, y, job, parts)
            shift = tuned_shift(job.task, y[rows], proba, None if job.weights is None else job.weights[rows])
    model = fit_balanced(learner, config, X, y, job, way)
    return BalancedClassifier.around(model, way, job.task.metric, job.seed, shift), model


def _tunable(y: np.ndarray, parts: Sequence[Fold]) -> list[Fold]:
    """Return the parts with at least two rows of each class to fit; none if the rows to predict are of one class."""
    present = np.unique(y)
    some = [
        (inside, outside)
        for inside, outside in parts
        if (np.bincount(y[inside], minlength=max(present) + 1)[present] > 1).all()
    ]
    predicted = np.concatenate([y[:0], *(y[outside] for _, outside in some)])
    return some if len(np.unique(predicted)) > 1 else []


def _out_of_part(
    learner: Learner, config: Config, X: np.ndarray, y: np.ndarray, job: Job, parts: Sequence[Fold]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of all parts, and their probabilities by models that were fitted on the others."""
    from hitl_widget.learners.scoring import aligned

    found = []
    for number, (inside, outside) in enumerate(parts):
        weights = None if job.weights is None else job.weights[inside]
        part = replace(job, rows=len(inside), weights=weights)
        if job.deadline is not None:
            left = job.seconds_left() / (len(parts) - number + 1)
            part = replace(part, deadline=time.monotonic() + left)
        model = learner.fit(learner.build(config, part), X[inside], y[inside], part)
        proba = np.asarray(model.predict_proba(X[outside]), np.float64)
        found.append(aligned(proba, model.classes_, len(job.task.classes)))
    return np.concatenate([outside for _, outside in parts]), np.concatenate(found)
