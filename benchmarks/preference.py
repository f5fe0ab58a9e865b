"""Answers that simulated people need: our model, random pairs, other models, and optuna-dashboard's.

Protocol: 60 synthetic fronts of 100 candidates in 2 to 5 objectives, one seed each, and 10 tables with 60 measured
models in five objectives, three people each (`fronts`, `people`). Per answer a pair is asked, the person answers by a
hidden utility, and the share of the best available true utility that the recommendation reaches is noted: 100 % is the
best candidate of the Pareto front, 0 % the mean of the front, which is what a random pick from it gets (so a share can
be negative). The seeds were not used while the model was made.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks import preference_models as models
from benchmarks.fronts import CACHE, TABLES, Candidates, measured, synthetic
from benchmarks.people import BLUR, KINDS, Person
from hitl_widget.domain.preference import Comparison, Judgement
from hitl_widget.preference.inconsistencies import inconsistencies
from hitl_widget.preference.pairs import next_question
from hitl_widget.preference.summary import Extent, summarize
from hitl_widget.preference.utility import Utility, learn

Row = tuple[str, str, str, bool]
FIRST_SEED, SYNTHETIC, PER_TABLE = 1000, 60, 3
ANSWERS, ANSWERS_AT_RANDOM = 20, 30
RIVAL = Path(tempfile.gettempdir()) / "hitl_widget_rival"
RIVAL_RUNS, RIVAL_ANSWERS = 20, 15
# Other models and ways to ask are compared on the first so many synthetic cases.
COMPARED = 24


class Case(NamedTuple):
    """A person before candidates."""

    kind: str
    seed: int
    candidates: Candidates


def synthetic_cases(kinds: Iterable[str] = KINDS[:3], count: int = SYNTHETIC) -> list[Case]:
    """Each kind of person with each number of objectives."""
    kinds = tuple(kinds)
    size = len(kinds)
    return [Case(kinds[i % size], FIRST_SEED + i, synthetic(2 + (i // size) % 4, FIRST_SEED + i)) for i in range(count)]


def measured_cases() -> list[Case]:
    """A person of each kind before each table's models."""
    return [
        Case(KINDS[i % 3], FIRST_SEED + 100 * place + i, candidates)
        for place, candidates in enumerate(measured())
        for i in range(PER_TABLE)
    ]


def by_plan(utility: Utility, _rng: np.random.Generator) -> tuple[int, int] | None:
    """Ask as the package does, without stopping early."""
    question = next_question(utility, enough=0.0)
    return None if question is None else (question.first, question.second)


def trace(case: Case, ask: Callable[..., Any] = by_plan, fit: Callable[..., Any] = learn, **how: Any) -> dict[str, Any]:
    """Return the shares after 0, 1, 2, … answers, the answers, and which of them were wrong."""
    answers, wrong = how.get("answers", ANSWERS), how.get("wrong", 0.0)
    values, axes = case.candidates.values, case.candidates.axes
    person = Person.of(case.kind, case.candidates, case.seed, wrong)
    rng = np.random.default_rng(case.seed)
    given: list[Comparison] = []
    shares = []
    for count in range(answers + 1):
        utility = fit(axes, range(len(values)), values, given, seed=case.seed)
        shares.append(person.share(utility.recommendation()))
        pair = ask(utility, rng) if count < answers else None
        if pair is None:
            break
        given.append(Comparison(*pair, person.answer(*pair)))
    shares += shares[-1:] * (answers + 1 - len(shares))
    true = [person.utility[one.first] - person.utility[one.second] for one in given]
    contrary = [_contrary(one.answer, apart) for one, apart in zip(given, true, strict=True)]
    return {"shares": shares, "contrary": contrary, "utility": utility}


def _contrary(answer: Judgement, apart: float) -> bool:
    return abs(apart) > 0.05 and answer is not (Judgement.A if apart > 0 else Judgement.B)


def arm(cases: list[Case], *args: Any, **how: Any) -> np.ndarray:
    """Return the shares of all cases, shape (cases, answers + 1)."""
    return np.array([trace(case, *args, **how)["shares"] for case in cases])


def needed(shares: np.ndarray, share: float = 0.95, kept: int = 5) -> np.ndarray:
    """Return after how many answers each case has the share and keeps it for so many; one more than all where never."""
    enough = shares >= share
    last = enough.shape[1]
    held = np.array([enough[:, at : at + kept].all(axis=1) for at in range(last)]).T
    return np.where(held.any(axis=1), held.argmax(axis=1), last)


def rival(cases: list[Case]) -> np.ndarray | None:
    """Return the rival's shares, (cases, answers + 1, 2): best so far, and greatest mean; None without its packages."""
    python = RIVAL / "bin" / "python"
    if not python.exists():
        return None
    found = []
    for case in cases:
        person = Person.of(case.kind, case.candidates, case.seed)
        front = np.flatnonzero(person.front)
        x = Person.seen(case.candidates)[front]
        asked = {
            "x": x.tolist(),
            "utility": person.utility[front].tolist(),
            "seed": case.seed,
            "answers": RIVAL_ANSWERS,
            "blur": BLUR,
            "wrong": 0.0,
        }
        text = json.dumps([asked])
        file = CACHE / f"rival-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
        if not file.exists():
            script = Path(__file__).with_name("preference_rival.py")
            ran = subprocess.run([python, script], input=text, capture_output=True, text=True, check=True)
            CACHE.mkdir(exist_ok=True)
            file.write_text(ran.stdout)
        steps = json.loads(file.read_text())[0]
        found.append([[person.share(int(front[one])) for one in step] for step in steps])
    return np.array(found)


def wrong_found(cases: list[Case], wrong: float = 0.2) -> tuple[np.ndarray, int, int, int]:
    """Return the shares with wrong answers, and how many answers were doubted, contrary, and both."""
    shares, doubted, contrary, both = [], 0, 0, 0
    for case in cases:
        found = trace(case, wrong=wrong)
        shares.append(found["shares"])
        pointed = {one.position for one in inconsistencies(found["utility"])}
        false = {place for place, one in enumerate(found["contrary"]) if one}
        doubted, contrary, both = doubted + len(pointed), contrary + len(false), both + len(pointed & false)
    return np.array(shares), doubted, contrary, both


def exchanged(cases: list[Case]) -> tuple[int, int, int, int]:
    """Return, for linear people: rates of exchange, those in their 80 % interval, those called known, right ones.

    A rate is right within a factor of two; "next to nothing" where it is below a hundredth of the front's span, and
    "all that the candidates differ in" where it is above half of it.
    """
    rates = inside = known = right = 0
    for case in cases:
        person = Person.of(case.kind, case.candidates, case.seed)
        utility = trace(case)["utility"]
        x = Person.seen(case.candidates)
        slopes = np.linalg.lstsq(np.column_stack([x, np.ones(len(x))]), person.utility, rcond=None)[0]
        for take, trade in enumerate(summarize(utility).trade_offs, 1):
            axis, span = utility.axes[take], utility.scale.span
            step = np.log(2.0) if axis.log else trade.gain
            true = span[0] * slopes[take] * step / span[take] / slopes[0]
            rates, inside = rates + 1, inside + (trade.low <= true <= trade.high)
            close = {
                Extent.NOTHING: true <= 0.01 * span[0],
                Extent.SOME: trade.amount / 2 <= true <= trade.amount * 2,
                Extent.EVERYTHING: true >= 0.5 * span[0],
            }[trade.extent]
            known, right = known + trade.known, right + (trade.known and close)
    return rates, inside, known, right


def milliseconds(candidates: int = 500, answers: int = 50, size: int = 5, repeats: int = 20) -> dict[str, np.ndarray]:
    """Wall time and processor time of learning and choosing the next pair."""
    found: dict[str, list[float]] = {"learn": [], "both": [], "cpu": []}
    for seed in range(repeats):
        case = Case("linear", FIRST_SEED + seed, synthetic(size, FIRST_SEED + seed, candidates))
        person, rng = Person.of(case.kind, case.candidates, case.seed), np.random.default_rng(seed)
        pairs = [rng.choice(candidates, 2, replace=False).tolist() for _ in range(answers)]
        given = [Comparison(a, b, person.answer(a, b)) for a, b in pairs]
        begun, cpu = time.perf_counter(), time.process_time()
        utility = learn(case.candidates.axes, range(candidates), case.candidates.values, given)
        middle = time.perf_counter()
        next_question(utility, enough=0.0)
        found["both"].append(time.perf_counter() - begun)
        found["learn"].append(middle - begun)
        found["cpu"].append(time.process_time() - cpu)
    return {name: 1000 * np.array(times) for name, times in found.items()}


def main() -> dict[str, Any]:
    """Measure everything; shares by arm."""
    fronts, tables = synthetic_cases(), measured_cases()
    both = fronts + tables
    arms: dict[str, Any] = {"time": milliseconds()}
    for name, run in (
        ("ours", lambda: arm(both)),
        ("random", lambda: arm(both, models.at_random, answers=ANSWERS_AT_RANDOM)),
        ("wrong", lambda: wrong_found(both)),
        ("rival", lambda: rival(fronts[:RIVAL_RUNS])),
        ("exchanged", lambda: exchanged([case for case in fronts if case.kind == "linear"])),
        ("product", lambda: arm(synthetic_cases(("product",), 20))),
        ("BALD", lambda: arm(fronts[:COMPARED], models.by_information)),
        ("value of the answer", lambda: arm(fronts[:COMPARED], models.by_value)),
        ("linear Bradley–Terry, EUBO", lambda: arm(fronts[:COMPARED], models.by_best, models.straight)),
        ("Gaussian process, EUBO", lambda: arm(fronts[:COMPARED], models.by_best, models.process)),
    ):
        arms[name] = run()
        print(name, file=sys.stderr, flush=True)
    arms["cases"] = both
    return arms


def _percent(values: np.ndarray, at: int) -> str:
    column = values[:, at]
    return f"{100 * np.median(column):.1f} % ({100 * column.mean():.0f} %)"


def _kinds(cases: list[Case], shares: np.ndarray, wrong: np.ndarray) -> list[str]:
    """A line for each kind of person, on synthetic fronts and on tables, and for each number of objectives."""
    lines = ["| | cases | after 5 | after 10 | after 20 | after 20, a fifth wrong |", "|---|---|---|---|---|---|"]
    is_table = np.array([case.candidates.name in TABLES for case in cases])
    kinds, sizes = (np.array(one) for one in zip(*((c.kind, len(c.candidates.axes)) for c in cases), strict=True))
    groups = [(f"{kind}, synthetic", (kinds == kind) & ~is_table) for kind in KINDS[:3]]
    groups += [(f"{kind}, tables", (kinds == kind) & is_table) for kind in KINDS[:3] if is_table.any()]
    groups += [(f"{size} objectives, synthetic", (sizes == size) & ~is_table) for size in range(2, 6)]
    for name, mask in (*groups, ("all", np.full(len(cases), True))):
        figures = [*(_percent(shares[mask], at) for at in (5, 10, 20)), _percent(wrong[mask], 20)]
        lines.append(f"| {name} | {mask.sum()} | {' | '.join(figures)} |")
    return lines


def report(found: dict[str, Any]) -> tuple[list[Row], dict[str, list[str]]]:
    """Return rows of figures and the section."""
    cases, ours, random, times = (found[name] for name in ("cases", "ours", "random", "time"))
    wrong, doubted, contrary, right = found["wrong"]
    after10, after20 = (float(np.median(ours[:, at])) for at in (10, 20))
    mine, theirs = needed(ours), needed(random)
    lost = 100 * (after20 - float(np.median(wrong[:, 20])))
    lost10 = 100 * (after10 - float(np.median(wrong[:, 10])))
    slowest = float(np.quantile(times["both"], 0.95))
    rows: list[Row] = [
        (
            "true utility of the recommended model after 10 answers; after 20 (0 % = mean of the front)",
            "95 %; 98 % (medians)",
            f"{100 * after10:.1f} %; {100 * after20:.1f} % ({len(cases)} people)",
            after10 >= 0.95 and after20 >= 0.98,
        ),
        (
            "answers needed for 95 %, against random pairs",
            "1/2",
            f"{_both(np.median, mine, theirs)} (medians), {_both(np.mean, mine, theirs)} (means)",
            bool(2 * np.median(mine) <= np.median(theirs)),
        ),
        _against_rival(found["rival"], ours),
        (
            "20 % wrong answers: loss of true utility after 20 answers",
            "3 points",
            f"{lost:.1f} points (median; after 10 answers {lost10:.1f})",
            lost <= 3,
        ),
        (
            "learning and choosing the next pair, 500 candidates, 50 answers, 5 objectives",
            "100 ms",
            f"{np.median(times['both']):.0f} ms, p95 {slowest:.0f} ms ({np.median(times['cpu']):.0f} ms of processor)",
            slowest <= 100,
        ),
    ]
    lines = ["Share of the best available true utility: median (mean); 0 % is the mean of the front.", ""]
    lines += [*_kinds(cases, ours, wrong), ""]
    lines += ["| on synthetic fronts | after 5 | after 10 | after 20 | answers for 95 % |", "|---|---|---|---|---|"]
    count = COMPARED
    others = ("BALD", "value of the answer", "linear Bradley–Terry, EUBO", "Gaussian process, EUBO")
    arms = {"ours (EUBO)": ours[:count], "ours, random pairs": random[:count]} | {name: found[name] for name in others}
    arms["ours, people of a kind it cannot represent (product)"] = found["product"]
    for name, shares in arms.items():
        figures = " | ".join(_percent(shares, at) for at in (5, 10, 20))
        lines.append(f"| {name} | {figures} | {np.median(needed(shares)):.0f} ({needed(shares).mean():.1f}) |")
    pointed = f"{right} of {doubted} reported answers were wrong" if doubted else "no answer was reported"
    wrong_ones = f"Inconsistent answers (one in five wrong, after 20 answers): {pointed}; "
    lines += ["", f"{wrong_ones}{contrary} answers were wrong in total."]
    rates, inside, known, close = found["exchanged"]
    text = "Exchange rates after 20 answers from people with a linear utility: "
    text += f"{inside} of {rates} are within their 80 % interval; "
    lines += ["", f"{text}{known} are reported as known, {close} of them correctly."]
    return rows, {"Preferences": lines}


def measure() -> tuple[list[Row], dict[str, list[str]]]:
    """Measure everything and report it."""
    return report(main())


def _both(middle: Callable[..., Any], mine: np.ndarray, theirs: np.ndarray) -> str:
    return f"{middle(mine):.1f} against {middle(theirs):.1f}"


def _against_rival(theirs: np.ndarray | None, ours: np.ndarray) -> Row:
    what = "answers needed for 95 %, against the GP of optuna-dashboard's PreferentialGPSampler on the same candidates"
    if theirs is None:
        return what, "fewer", f"not measured: no {RIVAL} with optuna-dashboard, torch and botorch", False
    mine = needed(ours[:RIVAL_RUNS, : RIVAL_ANSWERS + 1])
    best, mean = (needed(theirs[:, :, k]) for k in (0, 1))
    text = f"{mine.mean():.1f} against {mean.mean():.1f} (its best so far: {best.mean():.1f}); medians "
    text += f"{np.median(mine):.0f}, {np.median(mean):.0f}, {np.median(best):.0f}; {len(mine)} people"
    return what, "fewer", text, bool(mine.mean() < min(mean.mean(), best.mean()))


if __name__ == "__main__":
    for part in measure():
        print(*(part if isinstance(part, list) else part["Preferences"]), sep="\n")
