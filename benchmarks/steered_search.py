"""Effect of ten answers on a running search, compared with a search on the metric alone, at equal trials.

Protocol: the ten tables of `benchmarks.fronts` with at most 400 rows each, and two people per table, each with their
own session seed. These are 20 people of three kinds (`benchmarks.people`), with a hidden utility over the metric,
prediction time, complexity and columns used. Sessions have one worker, no holdout and 45 trials over all families
except the two that are slow on few rows (CatBoost, MLP). The search runs to 12 complete trials and is paused. Its
journal is copied, so that both arms share everything up to the first answer. *On the metric* continues to trial 45
without answers. *Steered* gets five answers there and five more at 22 complete trials, through `next_pair` and
`prefer`, and continues to trial 45. A person knows only the values of the two trials in question. Answers have noise
of 2 % of the range of the utility, and below 2 % the trials are about equal.

The scale of a person's utility is fixed before the first answer and is the same for both arms. Each axis runs from
the worst to the best of all trials of both searches on the metric of that table (times and complexity in logarithms;
a range is at least a factor of 4, or a quarter of the columns). Utility is 0 % at the worst of these trials and 100 %
at the best. It is not clipped: a trial better than all of them has more than 100 %.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks.fronts import DATA, TABLES
from benchmarks.people import KINDS, Person, utility_of
from hitl_widget.domain.preference import Axis
from hitl_widget.domain.trial import TrialState
from hitl_widget.session.runtime import runtime_of

Row = tuple[str, str, str, bool]
OBJECTIVES = ("predict_ms", "complexity", "columns_used")
AXES = (
    Axis("score"),
    Axis("predict_ms", "lower", log=True),
    Axis("complexity", "lower", log=True),
    Axis("columns_used", "lower"),
)
ROWS, TRIALS, FIRST_SEED = 400, 45, 3000
PEOPLE = 2
ROUNDS, ANSWERS = (12, 22), 5
SLOW = ("catboost", "mlp")
PATIENCE = 600.0
WHAT = "search steered by 10 answers against a search on the wrong single metric: true utility at equal trials"
# Closer than this, in utility from 0 to 1, two arms are level.
LEVEL = 0.005


class Seen(NamedTuple):
    """The complete trials of a search, without baselines: numbers, scores and objectives, shape (trials, 4)."""

    numbers: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Truth:
    """The hidden utility of a simulated person, on a scale that no arm changes."""

    kind: str
    seed: int
    low: np.ndarray
    span: np.ndarray
    ends: tuple[float, float] = (0.0, 1.0)

    @classmethod
    def of(cls, kind: str, seed: int, reference: np.ndarray, columns: int) -> Truth:
        """Scale a person's utility by reference trials of a table with so many columns."""
        known = _plain(reference)
        least = np.array([1e-9, np.log(4.0), np.log(4.0), columns / 4])
        span = np.maximum(np.ptp(known, axis=0), least)
        low = known.max(axis=0) - span
        raw = cls(kind, seed, low, span)._raw(known)
        return cls(kind, seed, low, span, (float(raw.min()), float(raw.max())))

    def utility(self, values: np.ndarray) -> np.ndarray:
        """Return the utility of trials: 0 at the worst of the reference trials, 1 at the best."""
        bottom, top = self.ends
        return (self._raw(_plain(values)) - bottom) / max(top - bottom, 1e-9)

    def _raw(self, plain: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng([99, KINDS.index(self.kind), self.seed])
        return utility_of(self.kind, (plain - self.low) / self.span, rng)


def _plain(values: np.ndarray) -> np.ndarray:
    """Return values, greater is better, in logarithms where people think in ratios."""
    log = np.array([axis.log for axis in AXES])
    found: np.ndarray = np.where(log, np.log(np.where(log, np.maximum(values, 1e-3), 1.0)), values)
    found *= [axis.sign for axis in AXES]
    return found


# -- sessions ---------------------------------------------------------------------------------------------------------


@contextmanager
def opened(place: Path) -> Iterator[Any]:
    """Take a session up."""
    from hitl_widget import AutoMLSession

    session = AutoMLSession.load(place)
    try:
        yield session
    finally:
        session.close()


def begin(name: str, table: pd.DataFrame, seed: int, place: Path) -> int:
    """Run the start that both arms share; return the number of columns."""
    from hitl_widget import AutoMLSession

    target, kind = TABLES[name]
    metric = "rmse" if kind == "regression" else None  # few rows of whole numbers could be taken for classes
    limits: dict[str, Any] = {"holdout": 0, "max_trials": TRIALS, "workers": 1}
    session = AutoMLSession(table, target, metric=metric, seed=seed, journal=place, **limits)
    try:
        session.exclude(*(one for one in SLOW if one in session.space.families))
        session.objectives(*OBJECTIVES)
        run_to(session, ROUNDS[0])
    finally:
        session.close()
    return table.shape[1] - 1


def run_to(session: Any, complete: int | None = None) -> None:
    """Run until so many trials are complete, then pause; or to the end."""
    until = time.perf_counter() + PATIENCE
    session.resume() if session.state.started else session.start()
    while (complete is None or session.state.count(TrialState.COMPLETE) < complete) and not session.wait(0.05):
        _check(until, "a search did not come to its trials")
    if session.state.phase == "running":
        session.pause()
    while len(seen(session).numbers) < len(_complete(session)):  # a pause leaves a trial between its folds
        _check(until, "a trial was not measured")
        time.sleep(0.02)


def _check(until: float, problem: str) -> None:
    if time.perf_counter() > until:
        raise TimeoutError(problem)


def _complete(session: Any) -> pd.DataFrame:
    frame = session.trials
    baselines = runtime_of(session).words.baselines
    complete: pd.DataFrame = frame[(frame.state == "complete") & ~frame.family.isin(baselines)]
    return complete


def seen(session: Any) -> Seen:
    """Return the complete trials whose objectives are all measured."""
    frame = _complete(session).dropna(subset=["score", *OBJECTIVES])
    return Seen(frame.number.to_numpy(), frame[["score", *OBJECTIVES]].to_numpy(float))


def ask(session: Any, truth: Truth, rng: np.random.Generator, answers: int) -> int:
    """Let a person answer pairs; return how many were asked."""
    for count in range(answers):
        pair = session.next_pair()
        if pair is None:
            return count
        frame = session.trials.set_index("number").loc[list(pair), ["score", *OBJECTIVES]]
        person = Person(truth.utility(frame.to_numpy(float)), np.ones(2, bool), rng)
        session.prefer(*pair, str(person.answer(0, 1)))
    return answers


# -- arms -------------------------------------------------------------------------------------------------------------


def unsteered(place: Path) -> dict[str, Any]:
    """Let a search on the metric go on to its end."""
    with opened(place) as session:
        begun = time.perf_counter()
        run_to(session)
        best = session.state.best
        return {"seen": seen(session), "pick": best, "seconds": time.perf_counter() - begun} | _counts(session)


def steered(place: Path, truth: Truth) -> dict[str, Any]:
    """Let a search go on to its end with answers on the way."""
    with opened(place) as session:
        rng, begun, asked = np.random.default_rng([98, truth.seed]), time.perf_counter(), 0
        for stop in (*ROUNDS[1:], None):
            asked += ask(session, truth, rng, ANSWERS)
            run_to(session, stop)
        found = {"seen": seen(session), "pick": session.preferred_trial(), "seconds": time.perf_counter() - begun}
        learnt = runtime_of(session).preference_model.assess(session.state, fresh=True).utility
        return found | {"asked": asked, "learnt": learnt} | _counts(session)


def _counts(session: Any) -> dict[str, int]:
    return {"trials": session.state.ended, "stopped": int((session.trials.state == "stopped").sum())}


def afterwards(place: Path, truth: Truth) -> int | None:
    """Let the same person answer as many pairs after a search on the metric; return the number of their trial."""
    with opened(place) as session:
        ask(session, truth, np.random.default_rng([98, truth.seed]), ANSWERS * len(ROUNDS))
        chosen: int | None = session.preferred_trial()
        return chosen


def by_learnt(learnt: Any, trials: Seen) -> int:
    """Return which of these trials an utility learnt elsewhere expects to be the best."""
    values = trials.values.copy()
    values[:, 0] *= learnt.axes[0].sign  # people read losses and errors
    return int(trials.numbers[np.argmax(learnt.predict(values)[0])])


def table_runs(name: str, place: int) -> list[dict[str, Any]]:
    """Run all people before one table."""
    target = TABLES[name][0]
    table = pd.read_csv(DATA / f"{name}.csv").dropna(subset=[target])
    table = table.sample(frac=1, random_state=0).reset_index(drop=True)[:ROWS]
    with tempfile.TemporaryDirectory() as folder:
        seeds = [FIRST_SEED + PEOPLE * place + one for one in range(PEOPLE)]
        starts = [Path(folder) / f"{seed}.sqlite" for seed in seeds]
        plain = [Path(folder) / f"{seed}_metric.sqlite" for seed in seeds]
        rivals, columns = [], 0
        for seed, start, copy in zip(seeds, starts, plain, strict=True):
            columns = begin(name, table, seed, start)
            shutil.copy(start, copy)
            rivals.append(unsteered(copy))
        reference = np.concatenate([one["seen"].values for one in rivals])
        found = []
        for seed, start, copy, rival in zip(seeds, starts, plain, rivals, strict=True):
            truth = Truth.of(KINDS[(seed - FIRST_SEED) % 3], seed, reference, columns)
            ours = steered(start, truth)
            found.append({"table": name, **_figures(truth, ours, rival, afterwards(copy, truth))})
    return found


def _figures(truth: Truth, ours: dict[str, Any], rival: dict[str, Any], late: int | None) -> dict[str, Any]:
    """Return the true utility of what each arm recommends, and of the best it found."""
    of_ours, of_rival = (
        dict(zip(arm["seen"].numbers.tolist(), truth.utility(arm["seen"].values).tolist(), strict=True))
        for arm in (ours, rival)
    )
    return {
        "kind": truth.kind,
        "seed": truth.seed,
        "steered": of_ours[ours["pick"]],
        "metric": of_rival[rival["pick"]],
        "choice": of_rival[by_learnt(ours["learnt"], rival["seen"])],
        "late": of_rival[late],
        "steered_best": max(of_ours.values()),
        "metric_best": max(of_rival.values()),
        "asked": ours["asked"],
        "stopped": (ours["stopped"], rival["stopped"]),
        "trials": (ours["trials"], rival["trials"]),
        "seconds": (ours["seconds"], rival["seconds"]),
    }


# -- report -----------------------------------------------------------------------------------------------------------

COLUMNS = {
    "steered": "steered",
    "metric": "best by the metric",
    "choice": "its answers, on the metric's trials",
    "late": "ten answers after the search on the metric",
    "steered_best": "best found, steered",
    "metric_best": "best found, on the metric",
}


def report(found: list[dict[str, Any]]) -> tuple[list[Row], list[str]]:
    """Return the row of the table of figures, and the section."""
    frame = pd.DataFrame(found)
    tables = frame.groupby("table", sort=False)[list(COLUMNS)].median()
    wins = int((tables.steered > tables.metric + LEVEL).sum())
    middle = frame[list(COLUMNS)].median()
    ran = "" if len(tables) == len(TABLES) else f" that were run, of {len(TABLES)}"
    value = f"better on {wins} of {len(tables)} tables{ran}; {_wins(frame, 'steered', 'metric')}"
    value += f"; medians {100 * middle.steered:.0f} % against {100 * middle.metric:.0f} %"
    protocol, scale = (" ".join(one.split()) for one in (__doc__ or "").split("\n\n")[1:])
    lines = [protocol, "", scale, ""]
    left = [name for name in TABLES if name not in tables.index]
    if left:
        lines += [f"**Cut short: {len(frame)} people; not run: {', '.join(left)}.**", ""]
    lines += [f"| median of the people | people | {' | '.join(COLUMNS.values())} |", "|---" * (len(COLUMNS) + 2) + "|"]
    for name, own in frame.groupby("table", sort=False):
        lines.append(f"| {name} | {', '.join(own.kind)} | {_cells(own)} |")
    for kind, own in frame.groupby("kind", sort=False):
        lines.append(f"| all, {kind} | {len(own)} | {_cells(own)} |")
    lines += [f"| all | {len(frame)} | {_cells(frame)} |", "", *_sentences(frame)]
    return [(WHAT, "better on every table", value, bool(wins == len(TABLES)))], lines


def _cells(frame: pd.DataFrame) -> str:
    return " | ".join(f"{100 * frame[name].median():.0f} %" for name in COLUMNS)


def _wins(frame: pd.DataFrame, one: str, other: str) -> str:
    apart = frame[one] - frame[other]
    better, worse = int((apart > LEVEL).sum()), int((apart < -LEVEL).sum())
    return f"{better} of {len(frame)} people better off, {len(frame) - better - worse} level, {worse} worse"


def _sentences(frame: pd.DataFrame) -> list[str]:
    """Return sentences that separate the effect of the search from that of the choice."""
    stopped, seconds = (np.array(frame[name].tolist()).mean(axis=0) for name in ("stopped", "seconds"))
    pairs = {
        "Steered against best by the metric": ("steered", "metric"),
        "Steered against its own answers applied to the trials of the search on the metric": ("steered", "choice"),
        "Steered against ten answers after the search on the metric": ("steered", "late"),
        "Best trial found, steered against on the metric": ("steered_best", "metric_best"),
    }
    lines = []
    for words, (one, other) in pairs.items():
        gain = 100 * (frame[one] - frame[other])
        spread = f"{gain.min():+.0f} to {gain.max():+.0f}"
        middle = f"median {gain.median():+.1f} points, mean {gain.mean():+.1f} ({spread})"
        lines += [f"* {words}: {_wins(frame, one, other)}; {middle}."]
    first = (
        "The first comparison combines choice and search; the others separate them. Level means within half a point."
    )
    last = f"Answers asked: {frame.asked.mean():.1f} on average (no question is asked if an answer would hardly change "
    last += f"the recommendation). Trials stopped early: {stopped[0]:.1f} steered, {stopped[1]:.1f} on the metric. "
    last += f"Seconds after the shared start: {seconds[0]:.0f} and {seconds[1]:.0f}: "
    last += "the number of trials is equal, the time is not."
    return [first, "", *lines, "", last]


def main(only: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Run every table, one after the other; print as it goes."""
    warnings.filterwarnings("ignore")
    begun, found = time.perf_counter(), []
    for place, name in enumerate(TABLES):
        if only and name not in only:
            continue
        for one in table_runs(name, place):
            found.append(one)
            print(json.dumps(one), file=sys.stderr, flush=True)
        print(f"# {name}: {time.perf_counter() - begun:.0f} s in all", file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    rows, section = report(main(tuple(sys.argv[1:])))
    print(rows, *section, sep="\n")
