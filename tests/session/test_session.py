"""The session as a person meets it: real workers, a real journal."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.metrics import roc_auc_score

from hitl_widget import AutoMLSession, CommandError, ConfigError, DataError, JournalError
from tests.families import without_slow_families
from tests.journals import copied
from tests.tables import EVIL, customers, prices, species

# Searches with real workers.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table():
    return customers()


@pytest.fixture(scope="module")
def done(table, tmp_path_factory):
    """A finished session of a dozen trials."""
    place = tmp_path_factory.mktemp("done") / "s.sqlite"
    session = without_slow_families(AutoMLSession(table, "Churn", max_trials=12, workers=2, journal=place))
    session.start()
    assert session.wait(120)
    yield session
    session.close()


def test_it_says_what_it_understood(done):
    """The task is said in one sentence, without the identifier column, and blanks count as missing."""
    assert done.task.sentence().startswith(
        "Binary classification of Churn, 600 rows, 5 of 6 columns in use, 27% with Churn = Yes;"
    )
    roles = {column.name: column for column in done.task.columns}
    assert roles["customerID"].role == "ignored"
    assert roles["TotalCharges"].role == "numeric"
    assert "missing" in roles["TotalCharges"].reason


def test_the_trials_are_a_table(done):
    """Columns, dtypes and states are as documented; scores beat the constant guess."""
    trials = done.trials
    assert list(trials.columns) == [
        *("number", "state", "family", "score", "std", "seconds", "finished_at"),
        *("proposed_by", "generation", "config", "reason"),
        *("roc_auc", "predict_ms", "complexity"),
    ]
    assert trials["score"].dtype == "float64"
    assert set(trials["state"]) <= {"complete", "stopped", "failed"}
    assert trials.loc[trials["family"] == "dummy", "score"].item() == pytest.approx(0.5)
    assert trials["score"].max() > 0.8
    assert trials["config"][1]["family"] == trials["family"][1]


def test_the_best_model_is_a_scikit_learn_estimator(done, table):
    """It takes raw tables, answers in the original labels, and survives clone and pickle."""
    model = done.best_model()
    X = table.drop(columns="Churn")
    assert list(model.classes_) == ["No", "Yes"]
    assert list(model.feature_names_in_) == list(X.columns)
    proba = model.predict_proba(X)
    assert proba.shape == (600, 2)
    assert np.allclose(proba.sum(axis=1), 1)
    assert set(model.predict(X)) <= {"No", "Yes"}
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict_proba(X), proba)
    again = clone(model).fit(X, table["Churn"])
    assert roc_auc_score(table["Churn"] == "Yes", again.predict_proba(X)[:, 1]) > 0.8
    strange = X.head(3).assign(Contract="Never seen", extra=1)
    assert model.predict(strange).shape == (3,)


def test_the_model_predicts_in_a_fresh_process(done, table, tmp_path):
    """A pickled ensemble works where only the library is installed."""
    (tmp_path / "model.pkl").write_bytes(pickle.dumps(done.ensemble()))
    table.head(5).to_csv(tmp_path / "rows.csv", index=False)
    script = "import pickle, sys, pandas as pd\n"
    script += "m = pickle.load(open(sys.argv[1], 'rb')); print(*m.predict(pd.read_csv(sys.argv[2])))"
    run = [sys.executable, "-c", script, tmp_path / "model.pkl", tmp_path / "rows.csv"]
    said = subprocess.run(run, check=True, capture_output=True, text=True).stdout.split()
    assert said == list(done.ensemble().predict(table.head(5)))


def test_polars_tables_are_welcome(done, table):
    """The fitted model predicts the same from a polars table."""
    polars = pytest.importorskip("polars")
    X = table.drop(columns="Churn")
    plain = X.astype(object).where(X.notna(), None)
    frame = polars.DataFrame({name: plain[name].tolist() for name in X})
    assert np.allclose(done.best_model().predict_proba(frame), done.best_model().predict_proba(X))


def test_the_holdout_is_evaluated_once_and_agrees(done):
    """The holdout's score is in the state and close to the cross-validated one."""
    assert done.state.holdout is not None
    assert done.state.holdout.rows == 120
    assert abs(done.state.holdout.best - done.state.best_trial.score) < 0.15
    assert "On the holdout (120 rows), the recommended model, " in done.summary()


def test_a_finished_session_can_be_loaded(done, tmp_path):
    """Loading a copy of the journal gives the same trials, and the same model without the scratch files."""
    with AutoMLSession.load(copied(done, tmp_path)) as again:
        pd.testing.assert_frame_equal(again.trials, done.trials)
        assert again.state.phase == "finished"
        X = customers(50, seed=5).drop(columns="Churn")
        assert np.allclose(again.best_model().predict_proba(X), done.best_model().predict_proba(X))


def test_the_progress_chart_is_an_altair_chart_of_the_trials(done):
    """The chart has a record for each complete trial, and can be saved without a browser."""
    chart = done.charts.progress()
    assert len(chart.to_dict()["data"]["values"]) == (done.trials["state"] == "complete").sum()


def test_the_front_is_an_altair_chart_of_two_objectives(done):
    """The chart holds the trials measured in both objectives, marks the front, and checks the names of its axes."""
    chart = done.charts.front().to_dict()
    records = next(one["data"]["values"] for one in chart["layer"] if one["data"]["name"] == "trials")
    assert {row["number"] for row in records} <= set(done.trials.query("state == 'complete'")["number"])
    assert 0 < sum(row["front"] for row in records) < len(records)
    assert chart["layer"][0]["encoding"]["y"]["title"] == "ROC AUC (higher is better)"
    with pytest.raises(CommandError, match="no objective 'speed'; there are roc_auc"):
        done.charts.front(x="speed")


def test_the_optuna_study_is_the_record(done):
    """Optuna's own functions work on the trials."""
    import optuna

    assert len(done.study.trials) == len(done.trials)
    assert done.study.best_value == pytest.approx(done.trials["score"].max())
    assert optuna.trial.TrialState.COMPLETE in {trial.state for trial in done.study.trials}


@pytest.mark.parametrize(
    ("maker", "target", "kind"), [(prices, "price", "regression"), (species, "species", "multiclass")]
)
def test_other_kinds_of_task(maker, target, kind, tmp_path):
    """Regression and multiclass searches finish and predict values of the target."""
    data = maker()
    with AutoMLSession(data, target, max_trials=6, workers=2, journal=tmp_path / "s.sqlite") as session:
        session.start()
        assert session.wait(120)
        assert session.task.kind == kind
        assert not (session.trials["state"] == "failed").any()
        predicted = session.ensemble().predict(data.drop(columns=target))
        if kind == "regression":
            assert np.corrcoef(predicted, data[target])[0, 1] > 0.9
            assert session.trials["score"].max() < 0
        else:
            assert set(predicted) <= set(data[target])


def test_the_same_seed_gives_the_same_search(table, tmp_path):
    """With one worker and a budget in trials, two runs agree in every configuration and score."""
    runs = []
    for name in "ab":
        with AutoMLSession(table, "Churn", max_trials=14, workers=1, journal=tmp_path / f"{name}.sqlite") as session:
            without_slow_families(session).start()
            assert session.wait(240)
            runs.append(session.trials[["family", "state", "score", "config"]])
    pd.testing.assert_frame_equal(*runs)


def test_a_person_steers_a_running_search(table, tmp_path):
    """Pause, queue, refuse, resume, raise the budget, stop: each shows in the trials at once."""
    with AutoMLSession(
        table, "Churn", budget=600, workers=2, autonomy="user", journal=tmp_path / "s.sqlite"
    ) as session:
        session.start()
        number = session.propose({"family": "lightgbm", "lightgbm.learning_rate": 0.05})
        session.pause()
        assert session.state.phase == "paused"
        with pytest.raises(ConfigError, match="between"):
            session.propose({"family": "lightgbm", "lightgbm.learning_rate": 50})
        other = session.propose({"family": "linear"}, parent=number)
        session.set_budget(seconds=None, trials=2)
        session.resume()
        assert session.wait(60)
        trials = session.trials.set_index("number")
        assert trials.loc[number, "config"]["lightgbm.learning_rate"] == 0.05
        assert list(trials.loc[[number, other], "proposed_by"]) == ["you", "you"]
        assert list(trials.loc[[number, other], "state"]) == ["complete", "complete"]
        with pytest.raises(CommandError, match="Raise the budget first"):
            session.resume()


def test_resume_after_kill(tmp_path, table):
    """After kill -9 of the process no finished trial is lost, and no worker is left behind."""
    table.to_csv(tmp_path / "t.csv", index=False)
    script = """
import os, signal, sys, pandas as pd
from hitl_widget import AutoMLSession
from hitl_widget.session.runtime import runtime_of
session = AutoMLSession(pd.read_csv(sys.argv[1]), "Churn", budget=600, workers=2, journal=sys.argv[2])
session.exclude("random_forest", "extra_trees", "mlp", "catboost")
def die(state, records):
    done = [t for t in state.trials if t.state == "complete"]
    if len(done) >= 5 and state.counts[1]:
        for trial in done:
            print(trial.number, trial.score)
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)
runtime_of(session).subscribe(die)
session.start()
session.wait(100)
"""
    run = [sys.executable, "-c", script, str(tmp_path / "t.csv"), str(tmp_path / "s.sqlite")]
    result = subprocess.run(run, capture_output=True, text=True, check=False, timeout=120)
    assert result.returncode == -signal.SIGKILL, result.stderr
    finished = dict(line.split() for line in result.stdout.splitlines())
    with AutoMLSession.load(tmp_path / "s.sqlite") as session:
        session.wait_ready()
        trials = session.trials.set_index("number")
        for number, score in finished.items():
            assert trials.loc[int(number), "state"] == "complete"
            assert trials.loc[int(number), "score"] == float(score)
        assert not (trials["state"] == "running").any()
        waiting = list(trials.index[trials["state"] == "queued"])
        assert waiting
        assert session.state.phase == "paused"
        session.set_budget(seconds=None, trials=len(trials) + 2)
        session.resume()
        assert session.wait(120)
        assert set(session.trials.set_index("number").loc[waiting, "state"]) <= {"complete", "stopped"}


class Sleeper(ClassifierMixin, BaseEstimator):
    """A learner whose fit writes down its process and never returns."""

    def __init__(self, path=os.devnull):
        self.path = path

    def fit(self, X, y):
        Path(self.path).write_text(str(os.getpid()))
        time.sleep(600)
        return self

    def predict_proba(self, X):
        return np.zeros((len(X), 2))


class Glutton(ClassifierMixin, BaseEstimator):
    """A learner that wants four gigabytes."""

    def fit(self, X, y):
        self.all_ = np.ones(2**29)
        return self

    def predict_proba(self, X):
        return np.zeros((len(X), 2))


def problem_of(learner, table, tmp_path, meanwhile=lambda: None, **limits):
    """Run a search of four trials; return the problem of the first, which fits a learner. The others are complete."""
    with AutoMLSession(
        table, "Churn", workers=2, max_trials=4, autonomy="user", journal=tmp_path / "s.sqlite", **limits
    ) as session:
        session.add_learner("strange", learner)
        failing = session.propose({"family": "strange"})
        fine = [session.propose({"family": "tree", "tree.max_depth": depth}) for depth in (2, 3)]
        fine.append(session.propose({"family": "linear"}))
        meanwhile()
        assert session.wait(120)
        assert session.state.phase == "finished"
        assert [str(session.state.trials[number].state) for number in fine] == ["complete"] * 3
        assert "only this trial is lost" in session.state.trials[failing].problem.message
        return session.state.trials[failing].problem


def test_a_killed_worker_costs_one_trial(table, tmp_path):
    """When the system kills a worker, its trial fails with an explanation and the others go on."""
    path = tmp_path / "pid"

    def kill():
        while not path.exists() or not path.read_text():
            threading.Event().wait(0.005)
        os.kill(int(path.read_text()), signal.SIGKILL)

    problem = problem_of(Sleeper(str(path)), table, tmp_path, kill)
    assert problem.kind == "died"
    assert "killed by the system" in problem.message


def test_a_fit_that_hangs_costs_one_trial(tmp_path, table):
    """A trial over its time limit fails with the reason and the remedy; the search continues."""
    problem = problem_of(Sleeper(), table, tmp_path, trial_seconds=4)
    assert problem.kind == "timeout"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"target": "churn"}, "Churn"),
        ({"metric": "r2"}, "r2"),
        ({"roles": {"tenur": "text"}}, "tenure"),
        ({"holdout": 1.5}, "holdout"),
        ({"groups": "nothing"}, "nothing"),
    ],
)
def test_a_wrong_argument_is_one_clear_sentence(table, arguments, said):
    """Nothing runs before the arguments are right; the message names what is wrong."""
    with pytest.raises(DataError, match=said) as caught:
        AutoMLSession(table, **{"target": "Churn", **arguments})
    assert len(str(caught.value)) < 400


def test_wrong_limits_are_refused(table):
    """Budgets, workers and autonomy are checked before anything starts."""
    for arguments in ({"budget": -1}, {"max_trials": 0}, {"workers": 0}, {"autonomy": "god"}):
        with pytest.raises(CommandError):
            AutoMLSession(table, "Churn", **arguments)


def test_a_journal_is_never_overwritten(table, tmp_path):
    """An existing file is refused before anything runs."""
    (tmp_path / "s.sqlite").write_text("precious")
    with pytest.raises(JournalError, match="already"):
        AutoMLSession(table, "Churn", journal=tmp_path / "s.sqlite")
    assert (tmp_path / "s.sqlite").read_text() == "precious"


def test_show_in_a_plain_script(tmp_path, table):
    """Without Jupyter show() prints the summary and starts; an unguarded script works."""
    table.to_csv(tmp_path / "t.csv", index=False)
    script = tmp_path / "script.py"
    script.write_text(
        "import pandas as pd\n"
        "from hitl_widget import AutoMLSession\n"
        f"session = AutoMLSession(pd.read_csv({str(tmp_path / 't.csv')!r}), 'Churn', max_trials=3,"
        f" journal={str(tmp_path / 's.sqlite')!r})\n"
        "session.show()\n"
        "assert session.wait(100)\n"
        "print(session)\n"
    )
    said = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True, timeout=120)
    assert "Binary classification of Churn" in said.stdout
    assert "<AutoMLSession 'Churn': finished, 3 trials>" in said.stdout
    assert said.stderr == ""


def test_names_and_values_are_escaped_in_the_static_summary(done):
    """The summary of a saved notebook holds no markup from the data."""
    assert EVIL not in done.summary_html()
    assert "<img alt=" in done.summary_html()


def test_groups_and_moments_can_be_given_as_values(table, tmp_path):
    """Values given separately split the rows, are not used as features, and are in the journal."""
    place = tmp_path / "s.sqlite"
    with AutoMLSession(table, "Churn", groups=np.arange(600) // 10, max_trials=2, journal=place) as session:
        session.wait_ready()
        assert session.task.split.scheme == "grouped"
        assert "groups" not in [column.name for column in session.task.used]
    with AutoMLSession.load(place) as again:
        assert again.task == session.task
    moments = pd.date_range("2020-01-01", periods=600)
    with AutoMLSession(table, "Churn", time=moments, max_trials=2, journal=tmp_path / "t.sqlite") as session:
        assert session.task.split.scheme == "forward"
        assert "time" not in [column.name for column in session.task.used]
    with pytest.raises(DataError, match="599 values"):
        AutoMLSession(table, "Churn", groups=np.arange(599))


def test_a_fit_that_allocates_to_its_limit_costs_one_trial(tmp_path):
    """It fails and says why. No other fit hangs: OpenBLAS, which `linear` uses, would ask for its buffers for ever."""
    problem = problem_of(Glutton(), customers(4000), tmp_path, trial_memory=8 * 2**20)
    assert problem.kind == "memory"
    assert "its limit of 8 MB" in problem.message
