"""What is measured: the metric of a task."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["METRICS", "Metric", "metric_named"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A scikit-learn scorer with the words and the sign in which people read it.

    Parameters
    ----------
    scorer
        Name of the scikit-learn scorer; its value is the *score*, greater is better.
    label
        The name that people know, for example ``"ROC AUC"``.
    sign
        ``1`` when people read the score itself, ``-1`` when they read its negative (losses, errors).
    of_target
        True when the value is in units of the target (RMSE, MAE).
    """

    scorer: str
    label: str
    sign: int = 1
    of_target: bool = False

    def shown(self, score: float) -> float:
        """Return the value that people read for a score."""
        return self.sign * score

    @property
    def direction(self) -> str:
        """``"higher"`` or ``"lower"``: which values people call better."""
        return "higher" if self.sign > 0 else "lower"


METRICS: dict[str, Metric] = {
    metric.scorer: metric
    for metric in (
        Metric("roc_auc", "ROC AUC"),
        Metric("roc_auc_ovr", "ROC AUC (one against rest)"),
        Metric("roc_auc_ovo", "ROC AUC (one against one)"),
        Metric("average_precision", "average precision"),
        Metric("accuracy", "accuracy"),
        Metric("balanced_accuracy", "balanced accuracy"),
        Metric("f1", "F1"),
        Metric("f1_macro", "F1 (macro)"),
        Metric("f1_weighted", "F1 (weighted)"),
        Metric("neg_log_loss", "log loss", -1),
        Metric("neg_brier_score", "Brier score", -1),
        Metric("neg_root_mean_squared_error", "RMSE", -1, True),
        Metric("neg_mean_squared_error", "mean squared error", -1),
        Metric("neg_mean_absolute_error", "mean absolute error", -1, True),
        Metric("neg_median_absolute_error", "median absolute error", -1, True),
        Metric("neg_root_mean_squared_log_error", "RMSLE", -1),
        Metric("neg_mean_absolute_percentage_error", "mean absolute percentage error", -1),
        Metric("r2", "R²"),
    )
}

_SHORT = {
    "auc": "roc_auc",
    "log_loss": "neg_log_loss",
    "logloss": "neg_log_loss",
    "rmse": "neg_root_mean_squared_error",
    "mse": "neg_mean_squared_error",
    "mae": "neg_mean_absolute_error",
    "brier": "neg_brier_score",
}


def metric_named(name: str) -> Metric:
    """Return the metric for a scorer's name, also for scorers without an entry in `METRICS`.

    Examples
    --------
    >>> metric_named("rmse").scorer
    'neg_root_mean_squared_error'
    >>> metric_named("neg_max_error").label
    'max error'
    """
    scorer = _SHORT.get(name.lower(), name)
    if scorer in METRICS:
        return METRICS[scorer]
    negative = scorer.startswith("neg_")
    return Metric(scorer, scorer.removeprefix("neg_").replace("_", " "), -1 if negative else 1)
