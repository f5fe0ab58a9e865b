"""Gain from steering: scripted users on test functions, compared with Optuna alone.

`python -m benchmarks steering` (a quarter of an hour on one core) or `python -m benchmarks.steering --quick`.
The seeds, from 20,000 on, are used for nothing else: everything was tuned on seeds below 10,000.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import optuna

from benchmarks.functions import FUNCTIONS, Function
from benchmarks.steerers import (
    Optuna,
    beliefs_of,
    best_within,
    boxed,
    interval,
    noisy,
    ours,
    pooled,
    with_noise,
    with_parameter,
)
from hitl_widget.domain.belief import Belief
from hitl_widget.domain.space import Categorical, Config, Float, Int, Space
from hitl_widget.domain.trial import TrialState
from hitl_widget.sampling.axes import Axes
from hitl_widget.sampling.tpe import distribution_of
from tests.searches import Search

Row = tuple[str, str, str, bool]

FIRST = 20_000
RIVALS = ("ours", "anew", "naive", "fresh")
EDIT_AT, EDIT_TRIALS, BELIEF_TRIALS, JUDGED_AT = 40, 100, 60, 30
NOISES = (0.0, 0.02)
"""Noise of a score, in units of the default configuration's regret."""

NOTE = (
    "Medians over seeds, with 95 % bootstrap intervals in brackets. Regret is the distance of the best "
    "configuration's true score from the optimum. Noise is in units of the default configuration's regret. Part of the "
    "gain over Optuna comes from the surrogate. *Ours, fresh start* is our own sampler restarted at the edit, which "
    "shows the value of the earlier evidence separately."
)


def from_first(seeds: int) -> range:
    """Return the seeds of the benchmark."""
    return range(FIRST, FIRST + seeds)


# -- edits ------------------------------------------------------------------------------------------------------------


def edit(function: Function, seed: int, noise: float, *, narrow: bool) -> dict[str, float]:
    """Return regrets at trial 100, for an edit at trial 40: ours, and the rivals."""
    small = boxed(function, seed, narrow=narrow)
    before, after = (function.space, small) if narrow else (small, function.space)
    found = {}
    search = ours(before, noisy(function, noise, seed), seed)
    search.run(EDIT_AT)
    search.steer(space=after)
    search.run(EDIT_TRIALS - EDIT_AT)
    found["ours"] = best_within(function, after, [trial.config for trial in search.state.trials])
    anew = ours(after, search.score, seed + 1)
    anew.run(EDIT_TRIALS - EDIT_AT)
    kept = [trial.config for trial in search.state.trials][:EDIT_AT]
    found["anew"] = best_within(function, after, [*kept, *(trial.config for trial in anew.state.trials)])
    rival = Optuna(noisy(function, noise, seed), seed)
    rival.run(before, EDIT_AT)
    seen = list(rival.configs)
    rival.run(after, EDIT_TRIALS - EDIT_AT)
    found["naive"] = best_within(function, after, rival.configs)
    fresh = Optuna(rival.score, seed + 1)
    fresh.run(after, EDIT_TRIALS - EDIT_AT)
    found["fresh"] = best_within(function, after, [*seen, *fresh.configs])
    return found


def edits(seeds: int, *, narrow: bool) -> tuple[Row, list[str]]:
    """Measure the edits on all functions."""
    name = "narrowing" if narrow else "widening"
    lines, cells = [], []
    for function, noise in itertools.product(FUNCTIONS.values(), NOISES):
        runs = [edit(function, seed, noise, narrow=narrow) for seed in from_first(seeds)]
        by = {rival: np.array([run[rival] for run in runs]) for rival in RIVALS}
        cells.append(by)
        low, high = interval(lambda at, by=by: edit_ratio(by, at), seeds)
        medians = " | ".join(f"{np.median(by[rival]):.2g}" for rival in RIVALS)
        lines.append(
            f"| {name} | {function.name}{with_noise(noise)} | {medians} "
            f"| {edit_ratio(by, slice(None)):.3f} ({low:.3f}–{high:.3f}) |"
        )
    value, low, high = pooled(lambda cell, at: edit_ratio(cell, at), cells, seeds)
    what = (
        f"after {name} at trial {EDIT_AT} of {EDIT_TRIALS}: regret against the better of naive Optuna edit, fresh start"
    )
    row = (
        what,
        "1/3",
        f"{value:.3f} ({low:.3f}–{high:.3f}; geometric mean of {len(cells)} settings, {seeds} seeds each)",
        value <= 1 / 3,
    )
    return row, lines


def edit_ratio(by: dict[str, np.ndarray], at: object) -> float:
    """Return our median regret over the better rival's."""
    return float(np.median(by["ours"][at]) / min(np.median(by["naive"][at]), np.median(by["fresh"][at])))


# -- beliefs ----------------------------------------------------------------------------------------------------------


def believing(function: Function, seed: int, noise: float, beliefs: tuple[Belief, ...], trials: int) -> Search:
    """Return a search that ran under beliefs stated before the first trial."""
    search = ours(function.space, noisy(function, noise, seed), seed)
    if beliefs:
        search.steer(beliefs=beliefs)
    search.run(trials)
    return search


def path(function: Function, configs: Sequence[Config]) -> np.ndarray:
    """Return the lowest true regret after each trial."""
    return np.minimum.accumulate([function.regret(config) for config in configs])


def good_beliefs(seeds: int) -> tuple[Row, list[str]]:
    """Measure how soon a good belief reaches what plain Optuna TPE has at trial 60."""
    lines, cells = [], []
    for function, noise in itertools.product(FUNCTIONS.values(), NOISES):
        plain, led, alone = [], [], []
        for seed in from_first(seeds):
            rival = Optuna(noisy(function, noise, seed), seed)
            rival.run(function.space, BELIEF_TRIALS)
            plain.append(path(function, rival.configs))
            for into, beliefs in ((led, beliefs_of(function, seed, good=True)), (alone, ())):
                search = believing(function, seed, noise, beliefs, BELIEF_TRIALS)
                into.append(path(function, [trial.config for trial in search.state.trials]))
        cell = {"plain": np.array(plain), "led": np.array(led), "alone": np.array(alone)}
        cells.append(cell)
        low, high = interval(lambda at, cell=cell: reached(cell, "led", at), seeds)
        lines.append(
            f"| {function.name}{with_noise(noise)} | {np.median(cell['plain'][:, -1]):.2g} "
            f"| {reached(cell, 'led', slice(None)):.0f} ({low:.0f}–{high:.0f}) "
            f"| {reached(cell, 'alone', slice(None)):.0f} |"
        )
    value, low, high = pooled(lambda cell, at: reached(cell, "led", at) / BELIEF_TRIALS, cells, seeds)
    row = (
        "good belief (σ 10 % of the range, centre off by 5 %): trials to what Optuna's TPE has at trial 60",
        "1/3",
        f"{value:.3f} ({low:.3f}–{high:.3f}; geometric mean of {len(cells)} settings, {seeds} seeds each)",
        value <= 1 / 3,
    )
    return row, lines


def reached(cell: dict[str, np.ndarray], which: str, at: object) -> float:
    """Return the median trial at which a search has the rival's median regret at its end; twice the run if never."""
    level = np.median(cell["plain"][at, -1])
    paths = cell[which][at]
    first = np.where((paths <= level).any(axis=1), (paths <= level).argmax(axis=1) + 1, 2 * paths.shape[1])
    return float(np.median(first))


def misleading_beliefs(seeds: int) -> tuple[Row, list[str]]:
    """Measure what a misleading belief costs our search at trial 60."""
    lines, cells = [], []
    for function, noise in itertools.product(FUNCTIONS.values(), NOISES):
        cell: dict[str, np.ndarray] = {}
        bad = beliefs_of(function, 0, good=False)
        for which, beliefs in (("alone", ()), ("misled", bad)):
            runs = [believing(function, seed, noise, beliefs, BELIEF_TRIALS) for seed in from_first(seeds)]
            cell[which] = np.array([path(function, [one.config for one in run.state.trials])[-1] for run in runs])
        cells.append(cell)
        low, high = interval(lambda at, cell=cell: misled_ratio(cell, at), seeds)
        worse = float((cell["misled"] > cell["alone"]).mean())
        lines.append(
            f"| {function.name}{with_noise(noise)} | {np.median(cell['alone']):.2g} | {np.median(cell['misled']):.2g} "
            f"| {misled_ratio(cell, slice(None)):.2f} ({low:.2f}–{high:.2f}) | {100 * worse:.0f} % |"
        )
    value, low, high = pooled(misled_ratio, cells, seeds)
    worse = f"worse in {100 * np.mean([cell['misled'] > cell['alone'] for cell in cells]):.0f} % of the runs"
    row = (
        "misleading belief (centre in the worst corner): regret at trial 60 against our search without it",
        "1.1",
        f"{value:.2f} ({low:.2f}–{high:.2f}; geometric mean of {len(cells)} settings, {seeds} seeds each); {worse}",
        value <= 1.1,
    )
    return row, lines


def misled_ratio(cell: dict[str, np.ndarray], at: object) -> float:
    """Return the median regret under the belief over that without."""
    return float(np.median(cell["misled"][at]) / np.median(cell["alone"][at]))


def verdicts(seeds: int) -> tuple[Row, list[str]]:
    """Measure how often a verdict after 30 trials is right; idle beliefs are about what has no influence."""
    told = {kind: {"supported": 0, "undecided": 0, "contradicted": 0} for kind in ("good", "misleading", "idle")}
    for function, seed in itertools.product(FUNCTIONS.values(), from_first(seeds)):
        space = Space(function.space.families, (*function.space.parameters, Float("f.idle", 0.0, 1.0, 0.5)))
        centre = float(np.random.RandomState(seed).rand())
        stated = {
            "good": beliefs_of(function, seed, good=True),
            "misleading": beliefs_of(function, seed, good=False),
            "idle": (Belief("f.idle", centre, centre - 0.1, centre + 0.1),),
        }
        for kind, beliefs in stated.items():
            search = believing(replace(function, space=space), seed, 0.02, beliefs, JUDGED_AT)
            for verdict in search.sampler.verdicts(search.state):
                told[kind][str(verdict.kind)] += 1
    lines = []
    for kind, counts in told.items():
        total = sum(counts.values())
        lines.append(f"| {kind} | " + " | ".join(f"{100 * one / total:.0f} %" for one in counts.values()) + " |")
    wrong = told["good"]["contradicted"] + told["misleading"]["supported"]
    decided = sum(told[kind][side] for kind in ("good", "misleading") for side in ("supported", "contradicted"))
    row = (
        f"verdicts after {JUDGED_AT} trials: right, of those that decide",
        "–",
        f"{100 * (1 - wrong / max(decided, 1)):.0f} % of {decided}",
        True,
    )
    return row, lines


# -- other acts ------------------------------------------------------------------------------------------------------


def acts(seeds: int) -> Row:
    """Remove, add and re-add categories, switch log, add a learner, at trial 40; count what goes wrong."""
    function = FUNCTIONS["mixed5"]
    space = function.space
    steps: list[Callable[[Space], Space]] = [
        lambda now: with_parameter(now, replace(now["f.kind"], choices=("b", "c"), default="b")),
        lambda now: with_parameter(now, replace(now["f.kind"], choices=("a", "b"), default="b")),
        lambda now: with_parameter(now, replace(now["f.kind"], choices=("a", "b", "c"))),
        lambda now: with_parameter(now, replace(now["f.rate"], log=False)),
        lambda now: with_parameter(now, replace(now["f.rate"], log=True)),
        lambda now: Space((*now.families, "g"), (*now.parameters, Float("g.x", 0.0, 1.0, 0.5))),
    ]
    failed = left = lost = asked = 0
    for seed in from_first(seeds):

        def score(config: Config) -> float:
            return function.score(config) if config["family"] == "f" else -1.0

        search = ours(space, score, seed)
        search.run(EDIT_AT)
        now = space
        for step in steps:
            now = step(now)
            search.steer(space=now)
            for _ in range(5):
                asked += 1
                try:
                    search.sampler.propose(search.state)  # never begun: must leave nothing
                    failed += search.step().config not in now
                except Exception:  # noqa: BLE001
                    failed += 1
            evidence = {name: one.evidence for name, one in search.sampler._searches.items()}
            left += sum(len(one.running()) for one in evidence.values())
            inside = now.contains()
            fit = sum(inside(trial.config) for trial in search.state.trials if trial.state is TrialState.COMPLETE)
            lost += fit - sum(len(one.arrays()[0]) for one in evidence.values())
    return (
        "remove, add, re-add categories; switch log; new learner, at trial 40",
        "no failed ask, no zombie, all evidence kept",
        f"{failed} of {asked} asks failed, {left} zombies, {lost} trials of evidence lost",
        not (failed or left or lost),
    )


# -- time -------------------------------------------------------------------------------------------------------------

WIDE = Space(
    ("f",),
    (
        *(Float(f"f.x{i}", 0.0, 1.0, 0.5) for i in range(6)),
        *(Int(f"f.n{i}", 1, 200, 5, log=True) for i in range(2)),
        *(Categorical(f"f.c{i}", ("a", "b", "c"), "a") for i in range(2)),
    ),
)


def long_search(trials: int) -> tuple[Search, Optuna]:
    """Return the same random record in our search and in an Optuna study."""
    rng = np.random.RandomState(0)
    axes = Axes(WIDE, "f")

    def score(config: Config) -> float:
        return -sum((float(config[f"f.x{i}"]) - 0.3) ** 2 for i in range(6)) + 0.01 * rng.randn()

    search, rival = ours(WIDE, score, 0), Optuna(score, 0)
    distributions = {one.name: distribution_of(one) for one in WIDE}
    for row in axes.uniform(rng, trials):
        config = axes.config(row)
        number = search.measure(config)
        params = {name: config[name] for name in distributions}
        value = search.state.trials[number].score
        rival.study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
    return search, rival


def ask_times(trials: int, asks: int = 40) -> Row:
    """Measure an ask, ours and Optuna's in turn, each trial ended before the next."""
    search, rival = long_search(trials)
    distributions = {one.name: distribution_of(one) for one in WIDE}
    mine, theirs = [], []
    for _ in range(asks):
        begun = time.perf_counter()
        proposal = search.sampler.propose(search.state)
        mine.append(time.perf_counter() - begun)
        search.measure(proposal.config)
        begun = time.perf_counter()
        trial = rival.study.ask(distributions)
        theirs.append(time.perf_counter() - begun)
        rival.study.tell(trial, rival.score({"family": "f", **trial.params}))
    one, other = statistics.fmean(mine), statistics.fmean(theirs)
    return (
        f"time per ask at {trials:,} trials, 10 hyperparameters: no more than Optuna's own TPE",
        f"{1000 * other:.0f} ms",
        f"{1000 * one:.0f} ms (means of {asks} in turn)",
        one <= other,
    )


def edit_time(trials: int = 3000, edits: int = 7) -> Row:
    """Measure the sampler's part of an edit: reading the record under the new space and the first proposal."""
    search, _ = long_search(trials)
    search.run(1)
    spent = []
    for number in range(edits):
        wider = replace(WIDE["f.x0"], high=1.0 + 0.1 * (number + 1))
        search.steer(space=with_parameter(WIDE, wider))
        begun = time.perf_counter()
        search.sampler.read(search.state)
        search.sampler.propose(search.state)
        spent.append(time.perf_counter() - begun)
    return (
        f"an edit with {trials:,} trials on record: the sampler's part, read and first proposal",
        "0.5 s",
        f"{statistics.median(spent):.2f} s (longest of {edits}: {max(spent):.2f} s)",
        max(spent) <= 0.5,
    )


def main(quick: bool = False) -> tuple[list[Row], list[str]]:
    """Return rows (what, at least, measured, reached) and the tables behind them."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    few, many = (6, 8) if quick else (20, 60)
    rows: list[Row] = []
    head = "| edit at trial 40 of 100 | function | ours | ours, fresh start | naive Optuna edit | fresh Optuna "
    lines = [
        NOTE,
        "",
        head + "| ours / better rival |",
        "|---|---|---|---|---|---|---|",
    ]
    for narrow in (False, True):
        row, more = edits(few, narrow=narrow)
        rows.append(row)
        lines += more
    row, more = good_beliefs(few)
    rows.append(row)
    lines += [
        "",
        "| good belief | Optuna's regret at 60 | our trials to it | without the belief |",
        "|---|---|---|---|",
    ]
    lines += more
    row, more = misleading_beliefs(many)
    rows.append(row)
    lines += [
        "",
        "| misleading belief | regret at 60 without | with | with / without | worse than without, of seeds |",
        "|---|---|---|---|---|",
        *more,
    ]
    row, more = verdicts(max(few // 2, 4))
    rows.append(row)
    lines += ["", "| belief | supported | undecided | contradicted |", "|---|---|---|---|", *more]
    rows += [acts(few), edit_time(), ask_times(1000), ask_times(3000)]
    return rows, lines


if __name__ == "__main__":
    found, tables = main("--quick" in sys.argv)
    sys.stdout.write("\n".join([*(json.dumps(row, ensure_ascii=False) for row in found), "", *tables]) + "\n")
