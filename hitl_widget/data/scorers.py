"""The scikit-learn scorers by kind of task, without importing scikit-learn."""

from __future__ import annotations

import difflib

from hitl_widget.domain.objective import Metric, metric_named
from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError

__all__ = ["BINARY", "CLASSES", "DEFAULTS", "NUMBERS", "checked_metric", "family_of"]

BINARY = frozenset(
    "average_precision d2_brier_score f1 jaccard neg_negative_likelihood_ratio positive_likelihood_ratio precision "
    "recall roc_auc".split()
)
"""Scorers of two classes."""

CLASSES = frozenset(
    "accuracy balanced_accuracy d2_log_loss_score f1_macro f1_micro f1_weighted jaccard_macro jaccard_micro "
    "jaccard_weighted matthews_corrcoef neg_brier_score neg_log_loss precision_macro precision_micro "
    "precision_weighted recall_macro recall_micro recall_weighted roc_auc_ovo roc_auc_ovo_weighted roc_auc_ovr "
    "roc_auc_ovr_weighted top_k_accuracy".split()
)
"""Scorers of two or more classes."""

NUMBERS = frozenset(
    "d2_absolute_error_score explained_variance neg_max_error neg_mean_absolute_error "
    "neg_mean_absolute_percentage_error neg_mean_gamma_deviance neg_mean_poisson_deviance neg_mean_squared_error "
    "neg_mean_squared_log_error neg_median_absolute_error neg_root_mean_squared_error "
    "neg_root_mean_squared_log_error r2".split()
)
"""Scorers of numbers."""

DEFAULTS = {
    Kind.BINARY: "roc_auc",
    Kind.MULTICLASS: "neg_log_loss",
    Kind.REGRESSION: "neg_root_mean_squared_error",
}

_SHORT = ("auc", "log_loss", "logloss", "rmse", "mse", "mae", "brier")
_SWAPS = {
    "roc_auc": "roc_auc_ovr",
    "f1": "f1_macro",
    "precision": "precision_macro",
    "recall": "recall_macro",
    "jaccard": "jaccard_macro",
    "average_precision": "roc_auc_ovr",
    "d2_brier_score": "neg_brier_score",
}


def family_of(name: str) -> str | None:
    """Return ``"classes"`` or ``"numbers"`` for a scorer's name, or raise DataError if it is unknown.

    Examples
    --------
    >>> family_of("rmse")
    'numbers'
    """
    scorer = metric_named(name).scorer
    if scorer in BINARY | CLASSES:
        return "classes"
    if scorer in NUMBERS:
        return "numbers"
    near = difflib.get_close_matches(name.lower(), [*sorted(BINARY | CLASSES | NUMBERS), *_SHORT], 3, 0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise DataError(
        f"metric= must be the name of a scikit-learn scorer for classification or regression; got {name!r}.{hint} "
        "sklearn.metrics.get_scorer_names() lists them."
    )


def checked_metric(name: str | None, kind: Kind) -> Metric:
    """Return the metric of a task: the one named, or the default of its kind.

    Raises
    ------
    DataError
        If the scorer does not match the kind of task.
    """
    if name is None:
        return metric_named(DEFAULTS[kind])
    metric = metric_named(name)
    family = family_of(name)
    if (family == "numbers") != (kind is Kind.REGRESSION):
        what = "regression" if family == "numbers" else "classification"
        raise DataError(
            f"metric={name!r} is for {what}, but this is a {kind} task. Use {DEFAULTS[kind]!r} or a similar metric."
        )
    if kind is Kind.MULTICLASS and metric.scorer in BINARY:
        raise DataError(
            f"metric={name!r} needs 2 classes, but the target has more. Use {_SWAPS.get(metric.scorer, 'accuracy')!r}."
        )
    if kind is Kind.BINARY and metric.scorer == "top_k_accuracy":
        raise DataError(f"metric={name!r} is trivial with two classes. Use 'accuracy'.")
    return metric
