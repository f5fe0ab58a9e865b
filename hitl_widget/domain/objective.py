"""The metric of a task, and further objectives measured for each trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean
from typing import Any

from hitl_widget.domain.trial import Trial, TrialState

__all__ = [
    "BUILT_IN",
    "METRICS",
    "SHORT_NAMES",
    "USUAL",
    "Metric",
    "Objective",
    "Source",
    "built_in",
    "metric_named",
    "value_of",
]


@dataclass(frozen=True, slots=True)
class Metric:
    """A scorer with its display name and sign.

    Parameters
    ----------
    scorer
        Name of the scikit-learn scorer, or of the user's own; its value is the *score*, greater is better.
    label
        Display name, for example ``"ROC AUC"``.
    sign
        ``1`` if the score itself is displayed, ``-1`` if its negative is (losses, errors).
    of_target
        True if the value is in units of the target (RMSE, MAE).
    code
        The user's own scorer as bytes (`hitl_widget.learners.own_metric`); empty if it is not trusted here, None for
        scorers of scikit-learn.
    labels
        Labels of the classes by code, which an own scorer gets; empty for regression.
    """

    scorer: str
    label: str
    sign: int = 1
    of_target: bool = False
    code: bytes | None = field(default=None, repr=False)
    labels: tuple[Any, ...] = ()

    @classmethod
    def from_json(cls, body: Mapping[str, Any], code: bytes = b"") -> Metric:
        """Return the user's own metric from its form in the journal, with its code."""
        return cls(str(body["name"]), str(body["label"]), int(body["sign"]), code=code)

    def as_json(self) -> dict[str, Any]:
        """Return the form of the user's own metric in the journal, without its code."""
        return {"name": self.scorer, "label": self.label, "sign": self.sign}

    def shown(self, score: float) -> float:
        """Return the displayed value of a score."""
        return self.sign * score

    @property
    def direction(self) -> str:
        """``"higher"`` or ``"lower"``: which displayed values are better."""
        return "higher" if self.sign > 0 else "lower"


METRICS: dict[str, Metric] = {
    metric.scorer: metric
    for metric in (
        Metric("roc_auc", "ROC AUC"),
        Metric("roc_auc_ovr", "ROC AUC (one-vs-rest)"),
        Metric("roc_auc_ovo", "ROC AUC (one-vs-one)"),
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
        Metric("matthews_corrcoef", "Matthews correlation"),
        Metric("cohen_kappa", "Cohen's kappa"),
        Metric("quadratic_kappa", "quadratic kappa"),
    )
}

SHORT_NAMES: Mapping[str, str] = {
    **dict.fromkeys(("auc", "auroc", "rocauc", "roc"), "roc_auc"),
    **dict.fromkeys(("ap", "pr_auc", "prauc", "auprc", "aucpr", "auc_pr"), "average_precision"),
    **dict.fromkeys(("acc",), "accuracy"),
    **dict.fromkeys(("balanced_acc", "bal_acc"), "balanced_accuracy"),
    **dict.fromkeys(("macro_f1", "f1macro"), "f1_macro"),
    **dict.fromkeys(("micro_f1", "f1micro"), "f1_micro"),
    **dict.fromkeys(("weighted_f1", "f1weighted"), "f1_weighted"),
    **dict.fromkeys(("sensitivity", "tpr"), "recall"),
    **dict.fromkeys(("ppv",), "precision"),
    **dict.fromkeys(("iou",), "jaccard"),
    **dict.fromkeys(("mcc", "matthews", "phi"), "matthews_corrcoef"),
    **dict.fromkeys(("kappa",), "cohen_kappa"),
    **dict.fromkeys(("quadratic_weighted_kappa", "weighted_kappa", "qwk"), "quadratic_kappa"),
    **dict.fromkeys(("r_squared", "rsquared"), "r2"),
    **dict.fromkeys(("max_error",), "neg_max_error"),
    **dict.fromkeys(("poisson", "poisson_deviance", "mean_poisson_deviance"), "neg_mean_poisson_deviance"),
    **dict.fromkeys(("gamma", "gamma_deviance", "mean_gamma_deviance"), "neg_mean_gamma_deviance"),
    **dict.fromkeys(("log_loss", "logloss", "cross_entropy", "crossentropy", "nll"), "neg_log_loss"),
    **dict.fromkeys(("brier", "brier_score", "brier_score_loss"), "neg_brier_score"),
    **dict.fromkeys(("rmse", "root_mean_squared_error"), "neg_root_mean_squared_error"),
    **dict.fromkeys(("mse", "mean_squared_error"), "neg_mean_squared_error"),
    **dict.fromkeys(("mae", "mean_absolute_error"), "neg_mean_absolute_error"),
    **dict.fromkeys(("medae", "median_absolute_error"), "neg_median_absolute_error"),
    **dict.fromkeys(("mape", "mean_absolute_percentage_error"), "neg_mean_absolute_percentage_error"),
    **dict.fromkeys(("rmsle", "root_mean_squared_log_error"), "neg_root_mean_squared_log_error"),
    **dict.fromkeys(("msle", "mean_squared_log_error"), "neg_mean_squared_log_error"),
}
"""Other names of scorers, in lower case: those of scikit-learn's functions and of other libraries."""

_OWN_ENDING = frozenset({"neg_brier_score", "d2_log_loss_score", "d2_brier_score", "d2_absolute_error_score"})


def _scorer_named(name: str) -> str:
    """Return the scorer that people mean by a name; the name itself where it is none of the known spellings."""
    plain = name.strip().lower().replace("²", "2").replace("^", "").replace(" ", "_").replace("-", "_")
    if plain in SHORT_NAMES:
        return SHORT_NAMES[plain]
    if plain.endswith("_score") and plain not in _OWN_ENDING:
        short = plain.removesuffix("_score")
        return SHORT_NAMES.get(short, short)
    return plain


def metric_named(name: str) -> Metric:
    """Return the metric for a scorer's name, also for scorers without an entry in `METRICS`.

    Examples
    --------
    >>> metric_named("rmse").scorer
    'neg_root_mean_squared_error'
    >>> metric_named("F1-score").label, metric_named("PR AUC").label
    ('F1', 'average precision')
    >>> metric_named("neg_max_error").label
    'max error'
    """
    scorer = name if name in METRICS else _scorer_named(name)
    if scorer in METRICS:
        return METRICS[scorer]
    negative = scorer.startswith("neg_")
    return Metric(scorer, scorer.removeprefix("neg_").replace("_", " "), -1 if negative else 1)


class Source(StrEnum):
    """Source of an objective's value.

    ``score`` is the metric, ``folds`` other properties of all folds, ``latest`` a property of the delivered model,
    estimated by the folds until that model is measured, ``predictions`` the stored out-of-fold predictions, ``model``
    the fitted model.
    """

    SCORE = "score"
    FOLDS = "folds"
    LATEST = "latest"
    PREDICTIONS = "predictions"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Objective:
    """A property by which trials are compared.

    Parameters
    ----------
    name
        Its column in `session.trials` and its name in commands.
    label
        Display name ("prediction time").
    direction
        ``"higher"`` or ``"lower"``: which displayed values are better.
    source
        The score, other properties of the folds, stored out-of-fold predictions, or the fitted model.
    unit
        Unit of the values ("ms").
    log
        True if ratios matter rather than differences.
    points
        True if the values lie between 0 and 1, as those of ROC AUC.
    resolution
        Smallest meaningful difference (see `hitl_widget.domain.preference.Axis`); 0 means the standard error.
    sign
        -1 if the negative of the value is displayed (losses, errors).
    story
        A one-sentence description.
    """

    name: str
    label: str
    direction: str
    source: Source
    unit: str = ""
    log: bool = False
    points: bool = False
    resolution: float = 0.0
    sign: int = 1
    story: str = ""

    @property
    def title(self) -> str:
        """The display name with the amount that its values are for: "prediction time (1,000 rows)"."""
        return f"{self.label} (1,000 rows)" if self.name == "predict_ms" else self.label

    @property
    def is_cost(self) -> bool:
        """True for times, sizes and the like, which do not depend on the metric or on predictions."""
        return self.name in BUILT_IN and self.name not in _OF_SCORES

    def value(self, trial: Trial) -> float | None:
        """Return the value of a complete trial, or None if unknown."""
        return value_of(trial, self.name, self.source)

    def shown(self, trial: Trial) -> float | None:
        """Return the displayed value."""
        value = self.value(trial)
        return None if value is None else self.sign * value

    def estimated(self, trial: Trial) -> bool:
        """Return whether the value of a trial is an estimate by its folds, its delivered model being unknown yet."""
        return self.source is Source.LATEST and self.name not in trial.measures


def value_of(trial: Trial, name: str, source: Source) -> float | None:
    """Return the value of an objective for a complete trial, or None if unknown.

    Examples
    --------
    >>> from hitl_widget.domain.trial import Author, Origin
    >>> trial = Trial(0, {"family": "knn"}, Author.YOU, Origin.OWN, state=TrialState.COMPLETE, score=0.8)
    >>> value_of(trial, "roc_auc", Source.SCORE), value_of(trial, "predict_ms", Source.MODEL)
    (0.8, None)
    """
    if trial.state is not TrialState.COMPLETE:
        return None
    if source is Source.SCORE:
        return trial.score
    if source in (Source.FOLDS, Source.LATEST) and name not in trial.measures:
        return _of_folds(trial, name)
    return trial.measures.get(name)


def _of_folds(trial: Trial, name: str) -> float | None:
    if name == "stability":
        return trial.std
    if name == "fit_seconds":
        return fmean(fold.fit_seconds for fold in trial.folds) if trial.folds else None
    largest = max((fold.model_bytes or 0 for fold in trial.folds), default=0)
    return largest / 1e6 if largest else None


USUAL = ("predict_ms", "complexity")
"""Objectives measured besides the metric until the user chooses others."""

BUILT_IN: Mapping[str, Objective] = {
    one.name: one
    for one in (
        Objective(
            *("predict_ms", "prediction time", "lower", Source.MODEL, "ms"),
            log=True,
            resolution=0.15,
            story="Milliseconds to predict 1,000 rows of the raw table; least of several runs. Measured on the "
            "pipeline of one fold until the model you get is fitted.",
        ),
        Objective(
            *("complexity", "complexity", "lower", Source.MODEL, "learned values"),
            log=True,
            resolution=0.1,
            story="Number of values that the model has learned: coefficients, splits and leaves, stored rows.",
        ),
        Objective(
            *("fit_seconds", "fit time", "lower", Source.FOLDS, "s"),
            log=True,
            resolution=0.2,
            story="Seconds to fit one fold on one core.",
        ),
        Objective(
            *("size_mb", "size on disk", "lower", Source.LATEST, "MB"),
            log=True,
            resolution=0.1,
            story="Size of the model you get as a file. Until that model is fitted, this is an estimate: the largest "
            "of the pipelines of the folds.",
        ),
        Objective(
            *("columns_used", "columns used", "lower", Source.MODEL, "columns"),
            resolution=1.0,
            story="Number of table columns that a prediction depends on.",
        ),
        Objective(
            *("gap", "gap to training", "lower", Source.MODEL),
            story="Training score minus validation score, on average over the folds; a large gap means overfitting.",
        ),
        Objective(
            *("stability", "spread over folds", "lower", Source.FOLDS),
            story="Standard deviation of the score over the folds.",
        ),
        Objective(
            *("calibration", "calibration error", "lower", Source.PREDICTIONS),
            points=True,
            resolution=0.002,
            story="Mean gap between predicted probabilities and observed frequencies (expected calibration error).",
        ),
    )
}
"""Objectives that every session can measure besides its metric, by name."""


_OF_SCORES = frozenset({"gap", "stability", "calibration"})
"""Built-in objectives that are about scores or predictions."""


def built_in(name: str) -> Objective | None:
    """Return a built-in objective, or None.

    Examples
    --------
    >>> built_in("predict_ms").label
    'prediction time'
    """
    return BUILT_IN.get(name)
