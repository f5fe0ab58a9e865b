"""Trials of the same search with forked and with spawned workers: `python -m benchmarks.executors`.

Each run is a process of its own, in turns, since a machine that slows down would slow down both.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NAME, TARGET = "telco_churn", "Churn"
METHODS = ("fork", "spawn")
SECONDS, RUNS = 60.0, 3
WHAT = f"spawn executor against fork, same search of {SECONDS:.0f} s, 7,000 rows: trials"


def search(seconds: float) -> dict[str, float]:
    """Search once with the executor of this process; return trials, the seconds to the first score, and the best."""
    import pandas as pd

    from hitl_widget import AutoMLSession
    from hitl_widget.session.runtime import runtime_of

    table = pd.read_csv(DATA / f"{NAME}.csv")
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        session = AutoMLSession(table, TARGET, budget=seconds, seed=0, journal=Path(folder) / "s.sqlite").start()
        first = None
        while not session.wait(0.02):
            if first is None and any(trial.folds for trial in runtime_of(session).state.trials):
                first = time.perf_counter() - begun
        state = runtime_of(session).state
        best = session.leaderboard()["score"].max()
        session.close()
    return {"trials": state.ended, "first_score": first or 0.0, "best": float(best)}


def run(method: str, seconds: float) -> dict[str, float]:
    """Search in a process of its own with one kind of executor."""
    command = [sys.executable, "-m", "benchmarks.executors", "search", str(seconds)]
    environment = {**os.environ, "HITL_WIDGET_EXECUTOR": method}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(seconds: float = SECONDS, runs: int = RUNS) -> dict[str, list[dict[str, float]]]:
    """Run both in turns; return the results of each."""
    found: dict[str, list[dict[str, float]]] = {method: [] for method in METHODS}
    for turn in range(runs):
        for method in METHODS if turn % 2 == 0 else METHODS[::-1]:
            found[method].append(run(method, seconds))
            sys.stderr.write(f"{method}: {found[method][-1]}\n")
    return found


def report(found: dict[str, list[dict[str, float]]]) -> tuple[list[tuple[str, str, str, bool]], list[str]]:
    """Return the row of the figure and a table of the runs."""
    means = {method: statistics.fmean(one["trials"] for one in found[method]) for method in METHODS}
    share = means["spawn"] / means["fork"]
    lines = ["| executor | trials | first score | best |", "|---|---|---|---|"]
    for method in METHODS:
        lines += [
            f"| {method} | {one['trials']:.0f} | {one['first_score']:.1f} s | {one['best']:.4f} |"
            for one in found[method]
        ]
    return [(WHAT, "≥ 85 %", f"{share:.0%}", share >= 0.85)], lines


if __name__ == "__main__":
    arguments: Any = sys.argv[1:]
    if arguments[:1] == ["search"]:
        print(json.dumps(search(float(arguments[1]))))
    else:
        rows, lines = report(main(*map(float, arguments[:1])))
        print(*lines, *rows[0][:3], sep="\n")
