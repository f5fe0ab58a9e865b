"""The holdout: the models that a session offers, scored, timed and weighed as they are delivered. Runs in a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.domain.delivery import Delivery, delivery_of
from hitl_widget.domain.space import FAMILY
from hitl_widget.evaluation.cache import pickled_size
from hitl_widget.evaluation.context import Context, score_predictions
from hitl_widget.evaluation.fold_models import TrialModel, load_fold_pipeline, load_refitted_pipeline, make_blend
from hitl_widget.evaluation.timing import seconds_to_predict

__all__ = ["Offered", "measure_holdout"]

_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """An offered model, measured on the holdout.

    Parameters
    ----------
    score
        Its score, greater is better.
    low, high
        The 95 % interval of the score by the bootstrap over rows, or over groups where the split keeps them together;
        None where no draw had a score.
    predict_ms
        Milliseconds to predict 1,000 rows of the raw table; None if they could not be measured.
    size_mb
        Megabytes of the pickled model; None if it could not be pickled.
    """

    score: float
    low: float | None
    high: float | None
    predict_ms: float | None
    size_mb: float | None


def measure_holdout(context: Context, offers: Mapping[str, Sequence[TrialModel]]) -> dict[str, Offered]:
    """Measure models on the holdout, each as it would be delivered.

    Parameters
    ----------
    context
        The task.
    offers
        Name -> trials with weights, for example ``{"best": [trial], "ensemble": [...]}``.

    Returns
    -------
    dict
        The measurements by name. Empty without a holdout.
    """
    rows = context.holdout
    if not len(rows):
        return {}
    done: dict[int, np.ndarray] = {}
    draws = _draws(context, rows)
    found = {}
    for name, members in offers.items():
        weights = sum(member.weight for member in members)
        predictions = sum(member.weight / weights * _predictions(context, member, done) for member in members)
        low, high = _interval(context, rows, predictions, draws)
        score = score_predictions(context, context.y[rows], np.asarray(predictions))
        found[name] = Offered(score, low, high, *_weight(context, members))
    return found


def _predictions(context: Context, member: TrialModel, done: dict[int, np.ndarray]) -> np.ndarray:
    """Return the delivered model's predictions on the holdout, as in `FoldResult.predictions`."""
    from hitl_widget.learners.scoring import predictions_of

    if member.trial in done:
        return done[member.trial]
    delivery, view = delivery_of(context.task), context.of(member.view)
    preparation = view.learner(member.config.get(FAMILY)).preparation(member.config)
    if delivery is Delivery.AVERAGE:
        folds: Sequence[int] = range(len(context.folds)) if member.folds is None else member.folds
        pipelines = [(fold, load_fold_pipeline(context, member, fold)) for fold in folds]
    else:
        pipelines = [(len(context.folds), load_refitted_pipeline(context, member, delivery))]
    parts = []
    for fold, pipeline in pipelines:
        place = f"holdout {preparation.key} {fold}"
        if place not in view.shared:
            view.shared[place] = pipeline[1].transform(view.rows(context.holdout))
        parts.append(predictions_of(pipeline[-1], view.shared[place], view.task))
    done[member.trial] = np.mean(parts, axis=0)
    return done[member.trial]


def _draws(context: Context, rows: np.ndarray) -> list[np.ndarray]:
    """Return bootstrap draws of positions in the holdout; groups stay together."""
    rng = np.random.default_rng([abs(context.seed), 17])
    if context.groups is None:
        return [rng.integers(0, len(rows), len(rows)) for _ in range(_DRAWS)]
    codes = np.unique(context.groups[rows], return_inverse=True)[1]
    places = [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
    return [np.concatenate([places[one] for one in rng.integers(0, len(places), len(places))]) for _ in range(_DRAWS)]


def _interval(
    context: Context, rows: np.ndarray, predictions: Any, draws: Sequence[np.ndarray]
) -> tuple[float | None, float | None]:
    """Return the percentile interval; draws without a score, for example of one class, are left out."""
    values, y = [], context.y[rows]
    for draw in draws:
        try:
            value = score_predictions(context, y[draw], predictions[draw])
        except ValueError:
            continue
        if np.isfinite(value):
            values.append(value)
    if not values:
        return None, None
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _weight(context: Context, members: Sequence[TrialModel]) -> tuple[float | None, float | None]:
    """Return the time and the size of the delivered object."""
    foreign = any(context.learner(member.config.get(FAMILY)).foreign for member in members)
    model = make_blend(context, members)
    try:
        predict_ms: float | None = 1000 * seconds_to_predict(context, model, foreign=foreign)
    except Exception:  # noqa: BLE001 - a custom model that fails on other rows has a score but no time
        predict_ms = None
    try:
        size_mb: float | None = pickled_size(model, by_value=foreign) / 1e6
    except Exception:  # noqa: BLE001 - a custom model that cannot be pickled
        size_mb = None
    return predict_ms, size_mb
