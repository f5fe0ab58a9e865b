"""Views of models, computed in a worker from a trial's models and its out-of-fold predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.domain.data_choices import DataView
from hitl_widget.domain.trial import Trial
from hitl_widget.errors import ConfigError, HitlError
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.comparison import Contender
from hitl_widget.explain.priority import AT_ONCE, gently, idly
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import View
from hitl_widget.explain.what_if import Remade

__all__ = ["Wish", "explain"]

_SUBJECTS = 3
_FOREMOST = 2.0
"""Seconds for which the first SHAP bar has a trial's share; CatBoost's takes a whole one beside busy workers."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be explained.

    Parameters
    ----------
    view
        Name of the view.
    members
        The trial, or the members of an ensemble with their weights.
    predictions
        File of out-of-fold predictions of the trial; None for several members.
    trial
        The trial as it stands in the record; None for several members.
    options
        As the view takes them, without the trial.
    step
        0 for what can be said at once; each further step rests on more rows.
    """

    view: str
    members: tuple[TrialModel, ...]
    predictions: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    step: int = 0
    trial: Trial | None = None


def explain(context: Context, wish: Wish) -> View:
    """Return a view; partial while further steps would rest on more rows.

    Raises
    ------
    ConfigError
        For a view that is not computed here, or an option that it does not take; the message says what to do.
    """
    # What is said first is waited for, and SHAP values most; the steps after it make it better.
    if wish.step > 0:
        return idly(lambda: _explained(context, wish))
    return gently(lambda: _explained(context, wish), _FOREMOST if wish.view == "importance" else AT_ONCE)


def _explained(context: Context, wish: Wish) -> View:
    if wish.members:
        context = context.of(wish.members[0].view)
    maker = _OF_SUBJECT.get(wish.view)
    if maker is not None:
        return replace(maker(context, wish), name=wish.view)
    reader = _OF_PREDICTIONS.get(wish.view)
    if reader is None:
        raise ConfigError(f"There is no view {wish.view!r} of a model.")
    return replace(reader(context, wish), name=wish.view)


# -- what the model looks at ------------------------------------------------------------------------------------------


def _key(wish: Wish) -> tuple[tuple[int, float], ...]:
    return tuple((one.trial, one.weight) for one in wish.members)


def _subject(context: Context, wish: Wish) -> Subject:
    """Return the models that are explained; the last few are kept."""
    known: dict[Any, Subject] = context.shared.setdefault("subjects", {})
    key = _key(wish)
    if key not in known:
        known[key] = Subject.of_trials(context, wish.members)
        while len(known) > _SUBJECTS:
            gone = next(iter(known))
            del known[gone]
            context.shared.get("attributions", {}).pop(gone, None)
    return known[key]


def _values(context: Context, wish: Wish) -> tuple[Subject, Attribution]:
    """Return SHAP values of as many rows as the step asks for."""
    from hitl_widget.explain.model import progressive

    subject = _subject(context, wish)
    known: dict[Any, tuple[Any, list[Attribution]]] = context.shared.setdefault("attributions", {})
    if _key(wish) not in known:
        known[_key(wish)] = (progressive(subject), [])
    more, done = known[_key(wish)]
    while len(done) <= wish.step and not (done and not done[-1].partial):
        found = next(more, None)
        if found is None:
            break
        done.append(found)
    return subject, done[min(wish.step, len(done) - 1)]


def _row(wish: Wish, subject: Subject) -> int:
    number = wish.options.get("row")
    return int(subject.rows[0]) if number is None else int(number)


def _column(wish: Wish, subject: Subject) -> str:
    column = wish.options.get("column")
    return subject.columns[0] if column is None else str(column)


def _importance(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.contributions import importance

    subject, values = _values(context, wish)
    return replace(importance(subject, values, wish.options.get("of")), partial=values.partial)


def _beeswarm(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.contributions import beeswarm

    subject, values = _values(context, wish)
    return replace(beeswarm(subject, values, wish.options.get("of")), partial=values.partial)


def _dependence(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.contributions import dependence

    subject, values = _values(context, wish)
    column = wish.options.get("column")
    if column is None:
        column = subject.columns[int(np.argmax(values.of(subject.code(None)).sizes().mean(axis=0)))]
    return replace(dependence(subject, values, str(column), wish.options.get("of")), partial=values.partial)


def _one_row(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.contributions import row
    from hitl_widget.explain.model import shap_values

    subject = _subject(context, wish)
    number = _row(wish, subject)
    values = shap_values(subject, np.array([number]), held_out=True)
    return row(subject, values, number, wish.options.get("of"))


def _what_if(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.what_if import what_if

    subject = _subject(context, wish)
    changes, of = wish.options.get("changes") or {}, wish.options.get("of")
    return what_if(subject, _row(wish, subject), changes, of, _remade(context, subject))


def _remade(context: Context, subject: Subject) -> Remade | None:
    """Return what makes the person's columns of several others anew for a changed row; None where there are none."""
    from hitl_widget.learners.columns import Shaped

    choices = next((one.prepare.choices for one in subject.parts if isinstance(one.prepare, Shaped)), None)
    if choices is None:
        return None

    def remade(row: int, cells: pd.DataFrame) -> pd.DataFrame:
        raw = context.table.iloc[[row]].copy()
        for name in raw.columns.intersection(cells.columns):
            raw[name] = cells[name].array
        found = choices.beside(raw)
        assert found is not None  # else the parts would read the table itself
        return found.drop(columns=raw.columns, errors="ignore")

    return remade


def _effect(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.partial_dependence import effect

    subject = _subject(context, wish)
    centred = bool(wish.options.get("centred", False))
    return effect(subject, _column(wish, subject), of=wish.options.get("of"), centred=centred)


def _permutation(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.permutation import permutation, permutation_losses

    subject = _subject(context, wish)
    known: dict[Any, tuple[Any, list[Any]]] = context.shared.setdefault("losses", {})
    if _key(wish) not in known:
        known.clear()
        known[_key(wish)] = (permutation_losses(subject), [])
    more, done = known[_key(wish)]
    while len(done) <= wish.step:
        found = next(more, None)
        if found is None:
            break
        done.append(found)
    losses = done[min(wish.step, len(done) - 1)]
    return permutation(subject, losses)


# -- how it learns ----------------------------------------------------------------------------------------------------


def _followed(context: Context, wish: Wish, kind: str, begin: Callable[[], Iterator[View]]) -> View:
    """Return what a computation in steps has by this step; it goes on where the last question left it."""
    known: dict[Any, tuple[Iterator[View], list[View]]] = context.shared.setdefault("followed", {})
    key = (kind, _key(wish))
    if key not in known:
        known.clear()
        known[key] = (begin(), [])
    more, done = known[key]
    while len(done) <= wish.step:
        found = next(more, None)
        if found is None:
            break
        done.append(found)
    return done[min(wish.step, len(done) - 1)]


def _one(wish: Wish) -> TrialModel:
    if len(wish.members) != 1:
        raise ConfigError("This view is about one trial; name a finished one.")
    return wish.members[0]


def _learning_curve(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.learning_curve import learning_curve

    return _followed(context, wish, "curve", lambda: learning_curve(context, _one(wish), about=_about(wish)))


def _training_gap(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.learning import training_gap

    return _followed(context, wish, "gap", lambda: training_gap(context, _one(wish), about=_about(wish)))


def _rounds(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.learning import rounds

    model = _one(wish)
    assert wish.trial is not None
    return rounds(context, model, wish.trial, fold=int(wish.options.get("fold") or 0))


_OF_SUBJECT: dict[str, Callable[[Context, Wish], View]] = {
    "importance": _importance,
    "beeswarm": _beeswarm,
    "dependence": _dependence,
    "row": _one_row,
    "what_if": _what_if,
    "effect": _effect,
    "permutation": _permutation,
    "learning_curve": _learning_curve,
    "training_gap": _training_gap,
    "rounds": _rounds,
}


# -- how good it is ---------------------------------------------------------------------------------------------------


def _given(context: Context, wish: Wish) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows, truth and out-of-fold predictions."""
    if wish.predictions is None:
        raise ConfigError("This view rests on the out-of-fold predictions of one trial; name a finished one.")
    rows = np.concatenate([valid for _, valid in context.folds])
    return rows, context.y[rows], np.load(wish.predictions, allow_pickle=False)


def _about(wish: Wish) -> dict[str, Any]:
    return {"trial": wish.members[0].trial} if len(wish.members) == 1 else {}


def _number(wish: Wish, name: str, default: float) -> float:
    value = wish.options.get(name)
    return default if value is None else float(value)


def _confusion(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.performance import confusion

    rows, y, predictions = _given(context, wish)
    limit = _number(wish, "threshold", 0.5)
    return confusion(context.task, y, predictions, threshold=limit, about=_about(wish), positions=rows)


def _residuals(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.performance import residuals

    rows, y, predictions = _given(context, wish)
    return residuals(context.task, y, predictions, about=_about(wish), positions=rows)


def _simple(name: str) -> Callable[[Context, Wish], View]:
    def make(context: Context, wish: Wish) -> View:
        from hitl_widget.explain import performance

        _, y, predictions = _given(context, wish)
        found: View = getattr(performance, name)(context.task, y, predictions, about=_about(wish))
        return found

    return make


def _threshold(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.threshold import threshold

    _, y, predictions = _given(context, wish)
    alarm, miss = (_number(wish, name, 1.0) for name in ("false_alarm", "miss"))
    return threshold(context.task, y, predictions, false_alarm=alarm, miss=miss, about=_about(wish))


def _slices(context: Context, wish: Wish) -> View:
    from hitl_widget.explain.slices import slices

    rows, y, predictions = _given(context, wish)
    return slices(context.task, y, predictions, context.rows(rows), about=_about(wish))


_OF_PREDICTIONS: dict[str, Callable[[Context, Wish], View]] = {
    "confusion": _confusion,
    "roc_pr": _simple("roc_pr"),
    "calibration": _simple("calibration"),
    "residuals": _residuals,
    "threshold": _threshold,
    "slices": _slices,
}


def own_baseline(context: Context, name: str, code: bytes) -> tuple[dict[int, float], float, str]:
    """Return scores by fold, seconds and the problem of a person's own estimator, pickled by value."""
    import cloudpickle

    from hitl_widget.explain.own_model import evaluate_own

    found = gently(lambda: evaluate_own(context, cloudpickle.loads(code), name=name))
    return ({} if found.problem else found.scores), sum(found.seconds.values()), found.problem


def as_it_comes(
    context: Context, configs: Mapping[str, Mapping[str, Any]], view: DataView, seed: int
) -> dict[str, Contender]:
    """Return configurations that the search did not try, fitted on its folds as trials are; no model is kept."""
    return gently(lambda: {name: _measured(context, config, view, seed) for name, config in configs.items()})


def _measured(context: Context, config: Mapping[str, Any], view: DataView, seed: int) -> Contender:
    scores: dict[int, float] = {}
    hints: dict[str, Any] = {}
    seconds = 0.0
    try:
        for fold in range(len(context.folds)):
            found = evaluate_fold(context, FoldUnit(0, fold, dict(config), hints, seed, keep_model=False, view=view))
            hints = hints or found.hints
            scores[fold] = found.score
            seconds += found.seconds
    except (HitlError, ValueError) as error:
        return Contender("", kind="usual", problem=str(error))
    return Contender("", scores, "usual", seconds=seconds)


def names() -> Sequence[str]:
    """Return the names of the views that are computed here."""
    return (*_OF_SUBJECT, *_OF_PREDICTIONS)
