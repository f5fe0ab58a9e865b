"""Results of searches in which a user accepts the machine's nudges.

Protocol: 20 tables of ../shared/data, with at most 400 rows for the search, 4,000 of the other rows as an independent
test set, and no holdout in the session. Each search has 100 trials over families that are fast on few rows: LightGBM
and linear models, and on every other table also trees and support vector machines. It runs in cruise mode with one
worker, so that timing does not matter. From trial 50 on, a scripted user waits up to twelve trials for a nudge with a
command and accepts the top one, in a copy of the journal. In the original, nobody accepts, and the search continues
to the end as the twin. From trial 75 on, a second case follows in the same way, with a rule that the first case did
not use, if one is shown. `AutoMLSession.load` continues both, so a case and its twin share everything up to the
answer.

The comparison uses the test score of the best trial's model after the last trial. *Not worse* means at most one
standard error below the twin. The standard error is the standard deviation over the folds of the twin's best trial,
divided by the square root of the number of folds. If Stop was accepted, the search ends there, and its twin
continues.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.scores import DATA

TABLES = {
    "titanic": "Survived",
    "bank_marketing": "deposit",
    "credit_g": "class",
    "telco_churn": "Churn",
    "car": "class",
    "heart_cleveland": "num",
    "pima_diabetes": "class",
    "phoneme": "Class",
    "kc1": "defects",
    "spambase": "class",
    "satimage": "Class",
    "vehicle": "Class",
    "mammography": "class",
    "electricity": "class",
    "california_housing": "median_house_value",
    "diamonds": "price",
    "parkinsons_updrs": "total_UPDRS",
    "concrete_strength": "strength",
    "insurance_charges": "charges",
    "wine_quality": "quality",
}
ROWS, TEST_ROWS, SEED = 400, 4000, 0
TRIALS = 100
FAMILIES = (("dummy", "linear", "lightgbm", "tree", "svm"), ("dummy", "linear", "lightgbm"))
AT_ONCE = 2


def cases(name: str, target: str) -> list[dict[str, Any]]:
    """Run one table: up to two nudges, each with its twin."""
    from hitl_widget import AutoMLSession

    train, test = _parts(name, target)
    families = FAMILIES[list(TABLES).index(name) % 2]
    found, tried = [], set[str]()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base.sqlite"
        session = AutoMLSession(train, target, holdout=0, max_trials=TRIALS, workers=1, seed=SEED, journal=base)
        session.exclude(*(one for one in session.space.families if one not in families))
        for begin in (TRIALS // 2, TRIALS * 3 // 4):
            nudge, at = _until_shown(session, begin, begin + TRIALS // 8, tried)
            session.close()
            if nudge is not None:
                tried.add(nudge.rule)
                copy = base.with_name(f"accepted{begin}.sqlite")
                shutil.copy(base, copy)
                told = {"rule": nudge.rule, "question": nudge.question, "evidence": nudge.evidence}
                told |= {"effect": nudge.effect, "python": nudge.answers[0].python}
                found.append({"table": name, "at": at, **told, "accepted": _outcome(copy, test, target, nudge.key)})
            session = AutoMLSession.load(base)
        session.close()
        if found:
            twin = _outcome(base, test, target)
            for one in found:
                one["twin"] = twin
    return found


def _parts(name: str, target: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    table = pd.read_csv(DATA / f"{name}.csv").dropna(subset=[target])
    table = table.sample(frac=1, random_state=SEED).reset_index(drop=True)
    share = min(ROWS, int(0.6 * len(table)))
    if table[target].nunique() <= 20:
        frequent = table[target].map(table[target].value_counts()) >= 0.02 * len(table)
        table = table[frequent].reset_index(drop=True)
        share = min(ROWS, int(0.6 * len(table)))
    return table[:share], table[share : share + TEST_ROWS].reset_index(drop=True)


def _until_shown(session: Any, begin: int, end: int, tried: set[str]) -> tuple[Any, int]:
    """Run until a nudge with a command is shown, preferably of a new rule, or the last trial for it; then pause."""
    session.resume() if session.state.started else session.start()
    while True:
        state = session.state
        shown = [one for one in session.nudges if one.answers[0].command is not None]
        fresh = [one for one in shown if one.rule not in tried]
        if state.ended >= begin and (fresh or (shown and state.ended >= end - 1)):
            session.pause()
            nudge = (fresh or shown)[0]
            return nudge, state.ended
        if state.ended >= end or session.wait(0.02):
            if session.state.phase == "running":
                session.pause()
            return None, state.ended


def _outcome(place: Path, test: pd.DataFrame, target: str, accept: str | None = None) -> dict[str, Any]:
    """Take the session up, accept or not, run to the end, and measure its best model on the test rows."""
    from hitl_widget import AutoMLSession

    session = AutoMLSession.load(place)
    try:
        if accept is not None:
            session.accept(accept)
        if session.state.phase == "paused":
            session.resume()
        session.wait()
        best = session.state.best_trial
        assert best is not None
        assert best.score is not None
        score = _test_score(session, test, target)
        error = (best.std or 0.0) / math.sqrt(len(best.folds))
        return {"cv": best.score, "error": error, "test": score, "trials": session.state.ended, "best": best.number}
    finally:
        session.close()


def _test_score(session: Any, test: pd.DataFrame, target: str) -> float:
    """Return the scikit-learn score of the best trial's model: greater is better."""
    from sklearn.metrics import get_scorer

    model = session.best_model()
    return float(get_scorer(session.task.metric.scorer)(model, test.drop(columns=target), test[target]))


def verdict(case: dict[str, Any], what: str = "test") -> str:
    """Return how an accepted nudge compares with its twin: better, equal, within noise, or worse."""
    gap = case["accepted"][what] - case["twin"][what]
    if abs(gap) < 1e-12:
        return "equal"
    if gap > 0:
        return "better"
    return "within the noise" if gap >= -case["twin"]["error"] else "worse"


def report(found: list[dict[str, Any]]) -> tuple[list[tuple[str, str, str, bool]], list[str]]:
    """Return the row of the table of figures, and the section."""
    verdicts = [verdict(one) for one in found]
    good = sum(one != "worse" for one in verdicts)
    steered = [one for one, case in zip(verdicts, found, strict=True) if case["rule"] != "flat"]
    without_stop = f"{sum(one != 'worse' for one in steered)} of {len(steered)} without Stop"
    tables = len({one["table"] for one in found})
    row = (
        f"nudges on {len(TABLES)} tables: accepted ones after which the test score at equal trials is not worse",
        "90 %",
        f"{good} of {len(found)} ({100 * good / max(len(found), 1):.0f} %; {without_stop}; on {tables} tables)",
        bool(found) and good >= 0.9 * len(found),
    )
    lines = [" ".join((__doc__ or "").split("\n\n")[1].split()), "", " ".join((__doc__ or "").split("\n\n")[2].split())]
    lines += [
        "",
        "| rule | accepted | better | equal | within the noise | worse | worse by CV |",
        "|---|---|---|---|---|---|---|",
    ]
    for rule in sorted({one["rule"] for one in found}):
        own = [one for one in found if one["rule"] == rule]
        count, cv = Counter(map(verdict, own)), Counter(verdict(one, "cv") for one in own)
        cells = [count["better"], count["equal"], count["within the noise"], count["worse"], cv["worse"]]
        lines.append(f"| {rule} | {len(own)} | " + " | ".join(map(str, cells)) + " |")
    count, cv = Counter(verdicts), Counter(verdict(one, "cv") for one in found)
    cells = [count["better"], count["equal"], count["within the noise"], count["worse"], cv["worse"]]
    lines.append(f"| all | {len(found)} | " + " | ".join(map(str, cells)) + " |")
    return [row], lines


def main(only: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Run every table, two at a time; print as it goes."""
    warnings.filterwarnings("ignore")
    begun = time.perf_counter()

    def run(item: tuple[str, str]) -> list[dict[str, Any]]:
        since = time.perf_counter()
        found = _in_a_process(*item)
        for one in found:
            print(json.dumps(one | {"verdict": verdict(one)}), flush=True)
        print(
            f"# {item[0]}: {time.perf_counter() - since:.0f} s, {time.perf_counter() - begun:.0f} s in all", flush=True
        )
        return found

    chosen = [item for item in TABLES.items() if not only or item[0] in only]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [one for found in pool.map(run, chosen) for one in found]


def _in_a_process(name: str, target: str) -> list[dict[str, Any]]:
    """Run a table in a process of its own: one kernel, one session, as a person has it."""
    import subprocess

    code = f"import json; from benchmarks.nudges import cases; print('=' + json.dumps(cases({name!r}, {target!r})))"
    root = Path(__file__).parent.parent
    ran = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=root, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(f"{name}: {ran.stderr[-2000:]}")
    return json.loads(ran.stdout.split("=", 1)[1])


if __name__ == "__main__":
    rows, section = report(main(tuple(sys.argv[1:])))
    print(rows, *section, sep="\n")
