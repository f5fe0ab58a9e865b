"""Cost of reporting the rounds of a fit: `python -m benchmarks.fit_progress [PAIRS [FAMILY …]]`.

Fits the same fold with and without a listener, in pairs of changing order, and prints the ratio of their times. The
listener is that of a worker: a `Reporter` that writes on a socket. The times are those of the processor, so that other
processes disturb them little.
"""

from __future__ import annotations

import pickle
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from hitl_widget.data.task import understand
from hitl_widget.domain.space import Value
from hitl_widget.evaluation.context import Context, open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit, _listener
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.workers.channel import read_message, write_message
from hitl_widget.workers.reports import Reporter

ROWS, COLUMNS = 20_000, 20
FAMILIES = ("lightgbm", "xgboost", "catboost")
PAIRS, MOST = 12, 1.02
WHAT = "processor time of a fit that reports its rounds, over that of the same fit that does not (LightGBM, in pairs)"


def context_in(folder: Path) -> Context:
    """Return a task of random numbers."""
    draw = np.random.default_rng(0)
    values = draw.normal(size=(ROWS, COLUMNS))
    table = pd.DataFrame(values, columns=[f"x{number}" for number in range(COLUMNS)])
    table["y"] = np.where(values[:, :3].sum(axis=1) + draw.normal(size=ROWS) > 0, "yes", "no")
    write_context(folder, understand(table, "y"), 0)
    return open_context(folder)


class Listener:
    """Both ends of a worker's socket; what it holds is read after the fit."""

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self._sent = self.heard = self.bytes = 0

    def reporter(self) -> Reporter:
        """Return a function that reports as in a worker."""
        return Reporter(self._send)

    def _send(self, value: tuple[int, int, bool]) -> None:
        self._sent += 1
        write_message(self._near, pickle.dumps(("report", value)))

    def drain(self) -> None:
        """Read the reports of a fit."""
        for _ in range(self._sent):
            self.bytes += len(read_message(self._far))
        self.heard, self._sent = self.heard + self._sent, 0


def fit_seconds(context: Context, unit: FoldUnit, listener: Listener | None) -> tuple[float, np.ndarray]:
    """Fit once; return the time of the fit and the predictions."""
    begun = time.process_time()
    result = evaluate_fold(context, unit, None if listener is None else listener.reporter())
    seconds = time.process_time() - begun
    if listener is not None:
        listener.drain()
    return seconds, result.predictions


def measure(family: str, pairs: int = PAIRS) -> tuple[float, str]:
    """Return the median ratio with and without a listener; and in words, with its quartiles and the reports."""
    listener, ratios = Listener(), []
    with tempfile.TemporaryDirectory() as folder:
        context = context_in(Path(folder))
        config: dict[str, Value] = {"family": family, f"{family}.learning_rate": 0.02}
        unit = FoldUnit(0, 0, config, {"rounds": 300}, 1, 600.0, keep_model=False)
        fit_seconds(context, unit, None)
        for number in range(pairs):
            order = (listener, None) if number % 2 else (None, listener)
            found = {who is not None: fit_seconds(context, unit, who) for who in order}
            assert np.array_equal(found[True][1], found[False][1])
            ratios.append(found[True][0] / found[False][0])
    low, middle, high = statistics.quantiles(ratios, n=4)
    size = listener.bytes / max(1, listener.heard)
    said = (
        f"{middle:.3f} (quartiles {low:.3f} to {high:.3f}, {pairs} pairs; {listener.heard} reports of {size:.0f} bytes)"
    )
    return middle, said


def cost_of_a_report() -> float:
    """Return the nanoseconds of a report that is dropped, as most are."""
    report, count = Reporter(lambda _value: None), 200_000
    tell = _listener(report)
    assert tell is not None
    begun = time.process_time()
    for number in range(count):
        tell(number, count)
    return 1e9 * (time.process_time() - begun) / count


def main() -> None:
    """Measure each family."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    for family in sys.argv[2:] or FAMILIES:
        print(f"{family}: ratio {measure(family, pairs)[1]}", flush=True)
    print(f"a report that is dropped: {cost_of_a_report():.0f} ns")


if __name__ == "__main__":
    main()
