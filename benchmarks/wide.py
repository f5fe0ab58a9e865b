"""Tables of many columns: `python -m benchmarks.wide`.

For each shape: seconds on the main thread until the session is there, until the first score and until the survey of the
columns is complete, the longest pause of the main thread after that, and the bytes that the page gets.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SHAPES = ((200, 5_000), (2_000, 20_000))
SECONDS = 60.0


def measure(rows: int, columns: int, seconds: float = SECONDS) -> dict[str, float]:
    """Search once on a table of random numbers."""
    import numpy as np
    import pandas as pd

    from hitl_widget import AutoMLSession
    from hitl_widget.session.runtime import runtime_of
    from hitl_widget.widget.publisher import Publisher

    draw = np.random.default_rng(0)
    values = draw.normal(size=(rows, columns))
    table = pd.DataFrame(values, columns=[f"gene {number}" for number in range(columns)])
    table["ill"] = np.where(values[:, 0] + values[:, 1] + draw.normal(size=rows) > 0, "yes", "no")
    with tempfile.TemporaryDirectory() as folder:
        begun, cpu = time.perf_counter(), time.process_time()
        session = AutoMLSession(table, "ill", budget=seconds, journal=Path(folder) / "s.sqlite")
        found = {"opened": time.perf_counter() - begun, "opened_cpu": time.process_time() - cpu}
        runtime = runtime_of(session)
        sent: list[int] = []
        publisher = Publisher(runtime, lambda message: sent.append(len(json.dumps(message))), lambda _state: None)
        found["first_message"] = float(len(json.dumps(publisher.hello(runtime.state))))
        surveyed: list[float] = []
        thread = threading.Thread(target=lambda: surveyed.append((session.warnings, time.perf_counter() - begun)[1]))
        thread.start()
        session.start()
        pauses, last = [0.0], time.perf_counter()
        while not session.wait(0.01):
            now = time.perf_counter()
            pauses.append(now - last - 0.01)
            last = now
            if "first_score" not in found and any(trial.folds for trial in session.state.trials):
                found["first_score"] = now - begun
        thread.join()
        found |= {
            "surveyed": surveyed[0] if surveyed else float("nan"),
            "longest_pause": max(pauses),
            "bytes": float(sum(sent)),
            "largest_message": float(max(sent)),
            "trials": float(session.state.ended),
            "journal_mb": Path(session.path).stat().st_size / 1e6,
        }
        publisher.close()
        session.close()
    return found


def main() -> None:
    """Measure each shape in a process of its own."""
    for rows, columns in SHAPES:
        command = [sys.executable, "-m", "benchmarks.wide", str(rows), str(columns)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        print(f"{rows:,} × {columns:,}: {done.stdout.splitlines()[-1]}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps({name: round(value, 3) for name, value in measure(*map(int, sys.argv[1:3])).items()}))
    else:
        main()
