"""A package with a learner, a rule, a view and a sampler: installed, held to the contracts, and used in a session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tests" / "extension_package"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which the package is installed, without the network."""
    target = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--target", str(target), str(PACKAGE)], check=True, timeout=120)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(ROOT)])}


def run(command: list[str], environment: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command; what it says is shown when the test fails."""
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    print(done.stdout, done.stderr)
    return done


def test_its_parts_keep_their_contracts(environment: dict[str, str]) -> None:
    """The author's own tests, which subclass the suites, pass."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", str(PACKAGE / "contracts.py")]
    done = run(command, environment, ROOT)
    assert done.returncode == 0
    assert "skipped" not in done.stdout


SESSION = """
import json, sys, warnings
warnings.simplefilter("error")
import numpy as np, pandas as pd
from hitl_widget import AutoMLSession

rng = np.random.default_rng(0)
table = pd.DataFrame({"price": rng.normal(1, 1, 300), "size": rng.normal(50, 9, 300)})
table["good"] = table["price"] + rng.normal(0, 0.3, 300) > 1
session = AutoMLSession(table, "good", max_trials=12, workers=1, sampler="random", journal=sys.argv[1])
session.exclude("random_forest", "extra_trees", "mlp", "catboost", "svm", "xgboost")
warned = [one.sentence for one in session.warnings]
session.start()
session.wait(240)
trials = session.trials
view = session.explain.time_spent()
session.close()
again = AutoMLSession.load(sys.argv[1])
print(json.dumps({
    "states": sorted(set(trials.loc[trials["family"] == "neighbours", "state"].astype(str))),
    "why": [one.why for one in again.state.trials if one.why],
    "warned": warned,
    "view": [*view.sentences],
    "rows": len(view.frame()),
}))
again.close()
"""


def test_a_session_uses_its_parts(environment: dict[str, str], tmp_path: Path) -> None:
    """Its learner fits in the workers, its rule warns, its view answers; its sampler proposes, also after a load."""
    command = [sys.executable, "-c", SESSION, str(tmp_path / "session.sqlite")]
    done = run(command, environment, tmp_path)
    assert done.returncode == 0
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["states"]
    assert set(told["states"]) <= {"complete", "stopped"}
    assert "Drawn at random." in told["why"]
    assert "price has prices below zero." in told["warned"]
    assert told["view"][0].endswith(".")
    assert told["rows"] >= 5


def test_a_session_says_which_sampler_it_misses(environment: dict[str, str], tmp_path: Path) -> None:
    """Loaded where the package is not installed, it says what to install."""
    place = str(tmp_path / "session.sqlite")
    make = SESSION.split("warned =")[0] + "session.close()"
    assert run([sys.executable, "-c", make, place], environment, tmp_path).returncode == 0
    load = "import sys; from hitl_widget import AutoMLSession; AutoMLSession.load(sys.argv[1])"
    command = [sys.executable, "-c", load, place]
    bare = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = run(command, bare, tmp_path)
    assert "There is no sampler 'random'; choose from tpe. Install the package that adds it" in done.stderr
