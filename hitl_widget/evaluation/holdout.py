"""The holdout: the models that a session offers, scored, timed and weighed as they are delivered. Runs in a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.delivery import DELIVERED, OfferedModel
from hitl_widget.domain.space import FAMILY
from hitl_widget.domain.success import Success
from hitl_widget.evaluation.cache import pickled_size
from hitl_widget.evaluation.context import Context, score_predictions
from hitl_widget.evaluation.directions import violations
from hitl_widget.evaluation.fold_models import TrialModel, blend_of, delivered_pipelines
from hitl_widget.evaluation.timing import least_by_turns, seconds_to_predict

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["measure_holdout"]

_DRAWS = 200


def measure_holdout(
    context: Context,
    offers: Mapping[str, Sequence[TrialModel]],
    success: Success | None = None,
    view: DataView | None = None,
) -> tuple[OfferedModel, ...]:
    """Measure models on the holdout, each as it would be delivered.

    Parameters
    ----------
    context
        The task.
    offers
        Name -> trials with weights, for example ``{"best": [trial], "ensemble": [...]}``.
    success
        The success criterion of the person.
    view
        The view with the metric and the rows; None for those of the original task.

    Returns
    -------
    tuple of OfferedModel
        The measurements, in the order of the offers. Empty without a holdout. The interval is the bootstrap's, over
        rows, or over groups where the split keeps them together.
    """
    context = context.of(view)
    rows = context.holdout
    if not len(rows):
        return ()
    trials = {member.trial: member for members in offers.values() for member in members}
    pipelines = {number: delivered_pipelines(context, member) for number, member in trials.items()}
    predictions, outside = _predictions(context, trials, pipelines)
    draws = _draws(context, rows)
    costs = _costs(context, offers, pipelines)
    found: list[OfferedModel] = []
    leading: np.ndarray | None = None
    for (name, members), (predict_ms, size_mb) in zip(offers.items(), costs, strict=True):
        weights = sum(member.weight for member in members)
        mean = np.asarray(sum(member.weight / weights * predictions[member.trial] for member in members))
        parts = tuple((member.trial, member.weight) for member in members)
        score = context.score(rows, mean)
        interval = _interval(context, rows, mean, draws, score_predictions)
        reached = None if success is None else _reached(context, rows, mean, draws, success)
        clipped = None if context.task.between is None else int(np.any([outside[n] for n, _ in parts], axis=0).sum())
        against = violations(context, members, pipelines)
        ahead = None if leading is None else _ahead(context, rows, mean, leading, draws)
        leading = mean if leading is None else leading
        found.append(OfferedModel(name, parts, score, *interval, predict_ms, size_mb, reached, clipped, against, ahead))
    return tuple(found)


def _predictions(
    context: Context, trials: Mapping[int, TrialModel], pipelines: Mapping[int, Sequence[Pipeline]]
) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Return each trial's predictions on the holdout, as in `FoldResult.predictions`, and which rows are clipped.

    Shared preparations run once.
    """
    from hitl_widget.learners.scoring import predictions_of

    prepared: dict[int, np.ndarray] = {}
    found, outside = {}, {}
    for number, member in trials.items():
        view, parts = context.of(member.view), []
        clipped = np.zeros(len(context.holdout), bool)
        for pipeline in pipelines[number]:
            prepare, model = pipeline[1], pipeline[2]
            if id(prepare) not in prepared:
                prepared[id(prepare)] = prepare.transform(view.rows(context.holdout))
            parts.append(predictions_of(model, prepared[id(prepare)], view.task))
            if context.task.between is not None:
                clipped |= model.outside(prepared[id(prepare)])
        found[number], outside[number] = np.mean(parts, axis=0), clipped
    return found, outside


def _draws(context: Context, rows: np.ndarray) -> list[np.ndarray]:
    """Return bootstrap draws of positions in the holdout; groups stay together."""
    rng = np.random.default_rng([abs(context.seed), 17])
    if context.groups is None:
        return [rng.integers(0, len(rows), len(rows)) for _ in range(_DRAWS)]
    codes = np.unique(context.groups[rows], return_inverse=True)[1]
    places = [np.flatnonzero(codes == code) for code in range(int(codes.max()) + 1)]
    return [np.concatenate([places[one] for one in rng.integers(0, len(places), len(places))]) for _ in range(_DRAWS)]


def _reached(
    context: Context, rows: np.ndarray, predictions: np.ndarray, draws: Sequence[np.ndarray], success: Success
) -> tuple[float, float | None, float | None] | None:
    """Return the displayed value of the criterion with its interval; None if it has no value on the holdout."""
    from hitl_widget.learners.success import success_value

    def value(context: Context, y: np.ndarray, predictions: np.ndarray, weights: np.ndarray | None) -> float:
        return success_value(context.task, success, y, predictions, weights)

    try:
        found = value(context, context.y[rows], predictions, context.weights_of(rows))
    except ValueError:
        return None
    return found, *_interval(context, rows, predictions, draws, value)


def _interval(
    context: Context,
    rows: np.ndarray,
    predictions: np.ndarray,
    draws: Sequence[np.ndarray],
    measure: Callable[[Context, np.ndarray, np.ndarray, np.ndarray | None], float],
) -> tuple[float | None, float | None]:
    """Return the percentile interval; draws without a score, for example of one class, are left out."""
    return _ends(
        partial(measure, context, context.y[rows[draw]], predictions[draw], context.weights_of(rows[draw]))
        for draw in draws
    )


def _ahead(
    context: Context, rows: np.ndarray, predictions: np.ndarray, leading: np.ndarray, draws: Sequence[np.ndarray]
) -> tuple[float, float, float] | None:
    """Return by how much predictions score better than those of the first model, with the paired interval."""

    def difference(draw: np.ndarray) -> float:
        y, weights = context.y[rows[draw]], context.weights_of(rows[draw])
        scores = [score_predictions(context, y, one[draw], weights) for one in (predictions, leading)]
        return scores[0] - scores[1]

    low, high = _ends(partial(difference, draw) for draw in draws)
    return None if low is None or high is None else (difference(np.arange(len(rows))), low, high)


def _ends(measures: Iterable[Callable[[], float]]) -> tuple[float | None, float | None]:
    """Return the percentile interval of these values, without those that do not exist."""
    values = []
    for measure in measures:
        try:
            value = measure()
        except ValueError:
            continue
        if np.isfinite(value):
            values.append(value)
    if not values:
        return None, None
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _costs(
    context: Context, offers: Mapping[str, Sequence[TrialModel]], pipelines: Mapping[int, Sequence[Pipeline]]
) -> list[tuple[float | None, float | None]]:
    """Return the milliseconds and the megabytes of each delivered object, in the order of the offers."""
    clocks, sizes = [], []
    for members in offers.values():
        foreign = any(context.learner(member.config.get(FAMILY)).foreign for member in members)
        model = blend_of(context, members, [pipelines[member.trial] for member in members], DELIVERED)
        clocks.append(partial(seconds_to_predict, context, model, foreign=foreign))
        sizes.append(_megabytes(model, foreign=foreign))
    times = least_by_turns(clocks)
    return [(None if one is None else 1000 * one, size) for one, size in zip(times, sizes, strict=True)]


def _megabytes(model: Any, *, foreign: bool) -> float | None:
    """Return the size of a delivered object; None for a custom model that cannot be pickled."""
    try:
        return pickled_size(model, by_value=foreign) / 1e6
    except Exception:  # noqa: BLE001 - a custom model
        return None
