"""Cost of the engine besides fits: controller overhead, bytes to the browser, busy cores."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from benchmarks.long_record import write
from hitl_widget import AutoMLSession
from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import Edit, Resume, Start
from hitl_widget.domain.space import Float, Space
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Author, Fold, Origin, TrialState
from hitl_widget.sampling.sampler import TpeSampler
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.publisher import Publisher
from tests.doubles import SPACE, Stage
from tests.tables import customers

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


class TimedSampler(TpeSampler):
    """Adds up the time spent in the sampler."""

    seconds = 0.0

    def propose(self, state: Any) -> Any:
        begun = time.perf_counter()
        try:
            return super().propose(state)
        finally:
            TimedSampler.seconds += time.perf_counter() - begun

    def end(self, trial: Any) -> None:
        begun = time.perf_counter()
        super().end(trial)
        TimedSampler.seconds += time.perf_counter() - begun


def controller_overhead(trials: int = 1000) -> dict[str, float]:
    """Milliseconds per trial of five folds, journal included, sampler and fits not."""
    with tempfile.TemporaryDirectory() as folder:
        timed = TimedSampler(SPACE, never=frozenset({"dummy"}), seed=0)
        stage = Stage(Path(folder), sampler=lambda _made: timed, budget_trials=trials, folds=5)
        cpu, begun = time.process_time(), time.perf_counter()
        stage.do(Start())
        stage.until(lambda state: state.phase is Phase.FINISHED, timeout=600)
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
        stage.close()
    sampler = TimedSampler.seconds
    return {"overhead_ms": 1000 * (wall - sampler) / trials, "sampler_ms": 1000 * sampler / trials, "cpu_s": cpu}


def edit_latency(trials: int = 3000, edits: int = 20) -> list[float]:
    """Seconds from the command of an edit to the start of the first trial under the new space, fits not counted.

    A family of ten hyperparameters holds the whole record; each edit narrows one of them by a little.
    """
    own = [Float(f"line.p{i}", 0.0, 1.0, 0.5) for i in range(10)]
    space = Space(("dummy", "line"), tuple(own))
    draw = random.Random(0)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        records = list(_record_of(space, [[draw.random() for _ in own] for _ in range(trials)]))
        stage = Stage(Path(folder), records=records, space=space, starts=(), budget_trials=None)
        stage.controller.ready.wait(60)
        stage.do(Resume())
        stage.until(lambda state: state.ended >= trials + 3, timeout=60)
        for i in range(1, edits + 1):
            then = stage.controller.state.generation + 1
            begun = time.perf_counter()
            stage.do(Edit({"line.p0": [0.005 * i, 1.0]}))
            stage.until(lambda state, then=then: state.trials[len(state.trials) - 1].generation == then, timeout=60)
            found.append(time.perf_counter() - begun)
        stage.close()
    return sorted(found)


def _record_of(space: Space, points: list[list[float]]) -> Iterator[ev.Record]:
    events: list[ev.Event] = [ev.Opened({}), ev.GenerationOpened(0, space.as_json()), ev.Started()]
    for number, point in enumerate(points):
        config = {"family": "line", **{f"line.p{i}": value for i, value in enumerate(point)}}
        score = 0.9 - sum((value - 0.7) ** 2 for value in point)
        events += [
            ev.TrialQueued(number, config, Author.MACHINE, Origin.SAMPLER, None, "", 0),
            ev.TrialStarted(number),
            *(ev.FoldDone(number, Fold(fold, score)) for fold in range(3)),
            ev.TrialEnded(number, TrialState.COMPLETE),
        ]
    for seq, event in enumerate(events, 1):
        yield ev.Record(seq, 1e9, 0.1 * seq, Author.MACHINE, "", event)


def bytes_per_trial(at: int, trials: int = 40) -> dict[str, float]:
    """Bytes of messages per finished trial, after `at` trials; real fits on a small table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.sqlite"
        write(path, customers(), "Churn", at)
        session = AutoMLSession.load(path)
        session.wait_ready()
        sent: list[int] = []
        runtime = runtime_of(session)
        publisher = Publisher(runtime, lambda message: sent.append(len(json.dumps(message))), lambda _state: None)
        session.set_budget(seconds=None, trials=at + trials)
        session.resume()
        session.wait(600)
        time.sleep(0.2)
        publisher.close()
        session.close()
    return {"bytes": sum(sent) / trials, "messages": len(sent) / trials}


def cores_busy(name: str = "telco_churn", target: str = "Churn", seconds: float = 60.0) -> dict[str, float]:
    """Share of the cores' time spent in the workers during a search."""
    table = pd.read_csv(DATA / f"{name}.csv")
    with tempfile.TemporaryDirectory() as folder:
        session = AutoMLSession(table, target, budget=seconds, journal=Path(folder) / "s.sqlite")
        session.wait_ready()
        cores = runtime_of(session).workers
        psutil.cpu_percent(None)
        me = psutil.Process()
        session.start()
        begun = time.perf_counter()
        time.sleep(1.0)
        before = _worker_cpu(me)
        time.sleep(seconds - 2.0)
        after = _worker_cpu(me)
        used = after - before
        own = me.cpu_times()
        total = psutil.cpu_percent(None)
        session.wait(60)
        result = {
            "workers": used / (cores * (seconds - 2.0)),
            "machine": total / 100,
            "kernel_cpu": (own.user + own.system) / (time.perf_counter() - begun),
            "trials": float(session.state.ended),
        }
        session.close()
    return result


def _worker_cpu(me: psutil.Process) -> float:
    total = 0.0
    for child in me.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def main() -> list[tuple[str, str, str, bool]]:
    """Return rows: what, at least, measured, reached."""
    overhead = controller_overhead()
    early, late = bytes_per_trial(100), bytes_per_trial(5000)
    ratio = late["bytes"] / early["bytes"]
    edits = edit_latency()
    median, slow = edits[len(edits) // 2], edits[int(0.95 * len(edits))]
    rows = [
        (
            "an edit with 3,000 trials on record: command to first trial under the new space",
            "0.5 s",
            f"{median:.2f} s (median of 20; 95th percentile {slow:.2f} s)",
            slow <= 0.5,
        ),
        (
            "controller overhead per trial besides fit and sampler",
            "5 ms",
            f"{overhead['overhead_ms']:.2f} ms (sampler {overhead['sampler_ms']:.1f} ms)",
            overhead["overhead_ms"] <= 5,
        ),
        (
            "bytes to the browser per finished trial, at trial 100 and at trial 5,000",
            "under 1 KB, equal within 20 %",
            f"{early['bytes']:.0f} and {late['bytes']:.0f} bytes (ratio {ratio:.2f})",
            max(early["bytes"], late["bytes"]) < 1024 and 0.8 <= ratio <= 1.25,
        ),
    ]
    if DATA.exists():
        busy = cores_busy()
        rows.append(
            (
                "cores busy during a 60 s run on a table of 7,000 rows or more",
                "95 %",
                (
                    f"{100 * busy['machine']:.0f} % of the machine, {100 * busy['workers']:.0f} % in workers "
                    f"({busy['trials']:.0f} trials; telco_churn)"
                ),
                busy["machine"] >= 0.95,
            )
        )
    return rows


if __name__ == "__main__":
    for row in main():
        print(row)
