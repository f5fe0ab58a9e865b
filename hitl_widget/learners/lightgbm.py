"""LightGBM: boosted trees, each fitted to the errors of those before."""

from __future__ import annotations

from typing import Any

import numpy as np

from hitl_widget.domain.space import Categorical, Config, Float, Int, Parameter, Value
from hitl_widget.domain.task import Role, Task
from hitl_widget.learners.base import Job, Learner, Recipe, own, start, without_base

__all__ = ["LightGBM"]

MOST_ROUNDS = 2000
PATIENCE = 40


class LightGBM(Learner):
    """Boosted trees on binned columns."""

    name: str = "lightgbm"
    label: str = "LightGBM"
    story: str = (
        "It grows many small decision trees one after another, each correcting the errors of the trees before. "
        "Usually the best model on tables: it handles missing values, needs little preparation and gains from tuning."
    )
    colour: str = "lgbm"
    recipe: Recipe = "native"
    cost: int = 1
    start_ranks: tuple[int, ...] = (10, 50, 80, 90)
    preload: tuple[str, ...] = ("lightgbm",)
    rounds_matter: bool = True
    package: str | None = "lightgbm"
    model_classes: tuple[str, ...] = ("LGBMModel",)

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return the space of TabArena, less what a table without categories does not need."""
        n = self.name
        leaves = int(min(200, max(16, task.train_rows // 5)))
        found: tuple[Parameter, ...] = (
            Float(f"{n}.learning_rate", 5e-3, 0.3, 0.1, True, 1e-5, 1.0, "learning rate"),
            Int(f"{n}.num_leaves", 2, leaves, min(31, leaves), True, 2, 131072, "leaves per tree"),
            Int(f"{n}.min_data_in_leaf", 1, 64, 20, True, 0, 100_000, "minimum rows per leaf"),
            Float(f"{n}.feature_fraction", 0.4, 1.0, 1.0, False, 1e-3, 1.0, "share of columns per tree"),
            Float(f"{n}.bagging_fraction", 0.7, 1.0, 1.0, False, 1e-2, 1.0, "share of rows per tree"),
            Float(f"{n}.lambda_l1", 1e-4, 1.0, 1e-4, True, 0.0, 1e4, "L1 penalty"),
            Float(f"{n}.lambda_l2", 1e-4, 2.0, 1e-4, True, 0.0, 1e4, "L2 penalty"),
            Int(f"{n}.max_bin", 8, 2048, 255, True, 2, 65535, "bins per column"),
            Categorical(f"{n}.extra_trees", (False, True), False, "random thresholds"),
        )
        if task.columns_with(Role.CATEGORICAL):
            found += (
                Float(f"{n}.cat_smooth", 1e-3, 100.0, 10.0, True, 0.0, 1e6, "category smoothing"),
                Float(f"{n}.cat_l2", 5e-3, 2.0, 1.0, True, 0.0, 1e4, "category L2 penalty"),
            )
        return found

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return the default, random thresholds, many leaves and few leaves."""
        most = next(p for p in self.parameters(task) if p.name.endswith("num_leaves"))
        assert isinstance(most, Int)
        return (
            start(self),
            start(self, extra_trees=True, learning_rate=0.05),
            start(self, num_leaves=min(84, most.high), learning_rate=0.03, feature_fraction=0.9, bagging_fraction=0.9),
            start(self, num_leaves=8, learning_rate=0.05, feature_fraction=0.8, bagging_fraction=0.9),
        )

    def build(self, config: Config, job: Job) -> Any:
        """Return LightGBM's scikit-learn estimator."""
        from lightgbm import LGBMClassifier, LGBMRegressor

        p = own(config, self, job.task)
        more: dict[str, Any] = {}
        if job.categorical:
            more["categorical_column"] = ",".join(map(str, range(job.categorical)))
            more |= {"cat_smooth": p["cat_smooth"], "cat_l2": p["cat_l2"]} if "cat_smooth" in p else {}
        if job.regression:
            more["objective"] = "regression_l1" if job.task.metric.scorer in _ABSOLUTE else "regression"
        if job.directions:
            more["monotone_constraints"] = list(job.directions)
        return (LGBMRegressor if job.regression else LGBMClassifier)(
            n_estimators=job.rounds or 100,
            learning_rate=p["learning_rate"],
            num_leaves=p["num_leaves"],
            min_child_samples=p["min_data_in_leaf"],
            colsample_bytree=p["feature_fraction"],
            subsample=p["bagging_fraction"],
            subsample_freq=1 if p["bagging_fraction"] < 1 else 0,
            reg_alpha=p["lambda_l1"],
            reg_lambda=p["lambda_l2"],
            max_bin=p["max_bin"],
            extra_trees=p["extra_trees"],
            random_state=job.seed,
            n_jobs=1,
            num_threads=1,
            force_col_wise=True,
            deterministic=True,
            verbose=-1,
            **more,
        )

    def fit(self, model: Any, X: np.ndarray, y: np.ndarray, job: Job) -> Any:
        """Fit, and keep the rounds done when time is up."""
        return model.fit(X, y, sample_weight=job.weights, callbacks=_callbacks(job))

    def found(self, model: Any, job: Job) -> dict[str, Any]:
        """Return the rounds done."""
        return {"rounds": int(model.booster_.current_iteration())}

    def find_rounds(
        self, config: Config, job: Job, inside: tuple[np.ndarray, np.ndarray], outside: tuple[np.ndarray, np.ndarray]
    ) -> int:
        """Return the best round on rows outside the fit."""
        from lightgbm import early_stopping

        model = self.build(config, job).set_params(n_estimators=MOST_ROUNDS)
        callbacks = [early_stopping(PATIENCE, verbose=False), *_callbacks(job)]
        model.fit(
            *inside,
            sample_weight=job.weights,
            eval_X=outside[0],
            eval_y=outside[1],
            eval_sample_weight=None if job.stopping_weights is None else [job.stopping_weights],
            eval_metric=_loss(job),
            callbacks=callbacks,
        )
        return max(1, int(model.best_iteration_ or model.booster_.current_iteration()))

    def complexity(self, model: Any) -> int | None:
        """Count by questions: a tree has one leaf more than questions."""
        booster = model.booster_
        rounds = booster.best_iteration if booster.best_iteration > 0 else booster.current_iteration()
        questions = int(booster.feature_importance("split").sum())
        return 2 * questions + int(rounds * booster.num_model_per_iteration())

    def used_columns(self, model: Any) -> np.ndarray | None:
        """Return the columns that some tree splits on."""
        return np.asarray(model.booster_.feature_importance("split")) > 0

    def shap_values(self, model: Any, X: Any) -> tuple[np.ndarray, np.ndarray] | None:
        """Return LightGBM's TreeSHAP."""
        found = np.asarray(model.booster_.predict(X, pred_contrib=True, num_threads=1), np.float64)
        return without_base(found.reshape(len(X), -1, model.n_features_in_ + 1).transpose(0, 2, 1))

    def predict_staged(self, model: Any, X: np.ndarray, rounds: int, method: str = "predict") -> Any:
        """Return the answer of the first trees."""
        return getattr(model, method)(X, num_iteration=rounds)


_ABSOLUTE = ("neg_mean_absolute_error", "neg_median_absolute_error")


def _loss(job: Job) -> str | None:
    if job.regression:
        return "l1" if job.task.metric.scorer in _ABSOLUTE else "l2"
    return None


def _callbacks(job: Job) -> list[Any]:
    """Return a callback that reports each round, and ends training at the deadline."""
    if not job.watched:
        return []
    from lightgbm.callback import EarlyStopException

    def after_round(env: Any) -> None:
        if not job.goes_on(env.iteration + 1, env.end_iteration):
            raise EarlyStopException(env.iteration, env.evaluation_result_list)

    return [after_round]
