"""Tables and contexts of the tests in this package."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from hitl_widget.data.task import understand
from hitl_widget.evaluation.context import Context, open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel

TARGETS = {"binary": "good", "multiclass": "kind", "regression": "amount"}


def drifting(n: int = 300) -> pd.DataFrame:
    """Rows in time whose target rises steadily: whoever knows early rows only predicts too little."""
    rng = np.random.default_rng(0)
    day = np.arange(n)
    x = rng.normal(size=n)
    return pd.DataFrame({"day": pd.date_range("2024-01-01", periods=n), "x": x, "amount": day / 10 + x})


def labelled(n: int = 300) -> pd.DataFrame:
    """Rows with a target of each kind, numbers stored as text, missing cells, and groups."""
    rng = np.random.default_rng(1)
    x, z = rng.normal(size=(2, n))
    return pd.DataFrame(
        {
            "x": np.where(rng.random(n) < 0.1, np.nan, x),
            "z": z.round(3).astype(str),
            "town": rng.choice(["a", "b", "c"], n),
            "house": np.arange(n) // 6,
            "good": np.where(x + 0.5 * z + 0.5 * rng.normal(size=n) > 0, "yes", "no"),
            "kind": np.array(["red", "green", "blue"])[np.digitize(x + 0.3 * rng.normal(size=n), [-0.5, 0.5])],
            "amount": 10 + x + 0.3 * z + 0.3 * rng.normal(size=n),
        }
    )


def opened(folder: Path, table: pd.DataFrame, target: str, **arguments: object) -> Context:
    """Return the context of a table; other targets are left out."""
    others = [name for name in TARGETS.values() if name != target and name in table]
    write_context(folder, understand(table.drop(columns=others), target, **arguments), 0)
    return open_context(folder)


def finished(context: Context, number: int, config: dict[str, object], weight: float = 1.0) -> TrialModel:
    """Run a configuration over all folds, as the engine does."""
    hints: dict[str, object] = {"rounds": 15}
    for fold in range(len(context.folds)):
        hints = evaluate_fold(context, FoldUnit(number, fold, config, hints, 1)).hints
    return TrialModel(number, config, hints, 1, weight)
