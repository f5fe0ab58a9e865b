"""Cost of explanations: seconds to the first one, views of the search, frames of the page, lost trials.

Views of the search are computed from scratch each time. For the slow-down one session fits a queue of equal
trials, and every other stretch of it a finished trial is explained by all views, once each, as soon as the last is
answered; each such period is compared with the quiet ones before and after it.
"""

from __future__ import annotations

import itertools
import os
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.long_record import write
from hitl_widget import AutoMLSession
from hitl_widget.domain import event as ev
from hitl_widget.domain import t_distribution
from hitl_widget.domain.trial import TrialState
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.registry import VIEWS
from hitl_widget.explain.view import Level, View
from hitl_widget.session.explanations import Explain
from hitl_widget.session.runtime import runtime_of
from tests.tables import customers

ROWS, COLUMNS = 10_000, 20
TRIALS = 5_000
REPEATS = 5
BOOSTERS = ("lightgbm", "xgboost", "catboost")
STRETCHES = 6
STRETCH_ROWS = 4_000
QUIET_SECONDS = 12.0
Row = tuple[str, str, str, bool]


def table(rows: int = ROWS, columns: int = COLUMNS, seed: int = 0) -> pd.DataFrame:
    """A synthetic table: numbers, five categorical columns, interacting effects; the target is ``y``."""
    rng = np.random.default_rng(seed)
    made = pd.DataFrame({f"x{i}": rng.normal(size=rows).round(4) for i in range(columns - 5)})
    for i in range(5):
        made[f"c{i}"] = rng.choice([f"v{k}" for k in range(3 + 2 * i)], rows)
    pull = made.x0 + made.x1 * made.x2 - np.abs(made.x3) + (made.c0 == "v1") * 1.2 + (made.c1 == "v0") * made.x4
    made["y"] = np.where(pull + rng.logistic(size=rows) > 0, "yes", "no")
    return made


def variants(family: str, count: int) -> list[dict[str, Any]]:
    """Configurations of a family that hardly differ."""
    return [{"family": family, f"{family}.learning_rate": 0.08 + 1e-5 * i} for i in range(count)]


def propose(session: AutoMLSession, configs: Sequence[dict[str, Any]], seconds: float = 300.0) -> list[int]:
    """Queue configurations, wait until they are complete, and return their numbers."""
    over = threading.Event()
    numbers: list[int] = []

    def heard(state: Any, _records: Any) -> None:
        if len(numbers) == len(configs) and all(state.trials[one].state is TrialState.COMPLETE for one in numbers):
            over.set()

    leave = runtime_of(session).subscribe(heard)
    numbers += [session.propose(config) for config in configs]
    heard(session.state, ())
    if not over.wait(seconds):
        raise TimeoutError(f"{len(configs)} trials were not complete after {seconds:.0f} s")
    leave()
    return numbers


def answered(session: AutoMLSession, name: str, step: int = 0, **options: Any) -> tuple[float, View]:
    """Seconds from asking for a view to its answer, as the dashboard asks; and the answer."""
    found: list[View] = []
    refused: list[str] = []
    over = threading.Event()
    begun = time.perf_counter()

    def done(view: View) -> None:
        found.append(view)
        over.set()

    def refuse(words: str) -> None:
        refused.append(words)
        over.set()

    session.explain.ask(name, options, done, refuse, step=step)
    if not over.wait(300) or not found:
        raise RuntimeError(f"{name} was not answered: {' '.join(refused)}")
    return time.perf_counter() - begun, found[0]


def to_the_end(session: AutoMLSession, name: str, **options: Any) -> tuple[float, float]:
    """Seconds to the first answer and to the final one."""
    first, view = answered(session, name, **options)
    seconds, step = first, 0
    while view.partial:
        step += 1
        more, view = answered(session, name, step, **options)
        seconds += more
    return first, seconds


# -- the first explanation --------------------------------------------------------------------------------------------


def first_explanations(busy: bool) -> dict[str, list[tuple[float, float]]]:
    """Seconds to the first and the final SHAP bar, by family, of models without cached results.

    With `busy` both workers fit trials meanwhile; only one model of each family is followed to its final answer then,
    which has what trials leave. The first look of a session stands under ``first``.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    with session_on(table()) as session:
        numbers = {family: propose(session, variants(family, REPEATS + (family == "lightgbm"))) for family in BOOSTERS}
        if busy:
            for config in variants("lightgbm", 150):
                session.propose({**config, "lightgbm.num_leaves": 63})
        for family, trials in numbers.items():
            for i, trial in enumerate(trials):
                name = family if found else "first"
                if not busy or i == 0:
                    seconds = to_the_end(session, "importance", trial=trial)
                else:
                    seconds = (answered(session, "importance", trial=trial)[0], float("nan"))
                found.setdefault(name, []).append(seconds)
        if busy and not any(one.state is TrialState.QUEUED for one in session.state.trials):
            raise RuntimeError("The queue was empty before all were explained: these figures are of a quiet session.")
    return found


class session_on:  # noqa: N801 - reads as a function
    """A user-driven session with two workers in a folder of its own."""

    def __init__(self, made: pd.DataFrame) -> None:
        self._table = made

    def __enter__(self) -> AutoMLSession:
        self._folder = tempfile.TemporaryDirectory()
        place = Path(self._folder.name) / "s.sqlite"
        self._session = AutoMLSession(self._table, "y", budget=7200, workers=2, autonomy="user", journal=place)
        self._session.wait_ready()
        return self._session

    def __exit__(self, *_: object) -> None:
        self._session.close()
        self._folder.cleanup()


# -- views of the search ----------------------------------------------------------------------------------------------


def search_views(families: Sequence[str] = ()) -> dict[str, tuple[float, float]]:
    """Median seconds, and those on a core, of each view of the search over 5,000 trials, nothing kept in between."""
    found: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.sqlite"
        write(path, customers(), "Churn", TRIALS, families=families)
        with AutoMLSession.load(path) as session:
            session.wait_ready()
            for entry in VIEWS.values():
                if entry.level is Level.SEARCH:
                    wall, core = zip(*(_asked_anew(session, entry) for _ in range(REPEATS)), strict=True)
                    found[entry.name] = statistics.median(wall), statistics.median(core)
    return found


def _asked_anew(session: AutoMLSession, entry: ViewDefinition) -> tuple[float, float]:
    explain = Explain(runtime_of(session))
    begun, worked = time.perf_counter(), time.thread_time()
    explain.view(entry.name)
    return time.perf_counter() - begun, time.thread_time() - worked


# -- the search meanwhile ---------------------------------------------------------------------------------------------


class Pulse:
    """Folds that were fitted, by time."""

    def __init__(self, session: AutoMLSession) -> None:
        self.times: list[float] = []
        self._leave = runtime_of(session).subscribe(self._heard)

    def _heard(self, _state: Any, records: Sequence[ev.Record]) -> None:
        now = time.perf_counter()
        self.times += [now for record in records if isinstance(record.event, ev.FoldDone)]

    def rate(self, begun: float, ended: float) -> float:
        """Folds a second between two moments."""
        return sum(begun < one <= ended for one in self.times) / (ended - begun)

    def close(self) -> None:
        """Stop listening."""
        self._leave()


def slow_down() -> dict[str, Any]:
    """Folds a second while every explanation of a trial is computed once, against the quiet stretches around it."""
    with session_on(table(STRETCH_ROWS)) as session:
        explained = propose(session, variants("lightgbm", STRETCHES + 1))
        for config in variants("lightgbm", 4000):
            session.propose({**config, "lightgbm.num_leaves": 15})
        pulse = Pulse(session)
        to_the_end(session, "importance", trial=explained.pop())  # the worker starts, and settles
        quiet, loud, seconds = [_quiet(pulse)], [], []
        for trial in explained:
            begun = time.perf_counter()
            _explain_all(session, trial)
            ended = time.perf_counter()
            seconds.append(ended - begun)
            loud.append(pulse.rate(begun, ended))
            quiet.append(_quiet(pulse))
        pulse.close()
        if not any(one.state is TrialState.QUEUED for one in session.state.trials):
            raise RuntimeError("The queue was empty before the end: queue more trials.")
    around = [(a + b) / 2 for a, b in itertools.pairwise(quiet)]
    lost = [1 - one / two for one, two in zip(loud, around, strict=True)]
    half = t_distribution.quantile(0.975, len(lost) - 1) * statistics.stdev(lost) / len(lost) ** 0.5
    return {"lost": statistics.mean(lost), "half": half, "each": lost, "quiet": quiet, "loud": loud, "seconds": seconds}


def _quiet(pulse: Pulse) -> float:
    begun = time.perf_counter()
    time.sleep(QUIET_SECONDS)  # what is measured: a stretch in which nobody asks
    return pulse.rate(begun, begun + QUIET_SECONDS)


def _explain_all(session: AutoMLSession, trial: int) -> None:
    """Ask every view once, each to its end."""
    column = session.task.used[0].name
    usual: dict[str, Any] = {"trial": trial, "column": column, "row": 3, "changes": {column: 0.5}}
    for entry in VIEWS.values():
        if session.task.kind in entry.kinds:
            to_the_end(session, entry.name, **{name: usual[name] for name in entry.takes if name in usual})


# -- the page meanwhile -----------------------------------------------------------------------------------------------

SOURCE = """
session = AutoMLSession(df, {target!r}, budget=3600)
session.exclude(*(one for one in session.state.base.families if one not in ("dummy", "linear", "lightgbm", "xgboost")))
session.show()
"""
# Times of all frames, and of each long one what the browser says that it was spent on.
RECORD = """
() => {
  const found = window.hitlFrames = { times: [], long: [], on: true };
  const tick = (now) => { if (found.on) { found.times.push(now); requestAnimationFrame(tick); } };
  requestAnimationFrame(tick);
  found.observer = new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      const scripts = one.scripts.map((s) => [s.invoker, s.sourceURL, s.duration, s.forcedStyleAndLayoutDuration]);
      found.long.push({ duration: one.duration, start: one.startTime, render: one.renderStart,
        layout: one.styleAndLayoutStart, scripts });
    }
  });
  found.observer.observe({ type: "long-animation-frame", buffered: false });
}
"""
STOP = """
() => {
  const found = window.hitlFrames;
  found.on = false;
  found.observer.disconnect();
  return { times: found.times, long: found.long };
}
"""
# Opens every level, brings each card into sight, and waits until it is answered; gives what was answered, and what not.
VISIT = """
async (limit) => {
  const root = window.hitlRoots()[0];
  const until = async (test, ms) => {
    const end = performance.now() + ms;
    while (!test() && performance.now() < end) await new Promise((done) => setTimeout(done, 50));
    return test();
  };
  const tab = [...root.querySelectorAll('[role=tab]')].find((one) => one.textContent.startsWith('Explain'));
  tab.click();
  await until(() => root.querySelector('.card.view'), 30000);
  const seen = [], late = [];
  const levels = root.querySelectorAll('.explain-head .seg button').length;
  for (let i = 0; i < levels; i++) {
    root.querySelectorAll('.explain-head .seg button')[i].click();
    await until(() => root.querySelector('.card.view'), 5000);
    for (const name of [...root.querySelectorAll('.card.view')].map((one) => one.dataset.view)) {
      const card = () => root.querySelector(`.card.view[data-view="${name}"]`);
      card().scrollIntoView({ block: 'center' });
      const done = () => card().getAttribute('aria-busy') === 'false' && card().querySelector('.view-first');
      (await until(done, limit) ? seen : late).push(name);
    }
  }
  return { seen, late };
}
"""
PHASES = ("idle", "searching", "explaining")


def frames() -> dict[str, Any]:
    """Frames of a real page: the session paused, the search running, and all views opened one after another in it."""
    from benchmarks.browser import IMPORT, lab, table_path

    found: dict[str, Any] = {}
    with lab() as page, tempfile.TemporaryDirectory() as folder:
        path, target = table_path(Path(folder))
        notebook = page.open([IMPORT.format(path=path), SOURCE.format(target=target)])
        notebook.run(0)
        notebook.run(1)
        page.page.wait_for_function("window.hitlSeen.score > 0", timeout=120_000)
        notebook.wait_for("session.state.ended >= 12", seconds=300)
        for phase in PHASES:
            notebook.value("session.pause()" if phase == "idle" else "session.resume()")
            page.page.wait_for_timeout(1500)
            page.page.evaluate(RECORD)
            if phase == "explaining":
                found["views"] = page.page.evaluate(VISIT, 60_000)
            else:
                page.page.wait_for_timeout(8000)
            found[phase] = page.page.evaluate(STOP)
        notebook.close(shut_down=True)
    return found


def _lengths(found: dict[str, Any]) -> np.ndarray:
    return np.diff(np.asarray(found["times"], np.float64))


def spent(frames: Sequence[dict[str, Any]]) -> str:
    """Milliseconds of long frames by what they were spent on, the most first."""
    total: Counter[str] = Counter()
    for one in frames:
        scripts = 0.0
        for invoker, source, duration, forced in one["scripts"]:
            ours = source.startswith("blob:") or "hitl" in source or "widget.js" in source
            total["our scripts" if ours else f"others' scripts ({invoker[:40]})"] += duration - forced
            total["layout that scripts force"] += forced
            scripts += duration
        end = one["start"] + one["duration"]
        layout = end - one["layout"] if one["layout"] else 0.0
        total["style, layout and paint"] += layout
        total["no script: waiting for a core, or the browser itself"] += max(0.0, one["duration"] - scripts - layout)
    return ", ".join(f"{name} {value:.0f} ms" for name, value in total.most_common(6) if value >= 1) or "nothing"


# -- the report -------------------------------------------------------------------------------------------------------


def main() -> tuple[list[Row], dict[str, list[str]]]:
    """Return rows (what, asked, measured, reached) and the section of the page."""
    loads = [os.getloadavg()[0]]
    rows, lines = _first_rows()
    more = (_search_rows, _frame_rows, _slow_rows)
    for part in more:
        loads.append(os.getloadavg()[0])
        found, said = part()
        rows += found
        lines += said
    busy = f"Load of the machine before each part: {', '.join(f'{one:.1f}' for one in loads)} on {os.cpu_count()} cores"
    note = " (other work was running, so these figures are worse than on an idle machine)." if loads[0] > 1.0 else "."
    return rows, {"Explanations": [f"{busy}{note}", "", *lines]}


def _first_rows() -> tuple[list[Row], list[str]]:
    lines = [
        (
            f"Seconds to the SHAP bar of a boosted model on {ROWS:,} rows x {COLUMNS} columns without cached "
            "results: median (longest) of the first answer; median of the final one."
        ),
        "",
        "| | the workers rest: first | final | both workers fit: first | final |",
        "|---|---|---|---|---|",
    ]
    quiet, busy = first_explanations(False), first_explanations(True)
    for name in quiet:
        cells = [f"{name} look of a session" if name == "first" else name]
        for found in (quiet, busy):
            first, last = np.array(found[name]).T
            final = "–" if np.isnan(last).all() else f"{np.nanmedian(last):.1f}"
            cells += [f"{np.median(first):.2f} ({first.max():.2f})", final]
        lines.append(f"| {' | '.join(cells)} |")
    rest, fit = (max(float(np.median([a for a, _ in one[name]])) for name in BOOSTERS) for one in (quiet, busy))
    what = f"first explanation of a boosted model, {ROWS:,} rows x {COLUMNS} columns: workers rest; both fit trials"
    row = (what, "1 s", f"{rest:.2f} s; {fit:.2f} s (the slowest family's median)", rest <= 1 and fit <= 1)
    return [row], lines


def _search_rows() -> tuple[list[Row], list[str]]:
    mixed, alone = search_views(), search_views(("lightgbm",))
    lines = ["", f"Milliseconds for each view of the search at {TRIALS:,} trials, and CPU milliseconds:", ""]
    lines += ["| view | of ten families | of one family |", "|---|---|---|"]
    for name in mixed:
        cells = " | ".join(f"{1000 * one[name][0]:.0f} ({1000 * one[name][1]:.0f})" for one in (mixed, alone))
        lines.append(f"| {name} | {cells} |")
    worst = max(one[name][0] for one in (mixed, alone) for name in one)
    core = max(one[name][1] for one in (mixed, alone) for name in one)
    what = f"each view of the search at {TRIALS:,} trials"
    return [(what, "300 ms", f"{1000 * worst:.0f} ms ({1000 * core:.0f} ms on a core)", worst <= 0.3)], lines


def _frame_rows() -> tuple[list[Row], list[str]]:
    found = frames()
    lines = ["", "Frames of the page in JupyterLab and Chromium, in milliseconds:", ""]
    lines += ["| | frames | p99 | longest | over 50 ms |", "|---|---|---|---|---|"]
    words = {"idle": "paused", "searching": "the search runs", "explaining": "it runs, and every view is opened"}
    for phase in PHASES:
        all_ = _lengths(found[phase])
        over = int((all_ > 50).sum())
        lines.append(f"| {words[phase]} | {len(all_)} | {np.percentile(all_, 99):.0f} | {all_.max():.0f} | {over} |")
    views = found["views"]
    took = (found["explaining"]["times"][-1] - found["explaining"]["times"][0]) / 1000
    lines += [
        "",
        f"{len(views['seen'])} views were complete after {took:.0f} s"
        + ("" if not views["late"] else f", not within a minute: {', '.join(views['late'])}")
        + ".",
    ]
    long = sorted(found["explaining"]["long"], key=lambda one: -one["duration"])
    lines += [f"Causes of the {len(long)} long frames: {spent(long)}."]
    lines += [f"* {one['duration']:.0f} ms, {one['start'] / 1000:.0f} s in: {spent([one])}" for one in long[:5]]
    longest, base = (float(_lengths(found[one]).max()) for one in ("explaining", "idle"))
    p99 = float(np.percentile(_lengths(found["explaining"]), 99))
    value = f"longest {longest:.0f} ms, p99 {p99:.0f} ms (the same page paused: longest {base:.0f} ms)"
    return [("dashboard while explanations compute", "no frame over 50 ms", value, longest <= 50)], lines


def _slow_rows() -> tuple[list[Row], list[str]]:
    found = slow_down()
    low, high = (100 * (found["lost"] + sign * found["half"]) for sign in (-1, 1))
    each = ", ".join(f"{100 * one:.0f}" for one in found["each"])
    seconds = statistics.median(found["seconds"])
    lines = [
        "",
        (
            f"Folds per second while all explanations of a trial were computed once ({seconds:.0f} s, median), "
            f"compared with quiet periods before and after: {each} % fewer in {len(found['each'])} periods; quiet: "
            f"{statistics.mean(found['quiet']):.2f} folds per second."
        ),
    ]
    value = f"{100 * found['lost']:.0f} % (95 % interval {low:.0f} to {high:.0f} %)"
    return [("slow-down of the search while every explanation is computed once", "10 %", value, high <= 10)], lines


if __name__ == "__main__":
    for part in main():
        print(part)
