"""A custom family: any estimator, also one whose class is defined in the notebook."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from hitl_widget.domain.space import FAMILY, Config, Parameter
from hitl_widget.domain.task import Kind, Task
from hitl_widget.errors import ConfigError
from hitl_widget.learners.base import Job, Learner, own, takes_weights, weights_for
from hitl_widget.learners.blueprint import Blueprint
from hitl_widget.learners.packing import one_line, pack, unpack
from hitl_widget.learners.preparation import Preparation
from hitl_widget.learners.registry import LEARNERS
from hitl_widget.learners.short_form import objects_from, parameters_from

__all__ = ["CustomLearner", "facts_of", "make_learner", "pack_learner", "unpack_learner"]

COLOUR = "knn"
"""Suffix of the colour of custom families in the style sheet."""

_LETTERS = 40
_NEED_PROBABILITIES = ("average_precision", "d2_", "neg_brier", "neg_log_loss", "roc_auc", "top_k")


class CustomLearner(Learner):
    """A family around a user's estimator.

    Parameters
    ----------
    name, label
        The family, and the name that people read.
    blueprint
        The blueprint that builds the estimator.
    parameters
        Its hyperparameters, named ``"name.parameter"``.
    objects
        By short name, the objects behind words in configurations.
    recipe
        ``"dense"`` (numbers on one scale, none missing) or ``"native"`` (codes of categories, missing cells).
    """

    foreign = True
    cost = 5
    colour = COLOUR

    def __init__(
        self,
        name: str,
        label: str,
        blueprint: Blueprint,
        parameters: Sequence[Parameter],
        objects: Mapping[str, Mapping[str, Any]],
        recipe: Literal["dense", "native"],
    ) -> None:
        self.name = name
        self.label = label
        self.recipe = recipe
        self.story = facts_of(name, label)[1]
        self.blueprint = blueprint
        self.objects = objects
        self._parameters = tuple(parameters)
        made = blueprint.given
        self.takes_weights = takes_weights(made) if blueprint.is_instance or isinstance(made, type) else False

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return the hyperparameters as they were given."""
        return self._parameters

    def preparation(self, config: Config) -> Preparation:
        """Return how the table is prepared: always the same way, for every parameter is the estimator's."""
        return Preparation(self.recipe)

    def build(self, config: Config, job: Job) -> Any:
        """Return a copy of the estimator with the values of a configuration, a seed and one thread.

        Raises
        ------
        ConfigError
            When it gives no probabilities and the metric needs them.
        """
        params = {
            short: self.objects.get(short, {}).get(value, value) if isinstance(value, str) else value
            for short, value in own(config, self, job.task).items()
        }
        return usable(self.blueprint.build(params, job.seed), self.blueprint.title, job.task)

    def fit(self, model: Any, X: np.ndarray, y: np.ndarray, job: Job) -> Any:
        """Fit, whatever the user's `fit` returns; a classifier without `classes_` gets them."""
        model.fit(X, y, **weights_for(model, job.weights))
        if job.regression or hasattr(model, "classes_"):
            return model
        from hitl_widget.learners.adapt import OwnClassifier

        return OwnClassifier.around(model, X, y)


def usable(model: Any, title: str, task: Task) -> Any:
    """Return an estimator as the evaluation needs it: cloneable, and with probabilities for classes.

    Margins become probabilities by a sigmoid on two cross-validated halves (scikit-learn's
    ``CalibratedClassifierCV``), as for our support vector machine; plain classes become 0 and 1 where the metric
    looks at classes only.

    Raises
    ------
    ConfigError
        If its kind differs from the task's, or it lacks a method that the metric needs.
    """
    from hitl_widget.learners.adapt import OwnClassifier, OwnRegressor

    kind, needed = _kind(model), "regressor" if task.kind is Kind.REGRESSION else "classifier"
    if kind not in (None, needed):
        what = "a number" if needed == "regressor" else "a class"
        raise ConfigError(f"{title} is a {kind}, and {task.target} is {what} to predict; give a {needed}.")
    answers = ["predict"] if needed == "regressor" else ["predict_proba", "decision_function", "predict"]
    able = [answer for answer in answers if hasattr(model, answer)]
    if not hasattr(model, "fit") or not able:
        lacks = "fit" if not hasattr(model, "fit") else "predict"
        raise ConfigError(f"{title} has no {lacks}; a learner needs fit(X, y) and predict(X).")
    if needed == "regressor":
        return model if hasattr(model, "get_params") else OwnRegressor(model)
    if able[0] == "predict_proba":
        return model if hasattr(model, "get_params") and kind is not None else OwnClassifier(model)
    if able[0] == "decision_function":
        from sklearn.calibration import CalibratedClassifierCV

        return CalibratedClassifierCV(OwnClassifier(model), ensemble=False, cv=2, n_jobs=1)
    if task.metric.scorer.startswith(_NEED_PROBABILITIES):
        raise ConfigError(
            f"{title} predicts classes only, and {task.metric.label} needs probabilities. Give it a predict_proba or "
            'a decision_function, or choose a metric of classes, such as metric="accuracy".'
        )
    return OwnClassifier(model)


def _kind(model: Any) -> str | None:
    """Return the declared type of an estimator: classifier, regressor, clusterer …; None if it declares none."""
    if hasattr(model, "__sklearn_tags__"):
        from sklearn.utils import get_tags

        kind = get_tags(model).estimator_type
    else:
        kind = getattr(model, "_estimator_type", None)
    return None if kind is None else str(kind)


def make_learner(
    name: str,
    estimator: Any,
    space: Mapping[str, Any],
    task: Task,
    label: str | None = None,
    recipe: str = "dense",
    *,
    taken: Iterable[str] = (),
) -> tuple[str, tuple[Parameter, ...], bytes]:
    """Check a custom learner, and return the fields of the command `AddLearner` other than the name.

    Parameters
    ----------
    name
        Name of the new family, a short word.
    estimator
        A scikit-learn estimator, or a class or function that makes one; also one defined in the notebook.
    space
        Its hyperparameters, see `hitl_widget.learners.short_form.parameters_from`.
    task
        The task.
    label
        The name that people read, default the name.
    recipe
        What the estimator reads: ``"dense"`` or ``"native"``.
    taken
        Names that are in use, beside those of our own families.

    Returns
    -------
    label : str
    parameters : tuple of Parameter
    code : bytes
        The code, from which the workers build it.

    Raises
    ------
    ConfigError
        If the learner is not usable; the message says why and what to do.
    """
    _check_name(name, taken)
    if recipe not in ("dense", "native"):
        raise ConfigError(f'recipe must be "dense" (scaled numbers) or "native" (as in the table); got {recipe!r}.')
    if label is not None and not str(label).strip():
        raise ConfigError(f"A label must be a non-empty text; got {label!r}.")
    blueprint = Blueprint(estimator)
    parameters = parameters_from(name, space, estimator)
    blueprint.check_names(space)
    shown = " ".join((label or name.replace("_", " ")).split())[:_LETTERS]
    chosen: Literal["dense", "native"] = "dense" if recipe == "dense" else "native"
    learner = CustomLearner(name, shown, blueprint, parameters, objects_from(space), chosen)
    _try(learner, task)
    return learner.label, parameters, pack_learner(learner)


def _check_name(name: Any, taken: Iterable[str]) -> None:
    word = isinstance(name, str) and name.isidentifier() and name.isascii() and len(name) <= _LETTERS
    if not word or keyword.iskeyword(str(name)) or name == FAMILY:
        raise ConfigError(f'A learner needs a short name of letters, digits and _, such as "knn"; got {name!r}.')
    if name in LEARNERS or name in set(taken):
        raise ConfigError(f"A family named {name!r} already exists. Choose another name.")


def _try(learner: CustomLearner, task: Task) -> None:
    """Build it once with its defaults."""
    try:
        learner.build({FAMILY: learner.name}, Job(task, rows=task.train_rows, columns=1))
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(
            f"{learner.blueprint.title} cannot be created with the defaults of its space: "
            f"{type(error).__name__}: {one_line(error)}."
        ) from error


def pack_learner(learner: CustomLearner) -> bytes:
    """Return a learner as bytes; definitions of the notebook are included by value.

    Raises
    ------
    ConfigError
        When it holds something that cannot be pickled, or weighs more than 50 MB.
    """
    body = {
        "name": learner.name,
        "label": learner.label,
        "recipe": learner.recipe,
        "estimator": learner.blueprint.given,
        "parameters": learner._parameters,
        "objects": learner.objects,
    }
    return pack(learner.blueprint.title, body, "inside fit")


def unpack_learner(name: str, code: bytes) -> CustomLearner:
    """Return the learner of `pack_learner`. It runs code: only for bytes that were written here.

    Raises
    ------
    ConfigError
        If a dependency is missing; the message says what to do.
    """
    try:
        body = unpack(code)
        return CustomLearner(
            name, body["label"], Blueprint(body["estimator"]), body["parameters"], body["objects"], body["recipe"]
        )
    except Exception as error:
        raise ConfigError(
            f"Your learner {name!r} cannot be loaded: {type(error).__name__}: {one_line(error)}. "
            f"Add it again with session.add_learner({name!r}, …)."
        ) from error


def facts_of(name: str, label: str = "") -> tuple[str, str, str, bool]:
    """Return label, story, colour and whether it is a baseline, of a custom family."""
    label = label or name.replace("_", " ")
    story = (
        f"{label} is your own model. It is tuned, scored on the same folds and considered for the ensemble "
        "like every other family."
    )
    return label, story, COLOUR, False
