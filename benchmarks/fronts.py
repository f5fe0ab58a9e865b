"""Candidates to choose among: synthetic Pareto fronts, and models measured on tables of ../shared/data.

A measured table gives 60 models: nine learners in several sizes, on all columns, the better half or the best quarter
of them (by univariate F), fitted on at most 2,000 rows and measured on at most 1,000 others. Five objectives: score
(ROC AUC, accuracy of several classes, R²), seconds to fit, milliseconds to predict 1,000 rows (median of five), pickled
size and columns. Measured once, then read from a file in the temporary folder.
"""

from __future__ import annotations

import json
import pickle
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from hitl_widget.domain.preference import Axis

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CACHE = Path(tempfile.gettempdir()) / "hitl_widget_fronts"
TABLES = {
    "telco_churn": ("Churn", "binary"),
    "credit_g": ("class", "binary"),
    "phoneme": ("Class", "binary"),
    "spambase": ("class", "binary"),
    "kc1": ("defects", "binary"),
    "car": ("class", "multiclass"),
    "vehicle": ("Class", "multiclass"),
    "concrete_strength": ("strength", "regression"),
    "abalone": ("Class_number_of_rings", "regression"),
    "insurance_charges": ("charges", "regression"),
}
SHAPES = ("concave", "flat", "convex")
FRONT = 100
LABELS = {"binary": "ROC AUC", "multiclass": "accuracy", "regression": "R²"}


class Candidates(NamedTuple):
    """Objective values of candidates, in units, and what they are."""

    name: str
    axes: list[Axis]
    values: np.ndarray


def synthetic(size: int, seed: int, count: int = FRONT) -> Candidates:
    """A front in `size` objectives: a part of a sphere, a plane or a bowl, up to a tenth off it; each with a scale.

    Half of the objectives are to be minimised and a third of them live on a logarithmic scale, so that what the model
    sees is not what was drawn.
    """
    rng = np.random.default_rng([77, size, seed])
    shape = SHAPES[(seed // 5) % 3]
    x = np.abs(rng.standard_normal((count, size)))
    sphere = x / np.linalg.norm(x, axis=1, keepdims=True)
    points = {"concave": sphere, "flat": x / x.sum(axis=1, keepdims=True), "convex": 1 - sphere}[shape]
    points = points * (1 - 0.1 * rng.random((count, 1)))
    axes, columns = [], []
    for j, column in enumerate(points.T):
        direction, log = ("lower" if j % 2 else "higher"), j % 3 == 1
        unit = 10.0 ** rng.uniform(-3, 3)
        plain = column if direction == "higher" else -column
        columns.append(unit * (np.exp(5 * plain) if log else plain))
        axes.append(Axis(f"o{j}", direction, log=log))
    return Candidates(f"{shape} front, {size} objectives", axes, np.stack(columns, axis=1))


def measured() -> list[Candidates]:
    """The measured tables, or none where the tables are not at hand."""
    return [_table(name) for name in TABLES] if DATA.exists() else []


def _table(name: str) -> Candidates:
    kind = TABLES[name][1]
    file = CACHE / f"{name}.json"
    if not file.exists():
        CACHE.mkdir(exist_ok=True)
        file.write_text(json.dumps(_measure(name)))
    found = json.loads(file.read_text())
    axes = [
        Axis("score", "higher", False, found["error"], LABELS[kind]),
        Axis("fit_s", "lower", True, 0.2, "training time", "s"),
        Axis("predict_ms", "lower", True, 0.2, "prediction time", "ms"),
        Axis("size_kb", "lower", True, 0.05, "size", "kB"),
        Axis("columns", "lower", False, 0.5, "columns"),
    ]
    return Candidates(name, axes, np.array(found["values"]))


def _measure(name: str) -> dict[str, Any]:
    X, y, kind = _rows(name)
    cut = len(y) * 2 // 3
    values = []
    for columns, model in _models(kind, X.shape[1]):
        values.append(_one(X, y, cut, columns, model, kind))
    top = max(value[0] for value in values)
    held = len(y) - cut
    error = np.sqrt(top * (1 - top) / held) / 2 if kind != "regression" else (1 - top) * np.sqrt(2 / held)
    return {"values": values, "error": float(error)}


def _rows(name: str) -> tuple[np.ndarray, np.ndarray, str]:
    target, kind = TABLES[name]
    table = pd.read_csv(DATA / f"{name}.csv").sample(frac=1, random_state=0).head(3000)
    table = table.dropna(subset=[target])
    y = table.pop(target)
    y = y.to_numpy(float) if kind == "regression" else pd.factorize(y, sort=True)[0]
    coded = {
        key: column if pd.api.types.is_numeric_dtype(column) else pd.Series(pd.factorize(column)[0], column.index)
        for key, column in table.items()
        if column.nunique() > 1 and not (column.nunique() == len(table) and not pd.api.types.is_float_dtype(column))
    }
    X = pd.DataFrame(coded).astype(float)
    return X.fillna(X.median()).to_numpy(), y, kind


def _models(kind: str, width: int) -> list[tuple[int, Any]]:
    from lightgbm import LGBMClassifier, LGBMRegressor
    from sklearn import ensemble, linear_model, naive_bayes, neighbors, neural_network, svm, tree

    plain = kind == "regression"
    boost, forest, extra, one = (
        (LGBMRegressor, ensemble.RandomForestRegressor, ensemble.ExtraTreesRegressor, tree.DecisionTreeRegressor)
        if plain
        else (
            LGBMClassifier,
            ensemble.RandomForestClassifier,
            ensemble.ExtraTreesClassifier,
            tree.DecisionTreeClassifier,
        )
    )
    models: list[Any] = [
        *(
            boost(n_estimators=n, num_leaves=k, n_jobs=1, verbose=-1)
            for n, k in ((20, 8), (60, 15), (150, 31), (400, 31))
        ),
        *(forest(n_estimators=n, random_state=0) for n in (10, 40, 150)),
        *(extra(n_estimators=n, random_state=0) for n in (20, 100)),
        *(one(max_depth=depth, random_state=0) for depth in (3, 6, 10)),
        *(
            (linear_model.Ridge(a) if plain else linear_model.LogisticRegression(C=1 / a, max_iter=300))
            for a in (1, 100)
        ),
        *((neighbors.KNeighborsRegressor(k) if plain else neighbors.KNeighborsClassifier(k)) for k in (5, 25)),
        *(
            (neural_network.MLPRegressor if plain else neural_network.MLPClassifier)(
                hidden_layer_sizes=h, max_iter=150, random_state=0
            )
            for h in ((16,), (64, 64))
        ),
        svm.SVR(C=10) if plain else svm.SVC(C=3, probability=False),
        linear_model.BayesianRidge() if plain else naive_bayes.GaussianNB(),
    ]
    return [(max(1, round(width * share)), model) for share in (1.0, 0.5, 0.25) for model in models]


def _one(X: np.ndarray, y: np.ndarray, cut: int, columns: int, model: Any, kind: str) -> list[float]:
    from sklearn.base import clone
    from sklearn.feature_selection import SelectKBest, f_classif, f_regression
    from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pick = SelectKBest(f_regression if kind == "regression" else f_classif, k=columns)
    whole = make_pipeline(pick, StandardScaler(), clone(model))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        begun = time.perf_counter()
        whole.fit(X[:cut], y[:cut])
        fit = time.perf_counter() - begun
        rows = X[cut:][np.arange(1000) % (len(y) - cut)]
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            whole.predict(rows)
            times.append(time.perf_counter() - begun)
        if kind == "binary":
            better = (
                whole.predict_proba(X[cut:])[:, 1]
                if hasattr(whole, "predict_proba")
                else whole.decision_function(X[cut:])
            )
            score = roc_auc_score(y[cut:], better)
        else:
            score = (r2_score if kind == "regression" else accuracy_score)(y[cut:], whole.predict(X[cut:]))
    return [float(score), fit, 1000 * float(np.median(times)), len(pickle.dumps(whole)) / 1000, float(columns)]
