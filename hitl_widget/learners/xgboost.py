"""XGBoost: boosted trees with second-order steps."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from hitl_widget.domain.space import Categorical, Config, Float, Int, Parameter, Value
from hitl_widget.domain.task import Task
from hitl_widget.learners.base import Job, Learner, Recipe, own, start, without_base

__all__ = ["XGBoost"]

MOST_ROUNDS, PATIENCE = 2000, 40


class XGBoost(Learner):
    """Boosted trees on histograms."""

    name: str = "xgboost"
    label: str = "XGBoost"
    story: str = (
        "It boosts trees as LightGBM does, but grows them level by level with other penalties. "
        "About as strong as LightGBM, and different enough to improve an ensemble."
    )
    colour: str = "xgb"
    recipe: Recipe = "native"
    cost: int = 4
    start_ranks: tuple[int, ...] = (110,)
    rounds_matter: bool = True
    package: str | None = "xgboost"
    install: str | None = "hitl_widget[xgboost]"
    model_classes: tuple[str, ...] = ("XGBModel",)

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return TabArena's space."""
        n = self.name
        return (
            Float(f"{n}.learning_rate", 5e-3, 0.3, 0.08, True, 1e-5, 1.0, "learning rate"),
            Int(f"{n}.max_depth", 2, 10, 6, True, 1, 30, "tree depth"),
            Float(f"{n}.min_child_weight", 1e-3, 5.0, 1.0, True, 0.0, 1e6, "minimum weight per leaf"),
            Float(f"{n}.subsample", 0.6, 1.0, 0.9, False, 1e-2, 1.0, "share of rows per tree"),
            Float(f"{n}.colsample_bytree", 0.4, 1.0, 0.8, False, 1e-2, 1.0, "share of columns per tree"),
            Float(f"{n}.reg_alpha", 1e-4, 5.0, 1e-3, True, 0.0, 1e6, "L1 penalty"),
            Float(f"{n}.reg_lambda", 1e-4, 5.0, 1.0, True, 0.0, 1e6, "L2 penalty"),
            Categorical(f"{n}.grow_policy", ("depthwise", "lossguide"), "depthwise", "growth order"),
        )

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return the default."""
        return (start(self),)

    def build(self, config: Config, job: Job) -> Any:
        """Return XGBoost's scikit-learn estimator."""
        from xgboost import XGBClassifier, XGBRegressor

        p = own(config, self, job.task)
        kinds = ["c"] * job.categorical + ["q"] * (job.columns - job.categorical)
        return (XGBRegressor if job.regression else XGBClassifier)(
            n_estimators=job.rounds or 200,
            tree_method="hist",
            enable_categorical=True,
            feature_types=kinds,
            random_state=job.seed,
            n_jobs=1,
            verbosity=0,
            monotone_constraints=job.directions or None,
            **p,
        )

    def fit(self, model: Any, X: np.ndarray, y: np.ndarray, job: Job) -> Any:
        """Fit, and keep the rounds done when time is up."""
        if not job.regression and len(np.unique(y)) < len(job.task.classes):
            raise ValueError("XGBoost needs rows of every class to learn from, and this fold lacks one.")
        return self._timed(model, X, y, job)

    def find_rounds(
        self, config: Config, job: Job, inside: tuple[np.ndarray, np.ndarray], outside: tuple[np.ndarray, np.ndarray]
    ) -> int:
        """Return the best round on rows outside the fit."""
        if not job.regression and len(np.unique(inside[1])) < len(job.task.classes):
            raise ValueError("XGBoost needs rows of every class to learn from, and this fold has too few of one.")
        model = self.build(config, job).set_params(n_estimators=MOST_ROUNDS, early_stopping_rounds=PATIENCE)
        weights = None if job.stopping_weights is None else [job.stopping_weights]
        more: dict[str, Any] = {"eval_set": [outside], "sample_weight_eval_set": weights, "verbose": False}
        model = self._timed(model, *inside, job, **more)
        best = model.get_booster().attr("best_iteration")
        return max(1, model.get_booster().num_boosted_rounds() if best is None else int(best) + 1)

    def found(self, model: Any, job: Job) -> dict[str, Any]:
        """Return the rounds done."""
        return {"rounds": int(model.get_booster().num_boosted_rounds())}

    def complexity(self, model: Any) -> int | None:
        """Count by questions: a tree has one leaf more than questions. None for a booster of linear models."""
        booster = _deciding(model)
        inner = json.loads(booster.save_config())["learner"]["gradient_booster"]
        while "gbtree" in inner:
            inner = inner["gbtree"]
        if "gbtree_model_param" not in inner:
            return None
        questions = int(sum(booster.get_score(importance_type="weight").values()))
        return 2 * questions + int(inner["gbtree_model_param"]["num_trees"])

    def used_columns(self, model: Any) -> np.ndarray | None:
        """Return the columns that some tree splits on."""
        booster = _deciding(model)
        names = booster.feature_names or [f"f{i}" for i in range(booster.num_features())]
        splits = booster.get_score(importance_type="weight")
        return np.array([bool(splits.get(name, 0.0)) for name in names], bool)

    def shap_values(self, model: Any, X: Any) -> tuple[np.ndarray, np.ndarray] | None:
        """Return XGBoost's TreeSHAP."""
        from xgboost import DMatrix

        kinds = None if hasattr(X, "dtypes") else model.feature_types
        matrix = DMatrix(X, feature_types=kinds, enable_categorical=True, nthread=1)
        found = np.asarray(model.get_booster().predict(matrix, pred_contribs=True), np.float64)
        return without_base(found[:, :, None] if found.ndim == 2 else found.transpose(0, 2, 1))

    def predict_staged(self, model: Any, X: np.ndarray, rounds: int, method: str = "predict") -> Any:
        """Return the answer of the first trees."""
        return getattr(model, method)(X, iteration_range=(0, rounds))

    def _timed(self, model: Any, X: np.ndarray, y: np.ndarray, job: Job, **more: Any) -> Any:
        if not job.watched:
            return model.fit(X, y, sample_weight=job.weights, **more)
        from xgboost.callback import TrainingCallback

        most = int(model.n_estimators)

        class AfterRound(TrainingCallback):
            def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
                return not job.goes_on(epoch + 1, most)

        model.set_params(callbacks=[AfterRound()]).fit(X, y, sample_weight=job.weights, **more)
        return model.set_params(callbacks=None)


def _deciding(model: Any) -> Any:
    """Return XGBoost's booster, cut to the rounds that predict."""
    booster = model.get_booster()
    best = booster.attr("best_iteration")
    return booster if best is None else booster[: int(best) + 1]
