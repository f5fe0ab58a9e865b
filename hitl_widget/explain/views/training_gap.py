"""View "Does the model overfit?": the score on training rows against the score on validation rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from hitl_widget.charts.marks import channels_by_part, with_parts
from hitl_widget.charts.parts import Rows, along, chart, finished
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import FAMILY
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import matrix_for
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.evaluation.measures import GAP_ROWS, training_score
from hitl_widget.explain.comparison import mean_error
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.learning import opened_fold
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import capital, gap_in_words
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "training_gap"]


def compute(source: ModelSource) -> View:
    """Return the view after as many folds as the step asks for."""
    return source.followed("training_gap", lambda: training_gap(source.context, source.model, about=source.about))


def training_gap(context: Context, model: TrialModel, *, about: Mapping[str, Any] | None = None) -> Iterator[View]:
    """Yield the scores on training and validation rows, fold by fold.

    Parameters
    ----------
    context
        The task. Runs in a worker; reads the fold models, or fits them again.
    model
        The trial.
    about
        The model or trial that the view is of.

    Yields
    ------
    View
        After each fold, all but the last partial. ``scores``: fold (from 1), part ("training" or "validation"), score
        (as people read it), rows.
    """
    metric = context.task.metric
    folds = list(range(len(context.folds)) if model.folds is None else model.folds)
    pairs: list[tuple[float, float]] = []
    rows: list[dict[str, Any]] = []
    for fold in folds:
        parts = _fold_scores(context, model, fold)
        pairs.append((parts["training"][0], parts["validation"][0]))
        rows += [
            {"fold": context.task.split.number_of(fold), "part": part, "score": metric.shown(score), "rows": count}
            for part, (score, count) in parts.items()
        ]
        yield VIEW.answer(
            _gap_words(metric, pairs, context, len(folds)),
            {"scores": list(rows)},
            notes=(f"At most {GAP_ROWS:,} training rows of each fold are predicted.",)
            if len(context.train) > GAP_ROWS
            else (),
            about={**(about or {}), "trial": model.trial, "family": model.config.get(FAMILY)},
            partial=fold != folds[-1],
        )


def _fold_scores(context: Context, model: TrialModel, fold: int) -> dict[str, tuple[float, int]]:
    """Return score and rows of the training and of the validation rows of a fold."""
    from hitl_widget.learners.fitting import heard, one_thread
    from hitl_widget.learners.scoring import predictions_of

    valid = context.folds[fold][1]
    learner = context.learner(model.config.get(FAMILY))
    arrays, fitted = opened_fold(context, model, fold)
    with heard(), one_thread():
        predictions = predictions_of(fitted, matrix_for(learner, arrays["valid"]), context.task)
        return {
            "training": training_score(context, learner, arrays, fitted, fold),
            "validation": (context.score(valid, predictions), len(valid)),
        }


def _gap_words(metric: Metric, pairs: Sequence[tuple[float, float]], context: Context, folds: int) -> tuple[str, ...]:
    train, valid = fmean(one for one, _ in pairs), fmean(other for _, other in pairs)
    gaps = [one - other for one, other in pairs]
    gap = fmean(gaps)
    error = mean_error(gaps, context.task.split.parts)
    size = gap_in_words(metric, gap, error)
    shown = [number(metric.shown(one)) for one in (train, valid)]
    if len(pairs) < folds:
        return (
            (
                f"No answer yet: after {len(pairs)} of {folds} folds, {metric.label} is {shown[0]} on training rows "
                f"and {shown[1]} on validation rows."
            ),
        )
    over = f", over {plural(len(pairs), 'fold')}"
    first = f"{capital(metric.label)} is {shown[0]} on training rows and {shown[1]} on validation rows{over}"
    if error is None:
        return (f"{first}; one fold does not tell how certain the gap is.",)
    if gap <= 2 * error:
        return (f"{first}: no sign of overfitting (gap {'+' if gap >= 0 else '−'}{size}).",)
    return (
        f"{first}: {size} better on the rows that the model has seen.",
        (
            "Some gap is normal, and larger for trees than for linear models. Act on it only when a simpler or more "
            "regularized configuration scores better on validation rows."
        ),
    )


def draw(scores: Rows = ()) -> Any:
    """Draw for each fold the score on the rows it was fitted on and on the others, joined by a line.

    Parameters
    ----------
    scores
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("scores", scores).transform_calculate(name="'fold ' + datum.fold")
    x = along("score:Q", "score", scale=alt.Scale(zero=False, padding=14))
    y = alt.Y("name:N", title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    base = with_parts(base)
    drawn = [
        base.mark_line(color=alt.expr("hairline"), strokeWidth=3).encode(x=x, y=y, detail="name:N"),
        base.mark_point(filled=True, size=90, opacity=1).encode(
            x=x,
            y=y,
            **channels_by_part(shape=["circle", "diamond"]),
            tooltip=[alt.Tooltip("part:N"), alt.Tooltip("score:Q", format=",.4~r"), alt.Tooltip("rows:Q", format=",")],
        ),
    ]
    return finished(drawn, (460, 190))


VIEW = ViewDefinition(
    name="training_gap",
    level=Level.ALGORITHM,
    question="Does the model overfit?",
    summary="Return how much better a model is on the rows that it was fitted on than on new rows.",
    options=(TRIAL,),
    compute=compute,
    charts={"training_gap": draw},
    concept=Concept(
        "overfitting",
        "Overfitting",
        "A model can memorize its training rows and still fail on new ones. The gap between the two scores shows "
        "how much it memorized. A large gap alone does no harm while the score on new rows is good; it shows "
        "where there may be something to gain.",
    ),
)
