"""Subjects to explain: small tasks with fitted fold models, and models of a person's own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hitl_widget.data.task import understand
from hitl_widget.domain.delivery import DELIVERED, Delivery
from hitl_widget.evaluation.context import Context, open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.explain.subject import Subject
from hitl_widget.learners.registry import starting_configs

EVIL = "<img src=x onerror=alert(1)>"
TARGETS = {"binary": "good", "multiclass": "kind", "regression": "amount"}


def frame(n: int = 240, seed: int = 0) -> pd.DataFrame:
    """Two numbers that matter, one with an evil name that does not, towns and dates, and three targets."""
    rng = np.random.default_rng(seed)
    x, z, noise = rng.normal(size=(3, n))
    town = rng.choice(["a", "b", "c"], n)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    signal = 2 * x + 1.5 * (town == "a") + 0.3 * z
    return pd.DataFrame(
        {
            "x": np.where(rng.random(n) < 0.05, np.nan, x),
            "z": z,
            EVIL: noise,
            "town": town,
            "day": day,
            "good": np.where(signal + 0.5 * rng.normal(size=n) > 0.5, "yes", "no"),
            "kind": np.array(["red", "green", "blue"])[np.digitize(signal + 0.5 * rng.normal(size=n), [-0.5, 1.5])],
            "amount": 100 + 10 * signal + rng.normal(size=n),
        }
    )


def context(folder, kind: str = "binary", n: int = 240, **arguments) -> Context:
    data = frame(n).drop(columns=[name for name in TARGETS.values() if name != TARGETS[kind]])
    write_context(folder, understand(data, TARGETS[kind], cv=3, **arguments), 0)
    return open_context(folder)


def trial(ctx: Context, family: str, number: int = 0, weight: float = 1.0, **more) -> TrialModel:
    """Fit a family on all folds."""
    config = {**starting_configs(ctx.task, [family])[0], **more}
    for fold in range(len(ctx.folds)):
        evaluate_fold(ctx, FoldUnit(number, fold, config, {"rounds": 12}, seed=number))
    return TrialModel(number, config, {"rounds": 12}, number, weight)


def subject(
    folder,
    family: str = "lightgbm",
    kind: str = "binary",
    n: int = 240,
    delivery: Delivery = DELIVERED,
    **arguments,
) -> Subject:
    """Return a trial of a family as a subject, by default as it is delivered."""
    ctx = context(folder, kind, n, **arguments)
    return Subject.of_trials(ctx, [trial(ctx, family)], delivery=delivery)


def task_of(data: pd.DataFrame, target: str, **arguments):
    return understand(data, target, **arguments)
