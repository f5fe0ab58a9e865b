"""Preferences in a session with real workers and a real journal."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

from hitl_widget import AutoMLSession, CommandError, HitlError
from hitl_widget.domain.trial import TrialState
from hitl_widget.session.results import truth_and_predictions
from hitl_widget.session.runtime import runtime_of
from tests.families import without_slow_families
from tests.tables import EVIL
from tests.waiting import wait_until

# Searches with real workers.
pytestmark = pytest.mark.slow


def table_of(load, rows=None, **columns):
    data = load(as_frame=True)
    frame = data.frame.iloc[:, [*range(6), -1]] if data.frame.shape[1] > 12 else data.frame
    frame = frame.sample(frac=1, random_state=0).head(rows).reset_index(drop=True)
    return frame.assign(**{name: make(len(frame)) for name, make in columns.items()})


@pytest.fixture(scope="module")
def cancer():
    """A binary table whose positive class has code 0, with a column of groups that models ignore."""
    frame = table_of(load_breast_cancer, 240, sex=lambda n: np.where(np.arange(n) % 3 == 0, "f", "m"))
    return frame.assign(target=np.where(frame["target"] == 0, "malignant", "ok"))


@pytest.fixture
def session(cancer, tmp_path):
    with AutoMLSession(
        cancer,
        "target",
        positive="malignant",
        roles={"sex": "ignored"},
        max_trials=200,
        workers=2,
        autonomy="user",
        journal=tmp_path / "s.sqlite",
    ) as session:
        yield session


LINES = [{"family": "linear", "linear.C": c} for c in (0.01, 1.0)]
TREES = [{"family": "tree", "tree.max_depth": depth} for depth in (2, 8)]


def run(session, *configs):
    """Run configurations; returns their numbers."""
    numbers = [session.propose(config) for config in configs]
    if session.state.phase == "ready":
        session.start()
    wait_until(session, lambda s: all(s.trials[n].state is TrialState.COMPLETE for n in numbers))
    return numbers


def has(*names):
    def test(state):
        done = [trial for trial in state.trials if trial.state is TrialState.COMPLETE]
        return all(name in trial.measures or name in trial.unmeasured for name in names for trial in done)

    return test


def test_objectives_that_are_added_are_completed_for_older_trials(session):
    """Scorers, fairness over an ignored column and measures of the model: each has a column with values."""
    run(session, *LINES, *TREES)
    names = session.objectives("accuracy", "worst_group:sex", "demographic_parity:sex", "gap", "columns_used")
    assert names[0] == "roc_auc"
    wait_until(session, has(*names[1:]))
    frame = session.trials
    assert frame[list(names[1:])].notna().all().all()
    assert frame["predict_ms"].gt(0).all()
    assert frame["complexity"].gt(0).all()
    assert set(frame["columns_used"]) <= set(range(1, 7))
    assert frame["demographic_parity:sex"].between(0, 1).all()
    assert (frame["worst_group:sex"] <= frame["score"] + 0.05).all()
    audit = session.audit("sex")
    assert {one.label for one in audit.groups} == {"f", "m"}
    assert "predicted malignant" in str(audit)
    session.undo()
    assert session.objectives() == ("roc_auc", "predict_ms", "complexity")
    assert session.trials["accuracy"].notna().all()


def misses(y, prediction):
    return np.mean((y == "malignant") & (prediction != "malignant"))


def broken(y, prediction):
    raise ZeroDivisionError("not today")


def test_costs_of_ones_own_are_measured_and_taken_up_again(session):
    """A matrix and a function, for older and for newer trials, also after the session was closed and loaded."""
    first = run(session, LINES[0], TREES[0])
    assert session.add_objective("loss", [[0, 10], [1, 0]], unit="€")[-1] == "loss"
    assert session.add_objective("missed", misses)[-1] == "missed"
    session.add_objective("bad", broken)
    wait_until(session, has("loss", "missed", "bad"))
    assert session.trials["bad"].isna().all()
    assert "not today" in session.state.trials[first[0]].unmeasured["bad"]
    values = session.trials.set_index("number")
    assert session.task.classes == ("ok", "malignant")
    y, p = truth_and_predictions(runtime_of(session), first[0])
    assert values.loc[first[0], "missed"] == pytest.approx(np.mean((y == 1) & (p < 0.5)), abs=0.01)
    dear = np.mean(np.where(y == 0, 10 * (p > 10 / 11), p <= 10 / 11))
    assert values.loc[first[0], "loss"] == pytest.approx(dear, abs=0.03)
    assert values["loss"].between(0, 10).all()
    session.close()
    with AutoMLSession.load(session.path) as again:
        assert again.objectives()[-3:] == ("loss", "missed", "bad")
        again.resume()
        (late,) = run(again, TREES[1])
        wait_until(again, has("loss", "missed"))
        frame = again.trials.set_index("number")
        assert frame.loc[late, ["loss", "missed"]].notna().all()
        assert frame.loc[first, "missed"].tolist() == values.loc[first, "missed"].tolist()


def test_an_objective_that_was_undone_can_be_done_again_after_a_load(session):
    """Redo brings its function back, and new trials are measured by it."""
    run(session, LINES[0])
    session.add_objective("missed", misses)
    wait_until(session, has("missed"))
    session.undo()
    session.close()
    with AutoMLSession.load(session.path) as again:
        again.redo()
        again.resume()
        (late,) = run(again, TREES[0])
        wait_until(again, has("missed"))
        assert again.state.trials[late].unmeasured == {}


def test_the_function_of_a_foreign_journal_is_not_run(session, tmp_path):
    """Code without this user's signature is refused with a warning; its old values stay."""
    from hitl_widget.engine.journal import SqlJournal

    run(session, LINES[0])
    session.add_objective("missed", misses)
    wait_until(session, has("missed"))
    session.close()
    journal = SqlJournal(session.path, create=False)
    blob = journal.get("objective/missed")
    journal.put("objective/missed", blob[:-1] + bytes([blob[-1] ^ 1]))
    journal.close()
    with pytest.warns(UserWarning, match="'missed' is code from another computer or user, so it was not run"):
        again = AutoMLSession.load(session.path)
    with again:
        assert again.trials["missed"].notna().all()
        again.resume()
        (late,) = run(again, TREES[0])
        wait_until(again, has("missed"))
        assert "was not found" in again.state.trials[late].unmeasured["missed"]


def test_what_a_model_must_keep_decides_what_is_delivered(session):
    """A hard constraint changes the best trial, the ensemble and the preferred trial; relaxing it restores them."""
    lines = run(session, *LINES)
    trees = run(session, *TREES)
    best = session.state.best
    other = "tree" if best in lines else "linear"
    session.require(f"family in {other}")
    assert session.state.best in (trees if other == "tree" else lines)
    assert session.preferred_trial() == session.state.best
    rows = session.constraints
    assert rows.loc[0, ["kept", "broken", "unknown"]].tolist() == [2, len(session.trials) - 2, 0]
    frame = session.trials.set_index("number")
    assert frame["feasible"].sum() == 2
    session.pause()
    waiting = session.propose(TREES[0] | {"tree.max_depth": 5})
    assert session.trials.set_index("number")["feasible"].isna()[waiting]
    session.cancel(waiting)
    session.require("predict_ms < 1e-9")
    assert session.preferred_trial() is None
    for call in (session.best_model, session.preferred_model, session.ensemble, lambda: session.audit("sex")):
        with pytest.raises(CommandError, match="No model satisfies all constraints"):
            call()
    assert "No model satisfies all constraints." in session.summary()
    session.relax("predict_ms<1e-9")
    session.relax("family")
    assert session.state.best == best
    assert "feasible" not in session.trials


def test_a_person_is_asked_pairs_and_gets_what_they_prefer(session, cancer):
    """No pair comes twice, also after edits and failed trials; answers survive a load."""
    run(session, *LINES, *TREES, {"family": "lightgbm", "lightgbm.num_leaves": 15})
    seen = set()
    for turn in range(8):
        pair = session.next_pair()
        if pair is None:
            break
        assert frozenset(pair) not in seen
        seen.add(frozenset(pair))
        if turn == 1:
            session.edit({"tree.max_depth": (2, 4)})
            outside = set(session.state.outside)
            assert outside
            assert not outside & set(session.next_pair() or ())
            session.undo()
        times = session.trials.set_index("number").loc[list(pair), "predict_ms"].tolist()
        session.prefer(np.int64(pair[0]), pair[1], "skip" if turn == 2 else "ab"[times[1] < times[0]])
    assert len(seen) >= 2
    assert session.next_pair() is None or frozenset(session.next_pair()) not in seen
    chosen = session.preferred_trial()
    fast = session.trials.set_index("number")["predict_ms"]
    assert fast[chosen] <= fast.median()
    assert session.learnt[0] != "Nothing learned yet: answer a pair, or set goals."
    model = session.preferred_model()
    proba = model.predict_proba(cancer.drop(columns="target"))
    assert proba.shape == (len(cancer), 2)
    assert (model.predict(cancer.drop(columns="target")) == cancer["target"]).mean() > 0.7
    said, worth = session.state.preferences, runtime_of(session).preference_model.assess(session.state).worth
    assert (session.journal["kind"] == "preference").sum() >= len(seen)
    session.close()
    with AutoMLSession.load(session.path) as again:
        assert again.state.preferences == said
        assert again.preferred_trial() == chosen
        assert runtime_of(again).preference_model.assess(again.state).worth == pytest.approx(worth)
        again.undo()
        assert len(again.state.preferences.comparisons) == len(said.comparisons) - 1


def test_goals_are_said_and_withdrawn(session):
    """Goals take effect at once; without them the metric decides again."""
    run(session, *LINES, *TREES)
    best = session.state.best
    session.set_goals({"predict_ms": 100, "auc": np.float64(1.0)}, strength="strong")
    fast = session.trials.set_index("number")["predict_ms"]
    assert fast[session.preferred_trial()] == pytest.approx(fast.min(), rel=0.6)
    assert dict(session.state.preferences.goals.weights) == {"predict_ms": 100, "roc_auc": 1.0}
    session.set_goals()
    assert session.preferred_trial() == best


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda s: s.objectives("predictms"), "Did you mean 'predict_ms'"),
        (lambda s: s.objectives(["predict_ms"]), "Objectives must be"),
        (
            lambda s: s.objectives(*[f"worst_group:{c.name}" for c in s.task.columns], "gap", "f1", "recall"),
            "At most 8",
        ),
        (lambda s: s.objectives("rmse"), "is for regression"),
        (lambda s: s.add_objective("cost", 5), "a cost matrix or a function"),
        (lambda s: s.add_objective("cost", [[0, 1]]), "must be square"),
        (lambda s: s.add_objective("cost", np.eye(3)), "there are 2 classes"),
        (lambda s: s.add_objective("cost", [[0, math.nan], [1, 0]]), "must be square"),
        (lambda s: s.add_objective("score", [[0, 1], [1, 0]]), "a column of session.trials"),
        (lambda s: s.add_objective("no good", misses), "a short name"),
        (lambda s: s.add_objective("auc", misses), "already"),
        (lambda s: s.add_objective("cost", misses, direction="down"), "got 'down'"),
        (lambda s: s.require("fast"), "cannot be parsed"),
        (lambda s: s.require("gap < 0,05"), "decimal point"),
        (lambda s: s.require("family in forrest"), "no family 'forrest'"),
        (lambda s: s.require("gap < 1", hard="yes"), "True or False"),
        (lambda s: s.relax("gap"), "There is no constraint 'gap'"),
        (lambda s: s.prefer(0, 0, "a"), "two different trials"),
        (lambda s: s.prefer(0, 10**9, "a"), "There is no trial 1000000000"),
        (lambda s: s.prefer("0", 1, "a"), "two different trials"),
        (lambda s: s.prefer(0, 1, "better"), "a, b, equal, skip"),
        (lambda s: s.set_goals({"gap": 1}), "is not an objective"),
        (lambda s: s.set_goals({"predict_ms": -1}), "number from 0"),
        (lambda s: s.set_goals({"predict_ms": 0}), "must be above 0"),
        (lambda s: s.set_goals([1, 2]), "Goals must be a dict"),
        (lambda s: s.set_goals({"predict_ms": 1}, strength="so so"), "hint, fair, strong"),
        (lambda s: s.audit("sexes"), "There is no column 'sexes'"),
        (lambda s: s.audit(["sex"]), "There is no column"),
        (lambda s: s.audit("sex", 10**6), "Trial 1000000 has no out-of-fold predictions"),
        (lambda s: s.audit("sex", "0"), "no out-of-fold predictions"),
    ],
)
def test_every_bad_call_raises_one_clear_sentence(asked, call, said):
    """The error is one line, and nothing changes."""
    before = asked.state.steering
    with pytest.raises(HitlError) as refusal:
        call(asked)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert asked.state.steering == before


@pytest.fixture(scope="module")
def asked(cancer, tmp_path_factory):
    """A session with two trials, for wrong questions."""
    place = tmp_path_factory.mktemp("asked") / "s.sqlite"
    with AutoMLSession(cancer, "target", max_trials=9, workers=1, autonomy="user", journal=place) as session:
        run(session, LINES[0], TREES[0])
        yield session


def test_before_the_first_trial_methods_say_so(cancer, tmp_path):
    """Questions return nothing, and methods that need a trial say why they fail."""
    with AutoMLSession(cancer, "target", max_trials=3, workers=1, journal=tmp_path / "s.sqlite") as session:
        assert session.next_pair() is None
        assert session.preferred_trial() is None
        assert session.challenge() is None
        assert session.constraints.empty
        assert session.learnt == ("Nothing learned yet: answer a pair, or set goals.",)
        for call in (session.preferred_model, session.best_model, lambda: session.audit("sex")):
            with pytest.raises(CommandError, match="No trial is complete yet"):
                call()
        session.require("predict_ms < 5")
        assert session.constraints.loc[0, ["kept", "broken", "unknown"]].tolist() == [0, 0, 0]
        session.set_goals({"predict_ms": 1})
        assert session.next_pair() is None


def test_constraints_are_in_the_unit_of_the_target(tmp_path):
    """A limit on the RMSE keeps the better models, and the column of scores keeps its sign."""
    with AutoMLSession(
        table_of(load_diabetes, 240), "target", max_trials=50, workers=2, autonomy="user", journal=tmp_path / "s.sqlite"
    ) as session:
        run(session, {"family": "linear"}, *TREES, {"family": "dummy"})
        session.objectives("mae", "r2", "worst_group:sex")
        wait_until(session, has("neg_mean_absolute_error", "r2", "worst_group:sex"))
        frame = session.trials.set_index("number")
        assert frame["score"].lt(0).all()
        assert frame["neg_mean_absolute_error"].lt(0).all()
        middle = -frame["score"].median()
        session.require(f"rmse <= {middle}")
        frame = session.trials.set_index("number")
        assert (frame["feasible"] == (frame["score"] >= -middle)).all()
        assert session.constraints.loc[0, "constraint"].startswith("root_mean_squared_error <= ")
        session.relax(session.constraints.loc[0, "constraint"])
        session.add_objective("worst", lambda y, p: float(np.max(np.abs(y - p))))
        wait_until(session, has("worst"))
        assert session.trials["worst"].gt(0).all()
        session.set_goals({"worst": 1.0})
        assert session.preferred_trial() is not None
        with pytest.raises(CommandError, match="A cost matrix needs a classification task"):
            session.add_objective("cost", [[0, 1], [1, 0]])


@pytest.mark.parametrize("split", ["groups", "time"])
def test_objectives_work_for_several_classes_and_other_splits(split, tmp_path):
    """Three classes, folds that keep groups together or go forward in time, and a column whose name is HTML."""
    frame = table_of(load_iris).rename(columns={"petal width (cm)": EVIL})
    frame = frame.assign(target=np.array(["x", "y", "z"])[frame["target"]], when=np.arange(len(frame)) // 5)
    with AutoMLSession(
        frame,
        "target",
        **{split: "when"},
        max_trials=50,
        workers=2,
        autonomy="user",
        journal=tmp_path / "s.sqlite",
    ) as session:
        run(session, {"family": "linear"}, *TREES)
        session.objectives("accuracy", f"worst_group:{EVIL}", "calibration")
        session.add_objective("cost", [[0, 1, 2], [1, 0, 1], [2, 1, 0]])
        wait_until(session, has("accuracy", "calibration", "cost", f"worst_group:{EVIL}"))
        assert session.trials[["accuracy", "calibration", "cost"]].notna().all().all()
        session.require(f"worst_group:{EVIL} < 100", hard=False)
        session.require("accuracy >= 0.1")
        assert session.preferred_trial() is not None
        pair = session.next_pair()
        if pair is not None:
            session.prefer(*pair, "b")
        for warning in session.warnings:
            session.answer(warning, "It is known in time.")
        assert session.preferred_model().predict(frame.drop(columns="target")).shape == (len(frame),)
        assert len(session.audit(EVIL).groups) >= 2
        with pytest.raises(CommandError, match="Use 'worst_group"):
            session.objectives("demographic_parity:when")


def test_a_search_by_preferences_evaluates_the_preferred_trial_on_the_holdout(cancer, tmp_path):
    """The machine searches by a goal and a constraint, and the preferred trial satisfies both."""
    with AutoMLSession(cancer, "target", max_trials=14, workers=2, journal=tmp_path / "s.sqlite") as session:
        session.objectives("accuracy", "predict_ms", "columns_used")
        session.set_goals({"accuracy": 1.0, "predict_ms": 3.0})
        session.require("accuracy > 0.5")
        without_slow_families(session).start()
        assert session.wait(240)
        state = session.state
        assert state.holdout.trial == state.chosen
        assert state.trials[state.chosen].measures["accuracy"] > 0.5
        assert state.learnt is not None
        assert all(state.trials[n].measures["accuracy"] > 0.5 for n, _ in state.ensemble)
        wait_until(session, has("accuracy", "columns_used"))
        study = session.study
        assert len(study.trials) == session.state.ended
        assert all(
            "accuracy" in trial.user_attrs for trial in study.trials if trial.state.is_finished() and trial.value
        )
