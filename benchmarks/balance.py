"""The best model of a search that may balance the classes against one that never does, at equal time.

Six tables with a rare class. The metric of each was chosen before anything was run. Both searches have the same seed,
so the same folds and holdout, and the same seconds. Each takes its best model by cross-validation; both are scored on
the holdout, and their difference by a paired bootstrap over its rows. Of larger tables, 8,000 rows are drawn.

``python -m benchmarks.balance [seconds]`` prints a line per table and the count.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
TABLES = {
    "bank_marketing": ("deposit", "f1"),
    "mammography": ("class", "f1"),
    "sick": ("Class", "f1"),
    "kc1": ("defects", "balanced_accuracy"),
    "telco_churn": ("Churn", "balanced_accuracy"),
    "car": ("class", "f1_macro"),
}
WHAT = "best model with class balance against never balancing, at equal time: better or equal on the holdout"
SECONDS, MOST_ROWS, DRAWS = 45.0, 8_000, 500


def table_of(name: str) -> pd.DataFrame:
    """Return a table, of which at most so many rows, drawn at random."""
    table = pd.read_csv(DATA / f"{name}.csv")
    return table.sample(MOST_ROWS, random_state=0).reset_index(drop=True) if len(table) > MOST_ROWS else table


def searched(table: pd.DataFrame, target: str, metric: str, balance: Any, seconds: float) -> dict[str, Any]:
    """Run one search, and return its best model's score, predictions on the holdout, and what it was."""
    from hitl_widget import AutoMLSession
    from hitl_widget.learners.scoring import predictions_of, score
    from hitl_widget.session.runtime import runtime_of

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "s.sqlite"
        with AutoMLSession(table, target, metric=metric, balance=balance, budget=seconds, journal=place) as session:
            session.start()
            session.wait(20 * seconds + 300)
            runtime, state = runtime_of(session), session.state
            understood = runtime.understood
            trial = state.trials[state.best]
            model = session.model(trial.number)
            rows = table.iloc[understood.holdout] if understood.kept is None else None
            assert rows is not None, "every row has a target"
            pipeline = model.estimators_[0][0]
            found = predictions_of(pipeline[-1], pipeline[:-1].transform(rows), understood.task)
            y = understood.y[understood.holdout]
            return {
                "task": understood.task,
                "y": y,
                "predictions": found,
                "score": score(understood.task, y, found),
                "cv": trial.score,
                "model": trial.family,
                "way": trial.config.get(f"{trial.family}.balance"),
                "trials": state.ended,
            }


def measured(name: str, seconds: float) -> dict[str, Any]:
    """Return both searches of a table, the difference on the holdout and its standard error."""
    from hitl_widget.learners.scoring import score

    target, metric = TABLES[name]
    table = table_of(name)
    never = searched(table, target, metric, None, seconds)
    with_balance = searched(table, target, metric, True, seconds)
    rng, y, gaps = np.random.default_rng(0), never["y"], []
    for _ in range(DRAWS):
        rows = rng.integers(0, len(y), len(y))
        one, other = (score(each["task"], y[rows], each["predictions"][rows]) for each in (with_balance, never))
        gaps.append(one - other)
    return {
        "table": name,
        "metric": metric,
        "never": never,
        "balanced": with_balance,
        "gain": with_balance["score"] - never["score"],
        "error": float(np.std(gaps)),
    }


def main(seconds: float = SECONDS) -> list[dict[str, Any]]:
    """Measure all tables and print them."""
    found = []
    for name in TABLES:
        one = measured(name, seconds)
        found.append(one)
        never, balanced = one["never"], one["balanced"]
        print(
            f"{name:15} {one['metric']:18} never {never['score']:.4f} (cv {never['cv']:.4f}, {never['model']}, "
            f"{never['trials']} trials)  balanced {balanced['score']:.4f} (cv {balanced['cv']:.4f}, "
            f"{balanced['model']} {balanced['way']}, {balanced['trials']} trials)  "
            f"gain {one['gain']:+.4f} ± {one['error']:.4f} SE",
            flush=True,
        )
    print(f"{WHAT}: {sum(one['gain'] >= 0 for one in found)} of {len(found)}")
    return found


def report(found: list[dict[str, Any]]) -> tuple[list[tuple[str, str, str, bool]], list[str]]:
    """Return the figure and the table of the results."""
    better = sum(one["gain"] >= 0 for one in found)
    lines = [
        "| table | metric | never balanced | with balance | gain ± SE on the holdout | best with balance | trials |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in found:
        never, balanced = one["never"], one["balanced"]
        lines.append(
            f"| {one['table']} | {one['metric']} | {never['score']:.4f} | {balanced['score']:.4f} "
            f"| {one['gain']:+.4f} ± {one['error']:.4f} | {balanced['model']}, {balanced['way'] or 'no balancing'} "
            f"| {never['trials']} / {balanced['trials']} |"
        )
    return [(WHAT, "6 of 6", f"{better} of {len(found)}", better == len(found))], lines


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
