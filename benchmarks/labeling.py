"""Rows that were chosen for labeling against random ones: ``python -m benchmarks.labeling``, or names of tables.

Of each table of ../shared/data, at most 2,000 rows are used: half of them test the model, and the others have no label
but 60. Three times, 20 rows get their label: those of `session.to_label`, or random ones. The figures are the accuracy
of the best model of four trials on the test rows after each time, as the mean of two seeds.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.scores import DATA
from hitl_widget import AutoMLSession

TABLES = ("phoneme", "satimage", "titanic")
ROWS, LABELED, BATCH, TIMES, TRIALS, SEEDS = 2000, 60, 20, 3, 4, 2
SLOW = ("catboost", "mlp", "svm", "knn")


def accuracies(table: pd.DataFrame, target: str, chosen: bool, seed: int) -> list[float]:
    """Return the accuracy on the test rows after each batch of labels."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(table))
    half = len(table) // 2
    test, pool = table.iloc[order[half:]], table.iloc[order[:half]].reset_index(drop=True)
    labels = pool[target].astype(str).to_numpy()
    known = pool[target].astype(str).astype(object)
    known[LABELED:] = None
    given, found = pool.assign(**{target: known}), []
    trials = TRIALS
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        place = Path(folder) / "s.sqlite"
        session = AutoMLSession(
            given, target, max_trials=trials, holdout=0, seed=seed, metric="accuracy", journal=place, workers=1
        )
        with session:
            session.exclude(*(name for name in SLOW if name in session.state.space.families))
            session.start()
            session.wait()
            left = np.arange(LABELED, half)
            for time in range(TIMES + 1):
                predicted = session.best_model().predict(test.drop(columns=target))
                found.append(float(np.mean(np.asarray(predicted).astype(str) == test[target].astype(str).to_numpy())))
                if time == TIMES:
                    break
                rows = session.to_label(BATCH)["row"].to_numpy() if chosen else rng.choice(left, BATCH, replace=False)
                left = np.setdiff1d(left, rows)
                session.relabel({int(row): labels[row] for row in rows})
                trials += TRIALS
                session.set_budget(trials=trials)
                session.resume()
                session.wait()
    return found


def main(names: list[str] | None = None) -> dict[str, tuple[list[float], list[float]]]:
    """Print and return the mean accuracies after each batch, of chosen and of random rows, by table."""
    index = pd.read_csv(DATA / "INDEX.csv").set_index("name")
    found: dict[str, tuple[list[float], list[float]]] = {}
    for name in names or list(TABLES):
        target = str(index.loc[name, "target"])
        table = pd.read_csv(DATA / f"{name}.csv").dropna(subset=[target])
        table = table.sample(min(ROWS, len(table)), random_state=0, ignore_index=True)
        means = [
            np.mean([accuracies(table, target, chosen, seed) for seed in range(SEEDS)], axis=0)
            for chosen in (True, False)
        ]
        found[name] = means[0].tolist(), means[1].tolist()
        for way, mean in zip(("chosen", "random"), means, strict=True):
            said = ", ".join(f"{LABELED + BATCH * i}: {one:.3f}" for i, one in enumerate(mean))
            print(f"{name:12} {way} rows, accuracy by number of labels: {said}", flush=True)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
