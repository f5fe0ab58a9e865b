"""The scikit-learn scorers by kind of task, without importing scikit-learn."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import SHORT_NAMES, Metric, metric_named
from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "BINARY",
    "CLASSES",
    "DEFAULTS",
    "NUMBERS",
    "UNWEIGHTED",
    "check_scorable",
    "checked_metric",
    "decides",
    "family_of",
    "near_zero",
]

BINARY = frozenset(
    "average_precision d2_brier_score f1 jaccard neg_negative_likelihood_ratio positive_likelihood_ratio precision "
    "recall roc_auc".split()
)
"""Scorers of two classes."""

CLASSES = frozenset(
    "accuracy balanced_accuracy cohen_kappa d2_log_loss_score f1_macro f1_micro f1_weighted jaccard_macro "
    "jaccard_micro jaccard_weighted matthews_corrcoef neg_brier_score neg_log_loss precision_macro "
    "precision_micro precision_weighted quadratic_kappa recall_macro recall_micro recall_weighted roc_auc_ovo "
    "roc_auc_ovo_weighted roc_auc_ovr roc_auc_ovr_weighted top_k_accuracy".split()
)
"""Scorers of two or more classes."""

NUMBERS = frozenset(
    "d2_absolute_error_score explained_variance neg_max_error neg_mean_absolute_error "
    "neg_mean_absolute_percentage_error neg_mean_gamma_deviance neg_mean_poisson_deviance neg_mean_squared_error "
    "neg_mean_squared_log_error neg_median_absolute_error neg_root_mean_squared_error "
    "neg_root_mean_squared_log_error r2".split()
)
"""Scorers of numbers."""

UNWEIGHTED = frozenset(
    "neg_max_error neg_negative_likelihood_ratio positive_likelihood_ratio roc_auc_ovo roc_auc_ovo_weighted".split()
)
"""Scorers that take no weights of rows."""

DEFAULTS = {
    Kind.BINARY: "roc_auc",
    Kind.MULTICLASS: "neg_log_loss",
    Kind.REGRESSION: "neg_root_mean_squared_error",
}

_SWAPS = {
    "roc_auc": "roc_auc_ovr",
    "f1": "f1_macro",
    "precision": "precision_macro",
    "recall": "recall_macro",
    "jaccard": "jaccard_macro",
    "average_precision": "roc_auc_ovr",
    "d2_brier_score": "neg_brier_score",
}


_BY_PROBABILITY = ("average_precision", "d2_", "neg_brier", "neg_log_loss", "roc_auc", "top_k")
"""Starts of the names of scorers that read probabilities and no predicted classes."""


def decides(metric: Metric) -> bool:
    """Return whether a metric of classes reads predicted classes, so that thresholds change it.

    It is True for the user's own metric, which may.
    """
    return metric.code is not None or not metric.scorer.startswith(_BY_PROBABILITY)


def family_of(name: str | Metric) -> str | None:
    """Return ``"classes"`` or ``"numbers"`` for a scorer's name, or raise DataError if it is unknown.

    It is None for the user's own metric, which may suit both.

    Examples
    --------
    >>> family_of("rmse")
    'numbers'
    """
    if isinstance(name, Metric):
        return None
    scorer = metric_named(name).scorer
    if scorer in BINARY | CLASSES:
        return "classes"
    if scorer in NUMBERS:
        return "numbers"
    near = difflib.get_close_matches(name.lower(), [*sorted(BINARY | CLASSES | NUMBERS), *SHORT_NAMES], 3, 0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise DataError(
        f"metric= must be the name of a scikit-learn scorer for classification or regression; got {name!r}.{hint} "
        "sklearn.metrics.get_scorer_names() lists them."
    )


def checked_metric(name: str | Metric | None, kind: Kind) -> Metric:
    """Return the metric of a task: the one named or the user's own, or the default of its kind.

    Raises
    ------
    DataError
        If the scorer does not match the kind of task.
    """
    if name is None:
        return metric_named(DEFAULTS[kind])
    if isinstance(name, Metric):
        return name
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


_NEEDS_POSITIVE = frozenset({"neg_mean_gamma_deviance"})
_NEEDS_NON_NEGATIVE = frozenset(
    "neg_mean_poisson_deviance neg_mean_squared_log_error neg_root_mean_squared_log_error".split()
)


def check_scorable(metric: Metric, name: str, y: np.ndarray) -> None:
    """Check that a metric has a value for a target of numbers, shape (n,).

    Raises
    ------
    DataError
        If scikit-learn cannot compute the metric for these values; the message names a metric that suits them.
    """
    least = float(y.min())
    needs = "above 0" if metric.scorer in _NEEDS_POSITIVE else "of 0 or more"
    if not ((needs == "above 0" and least <= 0) or (metric.scorer in _NEEDS_NON_NEGATIVE and least < 0)):
        return
    wrong = int((y <= 0).sum() if needs == "above 0" else (y < 0).sum())
    instead = "neg_mean_poisson_deviance" if least >= 0 else DEFAULTS[Kind.REGRESSION]
    raise DataError(
        f"metric={metric.scorer!r} needs a target {needs}, but {name!r} is not in {plural(wrong, 'row')} (its minimum "
        f"is {least:g}). Use metric={instead!r}."
    )


def near_zero(metric: Metric, y: np.ndarray) -> int:
    """Return the number of rows that alone decide a percentage error, because the target is 0 or close to it there.

    They are the rows with a target of 0. Without any, they are the 5% of the rows with the smallest absolute target,
    if more than half of the error would be theirs at equal absolute errors.

    Parameters
    ----------
    metric
        The metric; the result is 0 for all but the mean absolute percentage error.
    y : ndarray of shape (n,)
        The target.
    """
    if metric.scorer != "neg_mean_absolute_percentage_error":
        return 0
    size = abs(y)
    zeros = int((size == 0).sum())
    if zeros:
        return zeros
    few = max(1, len(y) // 20)
    size.sort()
    part = (size[0] / size[:few]).sum() / (size[0] / size).sum()
    return few if part > 0.5 else 0
