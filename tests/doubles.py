"""Stand-ins at the engine's ports: an executor that scores by a formula, a clock moved by hand."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.space import Float, Int, Space
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task
from hitl_widget.engine.controller import Controller
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.engine.plan import Plan
from hitl_widget.evaluation.fold import FoldResult
from hitl_widget.evaluation.measures import MeasureResult
from hitl_widget.sampling.sampler import TpeSampler
from hitl_widget.workers.contract import Failure, FailureKind, Outcome

SPACE = Space(
    ("dummy", "line", "tree"),
    (Float("line.x", 0.0, 1.0, 0.5), Float("tree.rate", 1e-3, 1.0, 0.1, log=True), Int("tree.depth", 1, 8, 3)),
)
TASK = Task(
    *("y", Kind.BINARY, metric_named("roc_auc"), (Column("town", Role.CATEGORICAL, "", distinct=3),)),
    *(Split(SplitScheme.STRATIFIED, 3), 100),
    classes=("no", "yes"),
    class_counts=(60, 40),
    positive="yes",
)
STARTS = tuple(SPACE.complete({"family": name}) for name in ("dummy", "line", "tree"))


def formula(unit):
    """Dummy 0.5; the line best at x = 0.9; trees below; every fold a little harder than the one before."""
    config = unit.config
    base = {"dummy": 0.5, "line": 0.9 - (config.get("line.x", 0) - 0.9) ** 2, "tree": 0.7}[config["family"]]
    return base - 0.001 * unit.fold


def cost(config, name):
    """A further objective by a formula: a line is dear near 1, where its score is best; a tree is cheap."""
    at = {"dummy": 0.0, "line": config.get("line.x", 0.0), "tree": 0.1}[config["family"]]
    return {"predict_ms": 1.0 + 99.0 * at**4, "complexity": 10.0 + 1000.0 * at}.get(name, 1.0 - at)


class FormulaExecutor:
    """Fits nothing: scores and measures by formulas, in one thread, in order; can be held to look at what runs."""

    def __init__(self, score=formula, slots=1, hold=False, cost=cost):
        self.score = score
        self.cost = cost
        self.slots = slots
        self.submitted = []
        self.heard = {}
        self.busy = 0
        self._gate = threading.Event()
        if not hold:
            self._gate.set()
        self._queue = deque()
        self._ready = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def submit(self, key, call, done, *, seconds=None, background=False, heard=None):
        with self._ready:
            self.submitted.append((key, call, seconds))
            self.heard[key] = heard
            self.deliver = done
            self.busy += 1
            self._queue.append((key, call, done))
            self._ready.notify_all()

    def cancel(self, key):
        with self._ready:
            for item in list(self._queue):
                if item[0] == key:
                    self._queue.remove(item)
                    self.busy -= 1
                    item[2](Outcome(key, failure=Failure(FailureKind.CANCELLED, "cancelled")))

    def hold(self):
        self._gate.clear()

    def release(self):
        self._gate.set()

    def close(self):
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        self._gate.set()

    @property
    def closed(self):
        return self._closed

    def _run(self):
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._queue or self._closed)
                if self._closed:
                    return
            self._gate.wait()
            with self._ready:
                if not self._queue:
                    continue
                key, call, done = self._queue.popleft()
            outcome = self._outcome(key, call)
            self.busy -= 1
            done(outcome)

    def _outcome(self, key, call):
        if key.startswith("ensemble#"):
            return Outcome(key, ([(number, 1.0) for number in list(call.args[0])[:1]], 0.95, 0.01), seconds=0.001)
        if key.startswith("refit#"):
            return Outcome(key, None)
        if key.startswith("holdout#"):
            scores = {"ensemble": 0.81}
            offers = {name: tuple((one.trial, one.weight) for one in trials) for name, trials in call.args[0].items()}
            return Outcome(
                key,
                tuple(
                    OfferedModel(name, members, scores.get(name, 0.8), 0.75, 0.85, 5.0, 0.1)
                    for name, members in offers.items()
                ),
            )
        if key.startswith("measure#"):
            return self._measured(key, *call.args)
        unit = call.args[0]
        try:
            score = self.score(unit)
        except Exception as error:  # noqa: BLE001
            return Outcome(key, failure=Failure(FailureKind.ERROR, str(error), "Traceback …"))
        predictions = np.full(4, score, np.float32)
        hints = {"rounds": 7}
        measures = {name: self.cost(unit.config, name) for name in unit.measure}
        result = FoldResult(
            unit.trial, unit.fold, score, predictions, 0.1, 0.0, 0.1, 0.0, 4, hints, (), 10, None, measures
        )
        return Outcome(key, result, seconds=0.1)

    def _measured(self, key, jobs, definitions):
        results = []
        for job in jobs:
            result = MeasureResult(job.trial)
            for name in job.names:
                try:
                    result.values[name] = self.cost(job.config, name)
                except ArithmeticError as error:
                    result.problems[name] = str(error)
            results.append(result)
        return Outcome(key, results, seconds=0.001)


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.time = 1000.0

    def now(self):
        return self.time

    def monotonic(self):
        return self.time


class Stage:
    """A controller with its stand-ins, and a way to wait for what happens."""

    def __init__(
        self,
        folder,
        *,
        executor=None,
        records=(),
        create=True,
        advisor=None,
        preference_learner=None,
        tables=None,
        known_warnings=None,
        sampler=lambda made: made,
        **plan,
    ):
        self.executor = executor or FormulaExecutor()
        self.clock = HandClock()
        self.place = folder / "s.sqlite"
        settings = {
            "settings": {},
            "space": SPACE,
            "starts": STARTS,
            "baselines": frozenset({"dummy"}),
            "constant": "dummy",
            "labels": {},
            "folds": 3,
            "seed": 0,
            "budget_seconds": None,
            "budget_trials": 10,
            "holdout_rows": 5,
            "folder": folder / "scratch",
        }
        settings.update(plan)
        self.plan = Plan(**settings)
        self.plan.folder.mkdir(exist_ok=True)
        self.records = []
        self._changed = threading.Condition()
        self.controller = Controller(
            self.plan,
            journal=lambda: SqlJournal(self.place, create=create),
            executor=self._executor,
            sampler=lambda _state: sampler(TpeSampler(SPACE, never=frozenset({"dummy"}), seed=self.plan.seed)),
            advisor=None if advisor is None else lambda: advisor,
            preference_learner=preference_learner,
            tables=tables,
            known_warnings=known_warnings,
            clock=self.clock,
            records=records,
        )
        self.controller.subscribe(self._hear)
        self.controller.open()

    def _executor(self):
        """The executor, or one like it when that was closed."""
        if self.executor.closed:
            self.executor = FormulaExecutor(self.executor.score, self.executor.slots, cost=self.executor.cost)
        return self.executor

    def _hear(self, _state, records):
        with self._changed:
            self.records += records
            self._changed.notify_all()

    def do(self, command, **kwargs):
        return self.controller.send(command, **kwargs).result(10)

    def until(self, test, timeout=10):
        """Wait until the published state passes a test; returns the state."""
        with self._changed:
            assert self._changed.wait_for(lambda: test(self.controller.state), timeout), self.controller.state
        return self.controller.state

    def close(self):
        self.controller.close()
