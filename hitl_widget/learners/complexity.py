"""Complexity of a fitted model, and the columns of the table that it uses."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

__all__ = ["columns_used", "parts_of"]

_MOST_STEPS = 50_000
_FACTS = frozenset(
    "classes_ class_count_ class_weight_ categories_ effective_metric_params_ feature_names_in_ loss_curve_ "
    "n_features_in_ n_iter_ n_outputs_ n_samples_seen_ support_ n_support_ shape_fit_ validation_scores_".split()
)
"""Fitted attributes that a prediction does not need."""

_INSIDE = ("model_", "regressor_", "best_estimator_", "estimator_", "booster")
"""Attributes that hold the fitted model of one that only wraps it."""


def parts_of(model: Any) -> int:
    """Return how many learned numbers and decisions one needs in order to compute a prediction by hand.

    One scale for all families; at least 1.

    ======================  ===========================================================================================
    linear                  coefficients that are not 0, and intercepts that are not 0
    decision tree           questions and leaves; a leaf counts once, whatever it predicts
    forest, booster         the sum over all trees that predict (a tree per class and round where the library grows so);
                            `Learner.complexity` counts those of LightGBM, XGBoost and CatBoost
    nearest neighbors      stored cells, targets included
    support vectors         cells of the support vectors, dual coefficients and intercepts; a linear one as linear
    network                 weights and biases
    naive Bayes             its parameters per class
    constant guess          1; for more than two classes one each
    calibrated              the model and the numbers of its calibration
    pipeline, vote, stack   the sum over what is inside
    anything else           numbers in its fitted attributes, and the parts of models found there; where there are
                            none, the bytes of its pickle divided by 8
    ======================  ===========================================================================================

    The preparation of the table, the scale of a regression's target and CatBoost's tables of category statistics do
    not count.

    Parameters
    ----------
    model
        A fitted model, as `Learner.fit` returns it.

    Examples
    --------
    >>> from sklearn.linear_model import LinearRegression
    >>> parts_of(LinearRegression().fit([[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]))
    2
    """
    found = _known(model)
    if found is None:
        found = _numbers_in(model)
    return max(1, found if found else math.ceil(_weight(model) / 8))


def _known(model: Any) -> int | None:
    """Return the parts of a model whose make is known."""
    for count in (_of_trees, _of_family, _of_members, _of_weights, _of_rows, _of_shares):
        found = count(model)
        if found is not None:
            return found
    return None


def _of_family(model: Any) -> int | None:
    """Ask the family that recognizes the model."""
    from hitl_widget.learners.registry import learner_of

    learner = learner_of(model)
    return None if learner is None else learner.complexity(model)


def _of_trees(model: Any) -> int | None:
    if _fitted(model, "tree_") is not None and hasattr(model.tree_, "node_count"):
        return int(model.tree_.node_count)
    predictors = _fitted(model, "_predictors")
    if predictors is not None:  # scikit-learn's boosting on histograms
        base = np.size(getattr(model, "_baseline_prediction", ()))
        return sum(len(tree.nodes) for trees in predictors for tree in trees) + int(base)
    return None


def _of_members(model: Any) -> int | None:
    """Count a model that consists of others."""
    steps = _fitted(model, "steps")
    if steps is not None:
        return parts_of(steps[-1][1]) + sum(_numbers_in(step) for _, step in steps[:-1] if not isinstance(step, str))
    calibrated = _fitted(model, "calibrated_classifiers_")
    if calibrated is not None:
        return sum(parts_of(one.estimator) + sum(map(_numbers_in, one.calibrators)) for one in calibrated)
    members = _fitted(model, "estimators_")
    if members is not None:
        models = _models(members)
        weights = 0 if _fitted(model, "estimator_weights_") is None else len(models)
        ends = [_fitted(model, "init_"), _fitted(model, "final_estimator_")]
        return sum(map(parts_of, models)) + sum(map(parts_of, _models(ends))) + weights
    inside = _inner(model)
    return None if inside is None else parts_of(inside)


def _of_weights(model: Any) -> int | None:
    """Count linear models and networks."""
    layers = _fitted(model, "coefs_")
    if layers is not None:
        return sum(int(np.size(part)) for part in (*layers, *model.intercepts_))
    weights = _weights(model)
    if weights is not None:
        return int(np.count_nonzero(weights)) + int(np.count_nonzero(np.asarray(getattr(model, "intercept_", 0.0))))
    if _fitted(model, "support_vectors_") is not None and _fitted(model, "dual_coef_") is not None:
        held = (model.support_vectors_, model.dual_coef_, getattr(model, "intercept_", ()))
        return sum(_size(part) for part in held)
    return None


def _of_rows(model: Any) -> int | None:
    rows = _fitted(model, "_fit_X")
    return None if rows is None else _size(rows) + _size(getattr(model, "_y", ()))


def _of_shares(model: Any) -> int | None:
    """Count naive Bayes and constant guesses."""
    if _fitted(model, "theta_") is not None and _fitted(model, "var_") is not None:
        return int(np.size(model.theta_) + np.size(model.var_) + np.size(getattr(model, "class_prior_", ())))
    shares = _fitted(model, "feature_log_prob_")
    if shares is not None:
        return sum(int(np.size(part)) for part in shares) + int(np.size(getattr(model, "class_log_prior_", ())))
    if type(model).__name__ in ("DummyClassifier", "DummyRegressor"):
        shares = getattr(model, "class_prior_", None)
        classes = 1 if shares is None else int(np.size(shares))
        return classes if classes > 2 else 1
    return None


def _numbers_in(thing: Any) -> int:
    """Count numbers in fitted attributes, to any depth; 0 where there are none, or too much to look at."""
    seen: set[int] = set()
    waiting, total = [*_attributes(thing)], 0
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        if len(seen) > _MOST_STEPS:
            return 0
        seen.add(id(value))
        if isinstance(value, float | np.floating):
            seen.discard(id(value))
            total += 1
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple | set | frozenset):
            waiting += value
        elif (size := _number_size(value)) is not None:
            total += size
        elif hasattr(value, "__dict__") and not isinstance(value, type) and not callable(value):
            known = _known(value)
            total += known or 0
            waiting += [] if known is not None else _attributes(value)
    return total


def _number_size(value: Any) -> int | None:
    """Return the numbers in an array, a table, a sparse matrix or a tensor; None for anything else."""
    if isinstance(value, np.ndarray):
        return _array_size(value)
    if hasattr(value, "to_numpy"):
        return _array_size(np.asarray(value.to_numpy()))
    if callable(getattr(value, "numel", None)):  # a tensor
        return int(value.numel())
    if hasattr(value, "nnz") and hasattr(value, "shape"):
        return int(value.nnz)
    return None


def _array_size(array: np.ndarray) -> int | None:
    if array.dtype.kind == "O":
        return sum(_number_size(one) or 0 for one in array.ravel()[:_MOST_STEPS])
    return int(array.size) if array.dtype.kind in "fciub" else 0


def _attributes(thing: Any) -> Iterable[Any]:
    """Return the fitted attributes: for scikit-learn's estimators attributes that end in ``_``, for others all."""
    held = dict(getattr(thing, "__dict__", {}))
    given = thing.get_params(deep=False) if hasattr(thing, "get_params") and not isinstance(thing, type) else {}
    fitted = {name: value for name, value in held.items() if name not in given and name not in _FACTS}
    if "scale_" in fitted:
        fitted.pop("var_", None)  # its square, in a scaler
    if given and any(name.endswith("_") for name in fitted):
        fitted = {name: value for name, value in fitted.items() if name.endswith("_")}
    return fitted.values()


def _weight(model: Any) -> int:
    import cloudpickle

    return len(cloudpickle.dumps(model, protocol=5))


def columns_used(model: Any, prepare: Any) -> frozenset[str]:
    """Return the columns of the table on which predictions depend.

    Coefficients that are not 0 and questions of trees tell; a model that does not tell (nearest neighbors, kernel
    machines, networks) is taken to use all columns that it was given.

    Parameters
    ----------
    model
        A fitted model.
    prepare
        The fitted step that made its matrix, with ``sources()`` (see `hitl_widget.learners.recipes`).
    """
    sources = prepare.sources()
    mask = _looked_at(model)
    if mask is None or len(mask) != len(sources):
        mask = np.ones(len(sources), bool)
    return frozenset(name for name, used in zip(sources, mask, strict=True) if used and name is not None)


def _looked_at(model: Any) -> np.ndarray | None:
    """Return which columns of its matrix a model looks at, shape (d,), or None when it does not tell."""
    for look in (_of_tree_columns, _of_family_columns, _of_member_columns):
        told, mask = look(model)
        if told:
            return mask
    weights = _weights(model)
    if weights is not None:
        return np.asarray((weights != 0).any(axis=0))
    if type(model).__name__ in ("DummyClassifier", "DummyRegressor"):
        return np.zeros(int(getattr(model, "n_features_in_", 1)), bool)
    importances = _fitted(model, "feature_importances_")
    return None if importances is None or np.ndim(importances) != 1 else np.asarray(importances) != 0


_Told = tuple[bool, np.ndarray | None]
"""True where the kind of model is known, and the columns that it uses."""


def _of_family_columns(model: Any) -> _Told:
    from hitl_widget.learners.registry import learner_of

    learner = learner_of(model)
    mask = None if learner is None else learner.used_columns(model)
    return mask is not None, mask


def _of_tree_columns(model: Any) -> _Told:
    if _fitted(model, "tree_") is not None and hasattr(model.tree_, "node_count"):
        asked = model.tree_.feature
        return True, _mask(asked[asked >= 0], model.n_features_in_)
    predictors = _fitted(model, "_predictors")
    if predictors is None:
        return False, None
    if getattr(model, "_preprocessor", None) is not None:  # it changes the order of the columns
        return True, None
    nodes = [tree.nodes for trees in predictors for tree in trees]
    asked = [part["feature_idx"][part["is_leaf"] == 0] for part in nodes]
    return True, _mask(np.concatenate(asked) if asked else np.empty(0, np.int64), model.n_features_in_)


def _of_member_columns(model: Any) -> _Told:
    steps = _fitted(model, "steps")
    if steps is not None:
        return True, _before([step for _, step in steps[:-1]], _looked_at(steps[-1][1]))
    calibrated = _fitted(model, "calibrated_classifiers_")
    if calibrated is not None:
        return True, _any([_looked_at(one.estimator) for one in calibrated])
    members = _fitted(model, "estimators_")
    if members is not None:
        masks = [_looked_at(one) for one in _models(members)]
        if getattr(model, "passthrough", False):
            return True, None
        return True, _any(_placed(masks, _fitted(model, "estimators_features_"), getattr(model, "n_features_in_", 0)))
    inside = _inner(model)
    return (False, None) if inside is None else (True, _looked_at(inside))


def _before(steps: list[Any], mask: np.ndarray | None) -> np.ndarray | None:
    """Follow columns back through the steps of a pipeline; None where a step mixes them."""
    from sklearn.base import OneToOneFeatureMixin

    for step in reversed(steps):
        if step is None or step == "passthrough" or isinstance(step, OneToOneFeatureMixin):
            continue
        if not hasattr(step, "get_support"):
            return None
        kept = np.asarray(step.get_support())
        whole = np.zeros(len(kept), bool)
        whole[kept] = True if mask is None else mask
        mask = whole
    return mask


def _placed(masks: list[np.ndarray | None], places: Any, columns: int) -> list[np.ndarray | None]:
    """Put the columns of members that saw some columns only back in their places."""
    if places is None:
        return masks
    found: list[np.ndarray | None] = []
    for mask, place in zip(masks, places, strict=True):
        whole = np.zeros(columns, bool)
        whole[np.asarray(place)] |= True if mask is None else mask
        found.append(whole)
    return found


def _any(masks: list[np.ndarray | None]) -> np.ndarray | None:
    told = [mask for mask in masks if mask is not None]
    if not told or len(told) < len(masks) or len({len(mask) for mask in told}) > 1:
        return None
    return np.asarray(np.logical_or.reduce(told))


def _mask(places: np.ndarray, columns: int) -> np.ndarray:
    mask = np.zeros(columns, bool)
    mask[np.unique(places)] = True
    return mask


def _models(members: Any) -> list[Any]:
    """Return the members of an ensemble, in a list, an array or pairs; what was dropped is left out."""
    flat = list(np.asarray(members, dtype=object).ravel()) if isinstance(members, np.ndarray) else list(members)
    return [one for one in flat if one is not None and not isinstance(one, str)]


def _inner(model: Any) -> Any | None:
    """Return the fitted model inside a wrapper."""
    for name in _INSIDE:
        found = _fitted(model, name)
        if found is not None and hasattr(found, "predict"):
            return found
    return None


def _weights(model: Any) -> np.ndarray | None:
    """Return linear weights, shape (outputs, d)."""
    weights = _fitted(model, "coef_")
    if weights is None:
        return None
    dense = weights.toarray() if hasattr(weights, "toarray") else np.asarray(weights)
    return np.atleast_2d(dense) if dense.dtype.kind in "fciub" else None


def _size(held: Any) -> int:
    return int(held.nnz) if hasattr(held, "nnz") else int(np.size(held))


def _fitted(model: Any, name: str) -> Any | None:
    """Return an attribute, or None when it is not there or raises."""
    try:
        return getattr(model, name, None)
    except Exception:  # noqa: BLE001 - a property of someone else's class, asked before it has a value
        return None
