"""Test score at equal time against plain Optuna over LightGBM, both on the same rows, folds, cores and seconds.

The rival: Optuna's TPE with its defaults over the LightGBM space of the literature, five-fold cross-validation with
early stopping, as many threads of trials as cores, one thread a fit; its model is the average of the best trial's fold
models. Optuna lets running trials end after its timeout; what counts is the best trial that ended in time, as a person
would have it at that second (the first trial, where none did).
Ours: the session as a person gets it, without a holdout (the test rows are kept outside), its model the ensemble; the
search gets 95 % of the time, the last ensemble the rest.
The tables were chosen before the first run: five binary, two multiclass, three regression.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
TABLES = {
    "telco_churn": "Churn",
    "credit_g": "class",
    "phoneme": "Class",
    "spambase": "class",
    "bank_marketing": "deposit",
    "satimage": "Class",
    "vehicle": "Class",
    "ames": "price",
    "california_housing": "median_house_value",
    "diamonds": "price",
}
SECONDS = 60.0
FOR_SEARCH = 0.95
TEST_SHARE = 0.25


def compare(name: str, target: str, seconds: float, seed: int = 0) -> dict[str, Any]:
    """Run both on one table; scores are greater-is-better."""
    from sklearn.model_selection import train_test_split

    table = pd.read_csv(DATA / f"{name}.csv")
    classes = None if table[target].nunique() > 20 else table[target]
    train, test = train_test_split(table, test_size=TEST_SHARE, random_state=seed, stratify=classes)
    train, test = train.reset_index(drop=True), test.reset_index(drop=True)
    kind = "regression" if classes is None else "binary" if classes.nunique() == 2 else "multiclass"
    ours, our_seconds, trials = _ours(train, test, target, kind, seconds)
    theirs, their_seconds, their_trials = _rival(train, test, target, kind, seconds, seed)
    return {
        "table": name,
        "kind": kind,
        "ours": ours,
        "optuna": theirs,
        "trials": trials,
        "optuna_trials": their_trials,
        "seconds": our_seconds,
        "optuna_seconds": their_seconds,
    }


def _score(kind: str, truth: pd.Series, classes: Any, predicted: np.ndarray) -> float:
    from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error

    if kind == "binary":
        return float(roc_auc_score(truth == classes[1], predicted[:, 1]))
    if kind == "multiclass":
        return -float(log_loss(truth, predicted, labels=list(classes)))
    return -float(root_mean_squared_error(truth, predicted))


def _ours(train: pd.DataFrame, test: pd.DataFrame, target: str, kind: str, seconds: float) -> tuple[float, float, int]:
    from hitl_widget import AutoMLSession

    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        search = FOR_SEARCH * seconds  # the last ensemble comes after the search; the total is printed
        session = AutoMLSession(train, target, budget=search, holdout=0, journal=Path(folder) / "s.sqlite")
        session.start()
        session.wait()
        spent = time.perf_counter() - begun
        model, X = session.ensemble(), test.drop(columns=target)
        predicted = model.predict(X) if kind == "regression" else model.predict_proba(X)
        classes = None if kind == "regression" else model.classes_
        trials = session.state.ended
        session.close()
    return _score(kind, test[target], classes, predicted), spent, trials


def _rival(
    train: pd.DataFrame, test: pd.DataFrame, target: str, kind: str, seconds: float, seed: int
) -> tuple[float, float, int]:
    import optuna
    from sklearn.model_selection import KFold, StratifiedKFold
    from sklearn.preprocessing import LabelEncoder

    begun = time.perf_counter()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    X, X_test = _categories(train.drop(columns=target), test.drop(columns=target))
    encoder = LabelEncoder().fit(train[target]) if kind != "regression" else None
    y = train[target].to_numpy() if encoder is None else encoder.transform(train[target])
    splitter = KFold if encoder is None else StratifiedKFold
    folds = list(splitter(5, shuffle=True, random_state=seed).split(X, y))
    leader: dict[str, Any] = {"value": -np.inf, "models": None}
    lock = threading.Lock()

    def objective(trial: optuna.Trial) -> float:
        params = _space(trial)
        scores, fitted = [], []
        for inside, outside in folds:
            model = _fit(params, kind, X.iloc[inside], y[inside], X.iloc[outside], y[outside])
            predicted = _predict(model, kind, X.iloc[outside])
            labels = None if encoder is None else np.arange(len(encoder.classes_))
            scores.append(_score(kind, pd.Series(y[outside]), labels, predicted))
            fitted.append(model)
        value = float(np.mean(scores))
        in_time = time.perf_counter() - begun <= seconds
        with lock:
            if leader["models"] is None or (in_time and value > leader["value"]):
                leader.update(value=value, models=fitted)
        return value

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(objective, timeout=seconds, n_jobs=os.cpu_count() or 1)
    spent = time.perf_counter() - begun
    predicted = np.mean([_predict(model, kind, X_test) for model in leader["models"]], axis=0)
    classes = None if encoder is None else encoder.classes_
    return _score(kind, test[target], classes, predicted), spent, len(study.trials)


def _categories(train: pd.DataFrame, test: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    train, test = train.copy(), test.copy()
    for name in train:
        if not pd.api.types.is_numeric_dtype(train[name]):
            levels = pd.Categorical(train[name]).categories
            train[name] = pd.Categorical(train[name], levels)
            test[name] = pd.Categorical(test[name], levels)
    names = [f"c{index}" for index in range(train.shape[1])]
    return train.set_axis(names, axis=1), test.set_axis(names, axis=1)


def _space(trial: Any) -> dict[str, Any]:
    return {
        "learning_rate": trial.suggest_float("learning_rate", 5e-3, 0.3, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 2, 200, log=True),
        "min_child_samples": trial.suggest_int("min_child_samples", 1, 64, log=True),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.4, 1.0),
        "subsample": trial.suggest_float("subsample", 0.7, 1.0),
        "subsample_freq": 1,
        "reg_alpha": trial.suggest_float("reg_alpha", 1e-4, 1.0, log=True),
        "reg_lambda": trial.suggest_float("reg_lambda", 1e-4, 2.0, log=True),
    }


def _fit(params: dict[str, Any], kind: str, X: Any, y: Any, X_valid: Any, y_valid: Any) -> Any:
    import lightgbm

    estimator = lightgbm.LGBMRegressor if kind == "regression" else lightgbm.LGBMClassifier
    model = estimator(n_estimators=2000, n_jobs=1, verbosity=-1, random_state=0, **params)
    metric = {"binary": "auc", "multiclass": "multi_logloss", "regression": "rmse"}[kind]
    stop = lightgbm.early_stopping(50, verbose=False)
    return model.fit(X, y, eval_set=[(X_valid, y_valid)], eval_metric=metric, callbacks=[stop])


def _predict(model: Any, kind: str, X: Any) -> np.ndarray:
    return np.asarray(model.predict(X) if kind == "regression" else model.predict_proba(X))


def main(seconds: float = SECONDS, only: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Compare on every table; print as it goes."""
    warnings.filterwarnings("ignore")
    found = []
    for name, target in TABLES.items():
        if not only or name in only:
            found.append(compare(name, target, seconds))
            print(found[-1], flush=True)
    return found


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS, tuple(sys.argv[2:]))
