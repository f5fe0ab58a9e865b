"""Injected label errors that are found: ``python -m benchmarks.labels``, or names of tables for some of them.

Of each table of ../shared/data, at most 3,000 rows are used. 5 % of the targets are replaced: a class by another one, a
number by that of another row. A search of ten trials follows, and `session.suspect_labels` proposes at most twice as
many rows as there are errors. The figure is the share of the errors among them. The number of wrong labels in the
warning is printed, too, also for the same table without injected errors.
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

TABLES = ("mushroom", "car", "satimage", "spambase", "phoneme", "titanic", "diamonds", "concrete_strength")
ROWS, SHARE, TRIALS = 3000, 0.05, 10


def with_errors(table: pd.DataFrame, target: str, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a table with wrong targets in 5 % of its rows, and a mask of these rows."""
    wrong = np.zeros(len(table), bool)
    wrong[rng.choice(len(table), round(SHARE * len(table)), replace=False)] = True
    labels = table[target].to_numpy(copy=True)
    classes = np.unique(labels)
    if len(classes) > 20:
        labels[wrong] = labels[rng.integers(0, len(labels), wrong.sum())]
    else:
        place = np.searchsorted(classes, labels)
        labels[wrong] = classes[(place[wrong] + rng.integers(1, len(classes), wrong.sum())) % len(classes)]
    return table.assign(**{target: labels}), wrong


def found(name: str) -> tuple[int, int, int, int, int, int]:
    """Return the numbers of rows, errors, proposals and errors among them, and of labels that the warning names.

    The last number is that of labels that the warning names without injected errors.
    """
    index = pd.read_csv(DATA / "INDEX.csv").set_index("name")
    target = str(index.loc[name, "target"])
    table = pd.read_csv(DATA / f"{name}.csv").dropna(subset=[target])
    table = table.sample(min(ROWS, len(table)), random_state=0, ignore_index=True)
    _, before = searched(table, target, 1)
    table, wrong = with_errors(table, target, np.random.default_rng(0))
    rows, after = searched(table, target, 2 * int(wrong.sum()))
    return len(table), int(wrong.sum()), len(rows), int(wrong[rows].sum()), after, before


def searched(table: pd.DataFrame, target: str, proposals: int) -> tuple[np.ndarray, int]:
    """Return the proposed rows, and the number of wrong labels that the warning names; 0 without a warning."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        place = Path(folder) / "s.sqlite"
        with AutoMLSession(table, target, max_trials=TRIALS, holdout=0, journal=place) as session:
            session.start()
            session.wait()
            rows = session.suspect_labels(proposals)["row"].to_numpy()
            warned = [int(one.numbers["wrong"]) for one in session.warnings if one.key == "wrong_labels"]
    return rows, sum(warned)


def main(names: list[str] | None = None) -> dict[str, float]:
    """Print and return the share of the errors that is found in each table."""
    shares: dict[str, float] = {}
    for name in names or list(TABLES):
        rows, errors, proposals, right, warned, before = found(name)
        shares[name] = right / errors
        print(
            f"{name:20} {rows:6,} rows, {errors:4} errors, {proposals:4} proposals: {shares[name]:.0%}; "
            f"the warning says {warned}, without errors {before}",
            flush=True,
        )
    print(f"mean of {len(shares)} tables: {np.mean(list(shares.values())):.0%}", flush=True)
    return shares


if __name__ == "__main__":
    main(sys.argv[1:])
