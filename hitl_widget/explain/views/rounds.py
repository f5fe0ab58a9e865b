"""View "Were there enough boosting rounds?": the score after more and more rounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hitl_widget.charts.marks import channels_by_part, with_parts
from hitl_widget.charts.parts import Rows, across, along, chart, finished
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import FAMILY
from hitl_widget.domain.trial import Trial
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.explain.definition import Asked, Concept, Option, ViewDefinition
from hitl_widget.explain.learning import ROWS, opened_fold
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import gap_in_words
from hitl_widget.explain.view import Level, View
from hitl_widget.learners.base import Learner

__all__ = ["VIEW", "rounds"]

_CURVE = 24


def compute(source: ModelSource, *, fold: int = 0) -> View:
    """Return the view of a fold."""
    trial = source.request.trial
    model = source.model
    assert trial is not None
    return rounds(source.context, model, trial, fold=fold)


def _check_fold(value: Any, asked: Asked) -> None:
    folds = asked.task.split.folds
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < folds:
        raise CommandError(f"Folds are numbered from 0 to {folds - 1}; got {value!r:.60}.")


FOLD = Option("fold", int, "Number of the fold, from 0.", _check_fold, default=0, keyword=True)


def rounds(context: Context, model: TrialModel, trial: Trial, *, fold: int = 0) -> View:
    """Return the number of rounds of each fold, and the score after more and more rounds.

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
    about = {"trial": model.trial, "family": family, "fold": fold}
    options = {"fold": list(range(len(context.folds)))}
    found = [
        {"fold": context.task.split.number_of(one.fold), "rounds": int(count)}
        for one in sorted(trial.folds, key=lambda one: one.fold)
        if isinstance(count := one.hints.get("rounds"), int)
    ]
    if not found:
        said = f"{context.learner(family).label} has no boosting rounds, or did not record them."
        return VIEW.answer((said,), about=about)
    total = found[0]["rounds"]
    curve = list(_staged(context, model, family, fold, total))
    sentences = (_found_words(found), _curve_words(metric, curve, total)) if curve else (_found_words(found),)
    notes = ("The number of rounds was chosen inside the training rows, so the validation curve is unbiased.",)
    charts = ("rounds",) if curve else ()
    data = {"found": found, "curve": curve}
    return VIEW.answer(sentences, data, charts=charts, notes=notes, about=about, options=options)


def _found_words(found: Sequence[Mapping[str, int]]) -> str:
    counts = sorted({one["rounds"] for one in found})
    if len(counts) == 1:
        again = " on the first fold; the other folds use the same number" if len(found) > 1 else ""
        return f"Early stopping chose {counts[0]:,} rounds{again}."
    return f"Early stopping chose {counts[0]:,} to {counts[-1]:,} rounds."


def _curve_words(metric: Metric, curve: Sequence[Mapping[str, Any]], total: int) -> str:
    """Return a sentence on whether the validation score was still improving at the end."""
    valid = [one for one in curve if one["part"] == "validation"]
    last = metric.sign * valid[-1]["score"]
    half = min(valid, key=lambda one: abs(one["round"] - total / 2))
    gain = last - metric.sign * half["score"]
    best = max(valid, key=lambda one: metric.sign * one["score"])
    over = metric.sign * best["score"] - last
    whole = max(metric.sign * one["score"] for one in valid) - metric.sign * valid[0]["score"]
    if over > 0.1 * max(whole, 1e-12) and best["round"] < total:
        return (
            f"The validation score was best after {best['round']:,} rounds and then lost "
            f"{gap_in_words(metric, over)}: use "
            "fewer rounds or a smaller learning rate."
        )
    if gain > 0.1 * max(whole, 1e-12):
        more = gap_in_words(metric, gain)
        return f"The second half of the rounds still improved {metric.label} by {more} on validation rows."
    return (
        "The score has settled: the second half of the rounds improved "
        f"{metric.label} by {gap_in_words(metric, max(gain, 0.0))} on validation rows."
    )


class _Cut:
    """A fitted booster that predicts with its first rounds only."""

    def __init__(self, learner: Learner, model: Any, rounds: int) -> None:
        self._learner, self._model, self._rounds = learner, model, rounds
        self.classes_ = getattr(model, "classes_", None)

    def predict(self, X: np.ndarray) -> Any:
        return self._learner.predict_staged(self._model, X, self._rounds)

    def predict_proba(self, X: np.ndarray) -> Any:
        return self._learner.predict_staged(self._model, X, self._rounds, "predict_proba")


def _staged(context: Context, model: TrialModel, family: str, fold: int, total: int) -> Iterator[dict[str, Any]]:
    """Yield scores after more and more rounds, densely at the beginning."""
    from hitl_widget.learners.balanced import BalancedClassifier
    from hitl_widget.learners.fitting import heard, one_thread
    from hitl_widget.learners.scoring import predictions_of

    learner = context.learner(family)
    arrays, whole = opened_fold(context, model, fold)
    balanced = isinstance(whole, BalancedClassifier)
    fitted = whole.model_ if balanced else whole
    if learner.predict_staged(fitted, np.asarray(arrays["valid"][:1]), 1) is None:
        return
    train, valid = context.folds[fold]
    some = np.linspace(0, len(train) - 1, min(len(train), ROWS // 2)).astype(int)
    stops = np.unique(np.geomspace(1, max(1, total), _CURVE).astype(int))
    with heard(), one_thread():
        for part, X, rows in (("training", arrays["train"][some], train[some]), ("validation", arrays["valid"], valid)):
            matrix = np.asarray(X)
            for stop in map(int, stops):
                cut: Any = _Cut(learner, fitted, stop)
                cut = whole.cut(cut) if balanced else cut
                values = predictions_of(cut, matrix, context.task)
                score = context.task.metric.shown(context.score(rows, values))
                yield {"round": stop, "part": part, "score": score}


def draw(curve: Rows = ()) -> Any:
    """Draw the score after more and more rounds, on the rows it was fitted on and on the others.

    Parameters
    ----------
    curve
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("curve", curve)
    x = along("round:Q", "rounds", scale=alt.Scale(type="log", nice=False, padding=8), axis={"format": ",~s"})
    y = across("score:Q", "score", scale=alt.Scale(zero=False, padding=8))
    line = with_parts(base).mark_line(strokeWidth=2, strokeJoin="round")
    return finished([line.encode(x=x, y=y, **channels_by_part(strokeDash=[[5, 3], [1, 0]]))])


VIEW = ViewDefinition(
    name="rounds",
    level=Level.ALGORITHM,
    question="Were there enough boosting rounds?",
    summary="Return how many rounds a booster took, and how its score grew with them.",
    options=(TRIAL, FOLD),
    compute=compute,
    charts={"rounds": draw},
    concept=Concept(
        "boosting",
        "Boosting rounds",
        "A booster adds one small tree after the other, each correcting the errors that are left. Too few rounds "
        "underfit, too many overfit. The number is found on rows inside the training rows, so the rows that score "
        "the model did not choose it.",
    ),
)
