"""How learning went inside a fit: training against validation, and round by round. Runs in a worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

import numpy as np

from hitl_widget.domain.figures import number
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import FAMILY
from hitl_widget.domain.trial import Trial
from hitl_widget.evaluation.context import Context, score_predictions
from hitl_widget.evaluation.fitting import prepared
from hitl_widget.evaluation.fold_models import TrialModel, load_fold_pipeline
from hitl_widget.explain.comparison import mean_error
from hitl_widget.explain.phrases import capital, gap_in_words
from hitl_widget.explain.view import Level, View
from hitl_widget.learners.base import Learner

__all__ = ["ROWS", "rounds", "training_gap"]

ROWS = 5000
"""Training rows that are predicted at most, of each fold."""

_CURVE = 24


def training_gap(context: Context, model: TrialModel, *, about: Mapping[str, Any] | None = None) -> Iterator[View]:
    """Hold the score on the rows a model was fitted on against that on the others, fold by fold.

    Parameters
    ----------
    context
        The task. Runs in a worker; reads the fold models, or fits them again.
    model
        The trial.
    about
        What the view is of.

    Yields
    ------
    View
        After each fold, all but the last partial. ``scores``: fold, part ("training" or "validation"), score (as people
        read it), rows.
    """
    metric = context.task.metric
    folds = list(range(len(context.folds)) if model.folds is None else model.folds)
    pairs: list[tuple[float, float]] = []
    rows: list[dict[str, Any]] = []
    for fold in folds:
        parts = _fold_scores(context, model, fold)
        pairs.append((parts["training"][0], parts["validation"][0]))
        rows += [
            {"fold": fold, "part": part, "score": metric.shown(score), "rows": count}
            for part, (score, count) in parts.items()
        ]
        yield View(
            "training_gap",
            Level.ALGORITHM,
            "Has it learnt by heart?",
            _gap_words(metric, pairs, context),
            {"scores": list(rows)},
            ("training_gap",),
            (f"Of each fold at most {ROWS:,} training rows are predicted.",) if len(context.train) > ROWS else (),
            "overfitting",
            {**(about or {}), "trial": model.trial, "family": model.config.get(FAMILY)},
            partial=fold != folds[-1],
        )


def _fold_scores(context: Context, model: TrialModel, fold: int) -> dict[str, tuple[float, int]]:
    """Return score and rows of the training and of the validation rows of a fold."""
    from hitl_widget.learners.fitting import heard, one_thread
    from hitl_widget.learners.scoring import predictions_of

    train, valid = context.folds[fold]
    arrays, fitted = _opened(context, model, fold)
    rng = np.random.default_rng([abs(context.seed), 31, fold])
    some = np.arange(len(train)) if len(train) <= ROWS else np.sort(rng.permutation(len(train))[:ROWS])
    parts = {"training": (arrays["train"][some], train[some]), "validation": (arrays["valid"], valid)}
    with heard(), one_thread():
        return {
            part: (score_predictions(context, context.y[rows], predictions_of(fitted, X, context.task)), len(rows))
            for part, (X, rows) in parts.items()
        }


def _opened(context: Context, model: TrialModel, fold: int) -> tuple[Mapping[str, np.ndarray], Any]:
    """Return the prepared matrices of a fold and its fitted model."""
    from hitl_widget.learners.fitting import heard, one_thread

    pipeline = load_fold_pipeline(context, model, fold)
    learner = context.learner(model.config.get(FAMILY))
    with heard(), one_thread():
        ready = prepared(context, learner.preparation(model.config), fold)
    return ready.arrays, pipeline[-1]


def _gap_words(metric: Metric, pairs: Sequence[tuple[float, float]], context: Context) -> tuple[str, ...]:
    train, valid = fmean(one for one, _ in pairs), fmean(other for _, other in pairs)
    gaps = [one - other for one, other in pairs]
    gap = fmean(gaps)
    error = mean_error(gaps, len(context.folds))
    size = gap_in_words(metric, gap, error)
    shown = [number(metric.shown(one)) for one in (train, valid)]
    first = f"{capital(metric.label)} is {shown[0]} on the rows it was fitted on and {shown[1]} on the others"
    if error is None:
        return (f"{first}; one fold does not say how sure that is.",)
    if gap <= 2 * error:
        return (f"{first}: no sign that it learnt by heart ({'+' if gap >= 0 else '−'}{size}).",)
    return (
        f"{first}: {size} better where it knew the answers.",
        (
            "Part of such a gap is usual, and trees show more of it than linear models; it is worth "
            "mending only when a "
            "simpler or more strongly penalised configuration scores better on the others."
        ),
    )


def rounds(context: Context, model: TrialModel, trial: Trial, *, fold: int = 0) -> View:
    """Show how many rounds a booster took, and how its score grew with them.

    Parameters
    ----------
    context
        The task. Runs in a worker.
    model
        The trial as a model.
    trial
        The trial, for the rounds that each fold found.
    fold
        Whose curve to draw.

    Returns
    -------
    View
        ``found``: fold (from 1), rounds. ``curve`` (where the learner has `predict_staged`): round, part, score (as
        people read it).
    """
    metric, family = context.task.metric, str(model.config.get(FAMILY))
    question = "Were there enough rounds?"
    about = {"trial": model.trial, "family": family, "fold": fold}
    options = {"fold": list(range(len(context.folds)))}
    found = [
        {"fold": one.fold + 1, "rounds": int(count)}
        for one in sorted(trial.folds, key=lambda one: one.fold)
        if isinstance(count := one.hints.get("rounds"), int)
    ]
    if not found:
        said = f"{context.learner(family).label} does not learn in rounds, or found none."
        return View("rounds", Level.ALGORITHM, question, (said,), about=about)
    total = found[0]["rounds"]
    curve = list(_staged(context, model, family, fold, total))
    sentences = (_found_words(found), _curve_words(metric, curve, total)) if curve else (_found_words(found),)
    notes = ("Rounds were chosen inside the training rows of the first fold, so the curve on the others is honest.",)
    charts = ("rounds",) if curve else ()
    data = {"found": found, "curve": curve}
    return View("rounds", Level.ALGORITHM, question, sentences, data, charts, notes, "boosting", about, options)


def _found_words(found: Sequence[Mapping[str, int]]) -> str:
    counts = sorted({one["rounds"] for one in found})
    if len(counts) == 1:
        return f"It took {counts[0]:,} rounds, found by stopping early, on every fold."
    return f"It took from {counts[0]:,} to {counts[-1]:,} rounds, found by stopping early."


def _curve_words(metric: Metric, curve: Sequence[Mapping[str, Any]], total: int) -> str:
    """Say whether the score on the other rows was still rising at the end."""
    valid = [one for one in curve if one["part"] == "validation"]
    last = metric.sign * valid[-1]["score"]
    half = min(valid, key=lambda one: abs(one["round"] - total / 2))
    gain = last - metric.sign * half["score"]
    best = max(valid, key=lambda one: metric.sign * one["score"])
    over = metric.sign * best["score"] - last
    whole = max(metric.sign * one["score"] for one in valid) - metric.sign * valid[0]["score"]
    if over > 0.1 * max(whole, 1e-12) and best["round"] < total:
        return (
            f"On the other rows it was best after {best['round']:,} and then lost "
            f"{gap_in_words(metric, over)}: fewer rounds, "
            "or a smaller learning rate, would do."
        )
    if gain > 0.1 * max(whole, 1e-12):
        return f"The second half of the rounds still added {gap_in_words(metric, gain)} on the other rows."
    return (
        f"It had settled: the second half of the rounds added {gap_in_words(metric, max(gain, 0.0))} on the other rows."
    )


class _Cut:
    """A fitted booster that answers after its first rounds."""

    def __init__(self, learner: Learner, model: Any, rounds: int) -> None:
        self._learner, self._model, self._rounds = learner, model, rounds
        self.classes_ = getattr(model, "classes_", None)

    def predict(self, X: np.ndarray) -> Any:
        return self._learner.predict_staged(self._model, X, self._rounds)

    def predict_proba(self, X: np.ndarray) -> Any:
        return self._learner.predict_staged(self._model, X, self._rounds, "predict_proba")


def _staged(context: Context, model: TrialModel, family: str, fold: int, total: int) -> Iterator[dict[str, Any]]:
    """Yield scores after more and more rounds, close together at the beginning."""
    from hitl_widget.learners.fitting import heard, one_thread
    from hitl_widget.learners.scoring import predictions_of

    learner = context.learner(family)
    arrays, fitted = _opened(context, model, fold)
    if learner.predict_staged(fitted, np.asarray(arrays["valid"][:1]), 1) is None:
        return
    train, valid = context.folds[fold]
    some = np.linspace(0, len(train) - 1, min(len(train), ROWS // 2)).astype(int)
    stops = np.unique(np.geomspace(1, max(1, total), _CURVE).astype(int))
    with heard(), one_thread():
        for part, X, rows in (("training", arrays["train"][some], train[some]), ("validation", arrays["valid"], valid)):
            matrix = np.asarray(X)
            for stop in map(int, stops):
                values = predictions_of(_Cut(learner, fitted, stop), matrix, context.task)
                score = context.task.metric.shown(score_predictions(context, context.y[rows], values))
                yield {"round": stop, "part": part, "score": score}
