"""CatBoost: boosted symmetric trees with ordered statistics of categories."""

from __future__ import annotations

from typing import Any

import numpy as np

from hitl_widget.domain.space import Config, Float, Int, Parameter, Value
from hitl_widget.domain.task import Role, Task
from hitl_widget.learners.base import Job, Learner, Recipe, own, start, without_base

__all__ = ["CatBoost"]

MOST_ROUNDS, PATIENCE = 1500, 40


class CatBoost(Learner):
    """Boosted trees that are strong untuned."""

    name: str = "catboost"
    label: str = "CatBoost"
    story: str = (
        "It boosts symmetric trees and encodes categories by target statistics, computed without the row that is "
        "encoded. Often the best model without tuning, especially with many categories; slower than LightGBM."
    )
    colour: str = "cat"
    recipe: Recipe = "native"
    cost: int = 3
    start_ranks: tuple[int, ...] = (40,)
    rounds_matter: bool = True
    package: str | None = "catboost"
    install: str | None = "hitl_widget[catboost]"
    model_classes: tuple[str, ...] = ("CatBoost",)

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return TabArena's space."""
        n = self.name
        found: tuple[Parameter, ...] = (
            Float(f"{n}.learning_rate", 5e-3, 0.3, 0.08, True, 1e-5, 1.0, "learning rate"),
            Int(f"{n}.depth", 4, 8, 6, False, 1, 16, "tree depth"),
            Float(f"{n}.l2_leaf_reg", 1e-4, 5.0, 3.0, True, 0.0, 1e6, "L2 penalty"),
            Float(f"{n}.subsample", 0.7, 1.0, 0.9, False, 1e-2, 1.0, "share of rows per tree"),
            Float(f"{n}.rsm", 0.5, 1.0, 1.0, False, 1e-2, 1.0, "share of columns per tree depth"),
        )
        if task.columns_with(Role.CATEGORICAL):
            found += (Int(f"{n}.one_hot_max_size", 2, 100, 10, True, 2, 255, "maximum categories for one-hot"),)
        return found

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return the default."""
        return (start(self),)

    def build(self, config: Config, job: Job) -> Any:
        """Return a pipeline: codes as whole numbers, then CatBoost's scikit-learn estimator."""
        from catboost import CatBoostClassifier, CatBoostRegressor
        from sklearn.pipeline import Pipeline

        p = own(config, self, job.task)
        if not job.categorical:
            p.pop("one_hot_max_size", None)
        booster = (CatBoostRegressor if job.regression else CatBoostClassifier)(
            iterations=job.rounds or 200,
            cat_features=tuple(range(job.categorical)) or None,  # clone() compares by identity: no list
            boosting_type="Plain",
            bootstrap_type="Bernoulli",
            max_ctr_complexity=2,
            border_count=254 if job.rows < 20_000 else 128,
            random_seed=job.seed,
            thread_count=1,
            logging_level="Silent",
            allow_writing_files=False,
            **({"monotone_constraints": f"({','.join(map(str, job.directions))})"} if job.directions else {}),
            **p,
        )
        return Pipeline([("codes", _codes()(job.categorical)), ("booster", booster)])

    def fit(self, model: Any, X: np.ndarray, y: np.ndarray, job: Job) -> Any:
        """Fit, and keep the rounds done when time is up."""
        return model.fit(X, y, booster__sample_weight=job.weights, booster__callbacks=_callbacks(job, model[-1]))

    def find_rounds(
        self, config: Config, job: Job, inside: tuple[np.ndarray, np.ndarray], outside: tuple[np.ndarray, np.ndarray]
    ) -> int:
        """Return the best round on rows outside the fit."""
        from catboost import Pool

        pipeline = self.build(config, job)
        codes, booster = pipeline[0], pipeline[-1]
        booster.set_params(iterations=MOST_ROUNDS)
        booster.fit(
            codes.fit_transform(inside[0]),
            inside[1],
            sample_weight=job.weights,
            eval_set=Pool(
                codes.transform(outside[0]),
                outside[1],
                cat_features=tuple(range(job.categorical)) or None,
                weight=job.stopping_weights,
            ),
            early_stopping_rounds=PATIENCE,
            callbacks=_callbacks(job, booster),
        )
        return int(booster.get_best_iteration() or 0) + 1

    def found(self, model: Any, job: Job) -> dict[str, Any]:
        """Return the rounds done."""
        return {"rounds": int(model[-1].tree_count_)}

    def recognizes(self, model: Any) -> bool:
        """Return True for CatBoost's estimators and for the pipeline that `build` makes."""
        return super().recognizes(_booster(model))

    def complexity(self, model: Any) -> int | None:
        """Count one question per level of a symmetric tree, and the leaves."""
        booster = _booster(model)
        leaves = np.asarray(booster.get_tree_leaf_counts(), np.int64)
        symmetric = booster.get_param("grow_policy") in (None, "SymmetricTree")
        asked = np.log2(np.maximum(leaves, 1)).round() if symmetric else leaves - 1
        return int(leaves.sum() + asked.sum())

    def used_columns(self, model: Any) -> np.ndarray | None:
        """Return the columns of some importance."""
        return np.asarray(np.asarray(_booster(model).feature_importances_) != 0)

    def shap_values(self, model: Any, X: Any) -> tuple[np.ndarray, np.ndarray] | None:
        """Return CatBoost's TreeSHAP."""
        from catboost import Pool

        booster = _booster(model)
        table = X if booster is model else model[:-1].transform(X)
        pool = Pool(table, cat_features=booster.get_cat_feature_indices())
        found = np.asarray(booster.get_feature_importance(pool, type="ShapValues", thread_count=1), np.float64)
        return without_base(found[:, :, None] if found.ndim == 2 else found.transpose(0, 2, 1))

    def predict_staged(self, model: Any, X: np.ndarray, rounds: int, method: str = "predict") -> Any:
        """Return the answer of the first trees."""
        return getattr(model[-1], method)(model[:-1].transform(X), ntree_end=rounds)


def _booster(model: Any) -> Any:
    """Return the booster behind the step of codes, or the model itself."""
    steps = getattr(model, "steps", None)
    return model[-1] if steps and type(steps[0][1]).__name__ == "WholeCodes" else model


class _AfterRound:
    """Reports each round, and ends training at the deadline."""

    def __init__(self, job: Job, most: int) -> None:
        self.job = job
        self.most = most

    def after_iteration(self, info: Any) -> bool:
        """Return True until the time is up."""
        return self.job.goes_on(int(info.iteration), self.most)


def _callbacks(job: Job, booster: Any) -> list[Any] | None:
    return [_AfterRound(job, int(booster.get_param("iterations")))] if job.watched else None


def _codes() -> Any:
    from hitl_widget.learners.catboost_codes import WholeCodes

    return WholeCodes
