"""Steering as a person meets it: real workers, a real journal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from sklearn.neighbors import KNeighborsClassifier

from hitl_widget import AutoMLSession, CommandError, ConfigError
from hitl_widget.domain.trial import Origin, TrialState
from tests.families import without_slow_families
from tests.tables import customers
from tests.waiting import wait_until

# Searches with real workers.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table():
    return customers()


@pytest.fixture
def session(table, tmp_path):
    with AutoMLSession(table, "Churn", max_trials=400, workers=2, journal=tmp_path / "s.sqlite") as session:
        yield session


@pytest.fixture
def quick(session):
    """A session without the slow families, which is its first act."""
    return without_slow_families(session)


def greyed(state):
    """Return the ended trials that have no place where leaves end at 16, without SVM and XGBoost."""
    ended = [trial for trial in state.trials if trial.state not in (TrialState.QUEUED, TrialState.RUNNING)]
    leaves = range(4, 17)
    return {
        trial.number
        for trial in ended
        if trial.family in ("svm", "xgboost") or trial.config.get("lightgbm.num_leaves", 4) not in leaves
    }


def test_an_edit_changes_the_running_search_and_loses_nothing(quick):
    """A preview counts the trials that the edit greys; the next trials obey; undo brings everything back."""
    whole = quick.space
    quick.start()
    before = wait_until(quick, lambda s: s.ended >= 8)
    change = {"lightgbm.num_leaves": (4, 16)}
    foreseen = quick.preview(change, exclude=["svm", "xgboost"])
    # Trials go on ending meanwhile: those greyed are at least those ended before, at most those ended after.
    least, most = (greyed(state) for state in (before, quick.state))
    assert least
    assert least <= set(foreseen.outside) <= most
    assert f"{len(foreseen.outside)} of {foreseen.of} trials fall outside" in str(foreseen)
    done = quick.edit(change, exclude=["svm", "xgboost"])
    assert set(foreseen.outside) <= quick.state.outside
    assert quick.space["lightgbm.num_leaves"].high == 16
    assert "excluded" in done.title
    state = wait_until(quick, lambda s: s.ended >= before.ended + 8)
    later = [trial for trial in state.trials if trial.generation == 2]
    assert later
    assert all(trial.family not in ("svm", "xgboost") for trial in later)
    assert all(4 <= t.config["lightgbm.num_leaves"] <= 16 for t in later if t.family == "lightgbm")
    quick.undo()
    assert quick.space == whole
    assert quick.state.outside == frozenset()
    frame = quick.generations
    assert list(frame["by"]) == ["machine", "you", "you", "you"]
    assert frame["trials"].sum() == quick.state.started


def test_space_preview_beliefs_and_history_print_well(session):
    """The search space, the preview, beliefs and the history print as text."""
    shown = str(session.space)
    assert "learning_rate" in shown
    assert "0.005 – 0.3 (log)" in shown
    assert "No trial has ended yet" in str(session.preview(exclude="svm"))
    session.believe("lightgbm.learning_rate", around=0.05, strength="strong")
    assert session.beliefs.loc[0, "verdict"] == "undecided"
    session.note("A first look.")
    story = session.journal
    assert list(story["kind"])[-2:] == ["belief", "note"]
    assert story["text"].iloc[-1] == "A first look."
    assert story["act"].iloc[-2] == 1


def test_each_way_to_edit_the_space(session):
    """Exclude, include, fix and widen are edits; each refuses values that make no sense for it."""
    session.exclude("svm", "mlp")
    session.include("mlp")
    session.exclude("lightgbm.extra_trees", True)
    session.fix("lightgbm.num_leaves", 31)
    session.widen("lightgbm.learning_rate", low=0.001)
    space = session.space
    assert "svm" not in space.families
    assert "mlp" in space.families
    assert space["lightgbm.extra_trees"].choices == (False,)
    assert (space["lightgbm.num_leaves"].low, space["lightgbm.num_leaves"].high) == (31, 31)
    assert space["lightgbm.learning_rate"].low == 0.001
    with pytest.raises(ConfigError, match="would narrow"):
        session.widen("lightgbm.learning_rate", high=0.1)
    with pytest.raises(ConfigError, match=r"must be between 0\.001 and 0\.3 in this search space"):
        session.propose({"family": "lightgbm", "lightgbm.learning_rate": 0.9})
    with pytest.raises(ConfigError, match="one of"):
        session.propose({"family": "svm"})


class Neighbours(KNeighborsClassifier):
    """As a person writes it in a notebook."""


def test_your_own_learner_joins_a_running_search(quick):
    """It is tuned and can be proposed; undo removes it."""
    quick.exclude("svm", "tree", "xgboost")  # so that its turn comes soon
    quick.start()
    wait_until(quick, lambda s: s.ended >= 4)
    quick.add_learner("knn", Neighbours(), {"n_neighbors": (1, 40), "weights": ["uniform", "distance"]})
    number = quick.propose({"family": "knn", "knn.n_neighbors": 9})
    state = wait_until(quick, lambda s: s.trials[number].state is TrialState.COMPLETE)
    assert state.trials[number].score > 0.6
    wait_until(quick, lambda s: sum(t.family == "knn" for t in s.trials) >= 3, 120)
    with pytest.raises(ConfigError, match="already"):
        quick.add_learner("knn", Neighbours(), {"n_neighbors": (1, 40)})
    with pytest.raises(ConfigError, match="n_neighbours"):
        quick.add_learner("knn2", Neighbours(), {"n_neighbours": (1, 40)})
    quick.undo()
    assert "knn" not in quick.space.families
    assert number in quick.state.outside


def test_the_person_drives(table, tmp_path):
    """Only what the person asks for runs; the machine's suggestion can be changed before it runs."""
    with AutoMLSession(table, "Churn", max_trials=50, workers=2, autonomy="user", journal=tmp_path / "s") as session:
        suggestion = session.suggest()
        assert suggestion.why
        session.batch(3)
        state = wait_until(session, lambda s: s.ended >= 3)
        assert len(state.trials) == 3
        numbers = session.grid(1, "lightgbm.num_leaves", [4, 8])
        state = wait_until(session, lambda s: s.ended >= 5)
        assert [state.trials[n].origin for n in numbers] == [Origin.GRID, Origin.GRID]
        assert state.trials[numbers[0]].parent == 1
        session.discard(numbers[0])
        assert numbers[0] in session.state.steering.discarded
        session.autonomy = "cruise"
        wait_until(session, lambda s: s.ended >= 8)
        with pytest.raises(CommandError, match="drive yourself"):
            session.batch(2)


CHILD = """
import sys
from hitl_widget import AutoMLSession
from sklearn.neighbors import KNeighborsClassifier
from tests.families import without_slow_families
from tests.tables import customers

class Mine(KNeighborsClassifier):
    pass

if __name__ == "__main__":
    session = AutoMLSession(customers(), "Churn", max_trials=400, workers=2, journal=sys.argv[1])
    without_slow_families(session).start()
    while session.state.ended < 6:
        session.wait(0.2)
    session.edit({"lightgbm.learning_rate": (0.02, 0.1)}, exclude="svm")
    session.believe("lightgbm.num_leaves", around=16)
    session.add_learner("knn", Mine(), {"n_neighbors": (1, 40)})
    session.discard(2)
    session.undo()
    session.autonomy = "user"
    print("ready", flush=True)
    for i in range(200):
        session.propose({"family": "knn", "knn.n_neighbors": 1 + i % 40})
        session.edit({"lightgbm.num_leaves": (2, 20 + i % 60)})
"""


def test_an_edited_session_survives_a_kill_in_the_middle_of_an_edit(tmp_path, table):
    """Space, beliefs, queue, autonomy, the person's learner and undo are restored; the search continues with them."""
    place = tmp_path / "s.sqlite"
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    child = subprocess.Popen([sys.executable, script, place], stdout=subprocess.PIPE, env=env)
    assert child.stdout.readline().strip() == b"ready"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with AutoMLSession.load(place) as session:
        session.wait_ready(30)
        state = session.state
        assert state.space["lightgbm.learning_rate"].high == 0.1
        assert "svm" not in state.space.families
        assert "knn" in state.space.families
        assert session.autonomy == "user"
        assert list(session.beliefs["about"]) == ["lightgbm.num_leaves"]
        assert 2 not in state.steering.discarded
        queued = [t.number for t in state.trials if t.state is TrialState.QUEUED]
        session.resume()
        number = session.propose({"family": "knn", "knn.n_neighbors": 7})
        state = wait_until(session, lambda s: s.trials[number].state is TrialState.COMPLETE, 90)
        assert all(state.trials[one].state is not TrialState.QUEUED for one in queued)
        while session.state.done:
            session.undo()
        assert session.space == session.state.generations[0].space
