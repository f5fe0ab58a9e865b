"""From fold models to the estimators that a session delivers."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Kind, SplitScheme
from hitl_widget.evaluation.context import Context, score_predictions
from hitl_widget.evaluation.fitting import FoldUnit, fitted, model_path, prepared

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from hitl_widget.learners.blend import BlendClassifier, BlendRegressor

__all__ = [
    "TrialModel",
    "fit_members",
    "load_fold_pipeline",
    "make_blend",
    "measure_holdout",
    "member_of",
    "seed_of",
]

_SEED_STEP = 7919


@dataclass(frozen=True, slots=True)
class TrialModel:
    """A finished trial as a member of a model.

    Parameters
    ----------
    trial
        Its number.
    config
        The whole configuration.
    hints
        Findings of its first fold.
    seed
        Seed of its fits.
    weight
        Weight in the average.
    folds
        Folds that were scored, default all.
    files
        Model file per fold, relative to the scratch folder, where kept.
    view
        The view of the data that it reads; None for the table as it was understood.
    """

    trial: int
    config: Mapping[str, Value]
    hints: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    weight: float = 1.0
    folds: tuple[int, ...] | None = None
    files: Mapping[int, str | None] = field(default_factory=dict)
    view: DataView | None = None


def seed_of(seed: int, number: int) -> int:
    """Return the seed of a trial."""
    return seed + _SEED_STEP * (number + 1)


def member_of(state: SessionState, number: int, weight: float, seed: int) -> TrialModel:
    """Return a trial as a member of a blend."""
    trial = state.trials[number]
    view = state.view_of(trial)
    return TrialModel(number, dict(trial.config), trial.hints, seed_of(seed, number), weight, view=view)


def load_fold_pipeline(context: Context, member: TrialModel, fold: int) -> Pipeline:
    """Return the fitted pipeline of a trial on a fold: read, prepare, model.

    The model comes from its file; where that is missing or broken it is fitted again on the same rows with the same
    seed. Preparations are shared objects between calls with one context.
    """
    from sklearn.pipeline import Pipeline

    from hitl_widget.data.reader import TableReader
    from hitl_widget.learners.fitting import heard, one_thread

    context, config = context.of(member.view), dict(member.config)
    learner = context.learner(config.get(FAMILY))
    with heard(), one_thread():
        ready = prepared(context, learner.preparation(config), fold)
        model = _read_model(context, member.files.get(fold) or model_path(member.trial, fold))
        if model is None:
            unit = FoldUnit(member.trial, fold, config, dict(member.hints), member.seed, view=member.view)
            model, _ = fitted(context, learner, unit, ready)
    reader = context.shared.get("reader")
    if reader is None:
        reader = context.shared["reader"] = TableReader.from_readings(context.task.columns, context.readings)
    return Pipeline([("read", reader), ("prepare", ready.extra), ("model", model)])


def _read_model(context: Context, file: str) -> Any | None:
    try:
        return pickle.loads((context.folder / file).read_bytes())  # noqa: S301 - our own private scratch
    except (OSError, EOFError, ValueError, pickle.UnpicklingError):
        return None


def fit_members(context: Context, members: Sequence[TrialModel]) -> list[tuple[str, list[Pipeline], float]]:
    """Return name, fitted pipelines and weight of each member, as `BlendClassifier.from_fitted` takes them."""
    return [
        (
            f"trial_{member.trial}",
            [load_fold_pipeline(context, member, fold) for fold in _folds(context, member)],
            member.weight,
        )
        for member in members
    ]


def _folds(context: Context, member: TrialModel) -> Sequence[int]:
    return range(len(context.folds)) if member.folds is None else member.folds


def make_blend(context: Context, members: Sequence[TrialModel]) -> BlendClassifier | BlendRegressor:
    """Return the fitted scikit-learn estimator of one trial or of an ensemble."""
    from sklearn.model_selection import TimeSeriesSplit

    from hitl_widget.learners.blend import BlendClassifier, BlendRegressor

    fitted_members = fit_members(context, members)
    names = [column.name for column in context.task.columns]
    cv: Any = context.task.split.folds
    if context.task.split.scheme is SplitScheme.FORWARD:
        cv = TimeSeriesSplit(max(2, cv))
    if context.task.kind is Kind.REGRESSION:
        return BlendRegressor.from_fitted(fitted_members, names, cv)
    return BlendClassifier.from_fitted(fitted_members, context.classes, names, cv)


def measure_holdout(context: Context, members: Mapping[str, Sequence[TrialModel]]) -> dict[str, Any]:
    """Score models on the holdout.

    Parameters
    ----------
    context
        The task.
    members
        Name -> trials with weights, for example ``{"best": [trial], "ensemble": [...]}``.

    Returns
    -------
    dict
        Per name its score (greater is better), and ``"rows"``. Empty without a holdout.
    """
    rows = context.holdout
    if not len(rows):
        return {}
    done: dict[tuple[int, int], np.ndarray] = {}
    found: dict[str, Any] = {"rows": len(rows)}
    for name, trials in members.items():
        weights = sum(trial.weight for trial in trials)
        total: Any = 0.0
        for trial in trials:
            folds = _folds(context, trial)
            parts = [_holdout_predictions(context, trial, fold, done) for fold in folds]
            total = total + trial.weight / weights * np.mean(parts, axis=0)
        found[name] = score_predictions(context, context.y[rows], total)
    return found


def _holdout_predictions(
    context: Context, member: TrialModel, fold: int, done: dict[tuple[int, int], np.ndarray]
) -> np.ndarray:
    """Return a fold model's predictions on the holdout, as in `FoldResult.predictions`."""
    from hitl_widget.learners.scoring import predictions_of

    key = (member.trial, fold)
    if key not in done:
        pipeline, context = load_fold_pipeline(context, member, fold), context.of(member.view)
        preparation = context.learner(member.config.get(FAMILY)).preparation(member.config)
        place = f"holdout {preparation.key} {fold}"
        if place not in context.shared:
            context.shared[place] = pipeline[1].transform(context.rows(context.holdout))
        done[key] = predictions_of(pipeline[-1], context.shared[place], context.task)
    return done[key]
