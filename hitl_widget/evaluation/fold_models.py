"""From fold models to the estimators that a session delivers."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.delivery import DELIVERED, Delivery
from hitl_widget.domain.space import FAMILY, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Kind
from hitl_widget.evaluation.cache import dump_atomically
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import FoldUnit, fitted, model_path, prepared

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

    from hitl_widget.learners.blend import BlendClassifier, BlendRegressor

__all__ = [
    "TrialModel",
    "blend_of",
    "delivered_pipelines",
    "load_fold_pipeline",
    "load_refitted_pipeline",
    "make_blend",
    "member_of",
    "seed_of",
    "store_refits",
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
    return _pipeline(context.of(member.view), member, fold)


def load_refitted_pipeline(context: Context, member: TrialModel, delivery: Delivery) -> Pipeline:
    """Return the pipeline of a trial fitted on all rows of the search, or on all rows: read, prepare, model.

    Where rounds are found by early stopping they are found again, on the latest rows where there is a time. The model
    is stored in a file, from which it is read the next time.
    """
    context = context.of(member.view)
    hints = {name: value for name, value in member.hints.items() if name != "rounds"}
    fold = len(context.folds) + (delivery is Delivery.ALL)
    return _pipeline(context.refits, replace(member, hints=hints), fold, keep=True)


def store_refits(context: Context, members: Sequence[TrialModel], delivery: Delivery) -> None:
    """Fit the models of `load_refitted_pipeline` and store them in their files. Runs in a worker."""
    for member in members:
        load_refitted_pipeline(context, member, delivery)


def _pipeline(context: Context, member: TrialModel, fold: int, *, keep: bool = False) -> Pipeline:
    from sklearn.pipeline import Pipeline

    from hitl_widget.data.reader import TableReader
    from hitl_widget.learners.fitting import heard, one_thread

    config = dict(member.config)
    learner = context.learner(config.get(FAMILY))
    with heard(), one_thread():
        ready = prepared(context, learner.preparation(config), fold)
        model = _read_model(context, member.files.get(fold) or model_path(member.trial, fold))
        if model is None:
            unit = FoldUnit(member.trial, fold, config, dict(member.hints), member.seed, view=member.view)
            model, _ = fitted(context, learner, unit, ready)
            if keep:
                path = context.folder / model_path(member.trial, fold)
                dump_atomically(model, path, by_value=learner.foreign)
    reader = context.shared.get("reader")
    if reader is None:
        reader = context.shared["reader"] = TableReader.from_readings(context.task.columns, context.readings)
    return Pipeline([("read", reader), ("prepare", ready.extra), ("model", model)])


def _read_model(context: Context, file: str) -> Any | None:
    try:
        return pickle.loads((context.folder / file).read_bytes())  # noqa: S301 - our own private scratch
    except (OSError, EOFError, ValueError, pickle.UnpicklingError):
        return None


def delivered_pipelines(context: Context, member: TrialModel, delivery: Delivery = DELIVERED) -> list[Pipeline]:
    """Return the fitted pipelines of a trial whose average is delivered: one, unless the fold models are averaged."""
    if delivery is not Delivery.AVERAGE:
        return [load_refitted_pipeline(context, member, delivery)]
    folds = range(len(context.folds)) if member.folds is None else member.folds
    return [load_fold_pipeline(context, member, fold) for fold in folds]


def make_blend(
    context: Context, members: Sequence[TrialModel], delivery: Delivery = DELIVERED
) -> BlendClassifier | BlendRegressor:
    """Return the fitted scikit-learn estimator of one trial or of an ensemble.

    Parameters
    ----------
    context
        The task.
    members
        The trials with their weights.
    delivery
        How each is fitted.
    """
    return blend_of(context, members, [delivered_pipelines(context, one, delivery) for one in members], delivery)


def blend_of(
    context: Context, members: Sequence[TrialModel], pipelines: Sequence[Sequence[Pipeline]], delivery: Delivery
) -> BlendClassifier | BlendRegressor:
    """Return the estimator of trials whose pipelines are at hand, in the order of the trials."""
    from hitl_widget.learners.blend import BlendClassifier, BlendRegressor

    context = context.of(members[0].view)  # classes and columns are those of its target
    fitted_members = [(f"trial_{one.trial}", own, one.weight) for one, own in zip(members, pipelines, strict=True)]
    names = [column.name for column in context.task.columns]
    cv = context.task.split.folds if delivery is Delivery.AVERAGE else None
    if context.task.kind is Kind.REGRESSION:
        return BlendRegressor.from_fitted(fitted_members, names, cv, durations=context.task.durations)
    return BlendClassifier.from_fitted(fitted_members, context.classes, names, cv)
