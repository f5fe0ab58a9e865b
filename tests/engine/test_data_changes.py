"""Columns that change in the middle of a search: in a controller with stand-ins, and in a session with real workers."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from hitl_widget import AutoMLSession
from hitl_widget.data.choices import Columns
from hitl_widget.data.task import understand
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.data_choices import ANY_VIEW, NO_CHOICES
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.preview import preview
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.trial import Author, Origin, TrialState
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.engine.ports import NoWarnings
from hitl_widget.errors import CommandError, ConfigError, DataError
from hitl_widget.evaluation.trust import sign, verified
from hitl_widget.explain.importances import importances, shares
from hitl_widget.explain.views.course import course
from hitl_widget.explain.views.pipelines import pipelines
from hitl_widget.report.data_effects import effect_of
from hitl_widget.report.trials import verdict
from hitl_widget.report.words import Words
from hitl_widget.sampling.sampler import study_of
from hitl_widget.session.frames import leaderboard_frame, trials_frame
from hitl_widget.session.results import truth_and_predictions
from hitl_widget.session.runtime import runtime_of
from tests.doubles import SPACE, Stage
from tests.tables import EVIL, customers


@pytest.fixture
def stage(tmp_path):
    made = []

    def make(**settings):
        columns = Columns(understand(customers(200), "Churn"), tmp_path)
        made.append(Stage(tmp_path, tables=columns, **{"budget_trials": None, **settings}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def begun(one):
    one.do(cmd.Start())
    one.until(lambda s: s.count(TrialState.COMPLETE) >= 10)
    return one


def test_what_was_measured_on_other_columns_stands_aside(stage):
    """It is kept, not ranked, and comes back with its columns; the constant guess looks at none and stays."""
    one = begun(stage())
    one.do(cmd.ChangeData({"tenure": "ignored"}))
    state = one.until(lambda s: s.ended >= 24)
    before = {t.number for t in state.trials if t.view == 0}
    assert len(before) >= 9
    assert before <= state.outside
    assert not before & set(state.leaders)
    guess = next(t for t in state.trials if t.family == "dummy")
    assert guess.view == ANY_VIEW
    assert guess.number not in state.outside
    assert state.view == 1
    assert all(t.view == 1 for t in state.trials if t.number in state.leaders and t.family != "dummy")
    assert state.generations[1].title == "excluded tenure"
    one.do(cmd.Undo())
    state = one.controller.state
    assert (state.view, state.steering.data) == (0, NO_CHOICES)
    assert {t.number for t in state.trials if t.view == 1} <= state.outside
    assert not before & state.outside
    one.do(cmd.Redo())
    assert one.controller.state.view == 1
    assert len(one.controller.state.views) == 2


def test_counts_and_tables_are_of_todays_data(stage):
    """Earlier results leave the counts, the leaderboard and the verdicts; undo brings them back."""
    one = begun(stage())
    task = understand(customers(200), "Churn").task
    before = leaderboard_frame(one.controller.state, task)
    assert "earlier_data" not in trials_frame(one.controller.state, task)
    one.do(cmd.ChangeData({"tenure": "ignored"}))
    state = one.until(lambda s: s.ended >= 24)
    past = [t for t in state.trials if state.on_other_data(t)]
    assert state.by_other_view() == [[t.number for t in past]]
    for kind in TrialState:
        today = sum(t.state is kind for t in state.trials) - sum(t.state is kind for t in past)
        assert state.count(kind, today=True) == today
        assert state.count(kind) == sum(t.state is kind for t in state.trials)
    frame = trials_frame(state, task)
    assert set(frame.number[frame.earlier_data]) == {t.number for t in past}
    board = leaderboard_frame(state, task)
    assert set(board.number) == set(state.leaders)
    assert list(board.score) == sorted(board.score, reverse=True)
    words = Words(task, {}, frozenset({"dummy"}))
    old = next(t for t in past if t.state is TrialState.COMPLETE)
    assert "before the data changed. Its score does not compare with today's." in verdict(words, state, old)
    one.do(cmd.Pause())
    one.do(cmd.Undo())
    state = one.controller.state
    assert [t.number for t in past if t.view == state.view] == [t.number for t in past]
    assert set(before.number) <= set(leaderboard_frame(state, task).number)
    assert state.count(TrialState.COMPLETE, today=True) >= len(before)


def test_the_best_of_each_family_is_measured_again_first(stage):
    """So that scores on other columns can be compared at once; the reason names the trial that came before."""
    one = begun(stage())
    one.executor.hold()
    one.do(cmd.ChangeData({"tenure": "ignored"}, running="cancel"))
    one.executor.release()
    state = one.until(lambda s: sum(t.view == 1 and t.state is TrialState.COMPLETE for t in s.trials) >= 3)
    again = [t for t in state.trials if t.view == 1 and t.parent is not None]
    assert {t.family for t in again} == {"line", "tree"}
    for trial in again:
        assert trial.origin is Origin.START
        former = state.trials[trial.parent]
        assert former.config == trial.config
        assert trial.why.startswith(f"Repeats #{former.number}, ")
        known = [t for t in state.trials if t.view == 0 and 0 < t.ended < state.acts[0].seq]
        rivals = [t.score for t in known if t.family == trial.family and t.state is TrialState.COMPLETE]
        assert former.score == max(rivals)


def test_a_leak_that_was_excluded_is_recorded_with_the_act(stage):
    """Whoever excludes it, and however; other columns are not named."""

    class Leaky(NoWarnings):
        def leaks(self, _state, columns):
            return tuple(name for name in columns if name == "tenure")

    one = begun(stage(known_warnings=Leaky()))
    one.do(cmd.ChangeData({"tenure": "ignored", "Contract": "ignored"}))
    one.do(cmd.ChangeData({"MonthlyCharges": "ignored"}))
    assert [act.leaks for act in one.controller.state.acts] == [("tenure",), ()]


def test_the_pair_shows_the_last_change(stage):
    """After two changes, a configuration that ran before the second one is evaluated again, not an older one."""
    one = begun(stage())
    one.do(cmd.ChangeData({"tenure": "ignored"}))
    one.until(lambda s: s.count(TrialState.COMPLETE, today=True) >= 8)
    one.do(cmd.ChangeData({"Contract": "ignored"}))
    state = one.until(lambda s: s.count(TrialState.COMPLETE, today=True) >= 4)
    repeated = [state.repeated(t) for t in state.trials if t.generation == 2 and t.parent is not None]
    assert repeated[0].view == 1
    assert effect_of(state, state.acts[1]).before.view == 1


def test_the_sampler_and_the_study_rest_on_the_columns_of_today(stage):
    """Optuna's study holds the trials that compare; the others are evidence only while there are few of today's."""
    one = begun(stage())
    one.do(cmd.ChangeData({"tenure": "ignored"}))
    state = one.until(lambda s: s.ended >= 30)
    numbers = {trial.user_attrs["number"] for trial in study_of(state, SPACE, "s").trials}
    assert numbers == {
        t.number for t in state.trials if t.state in (TrialState.COMPLETE, TrialState.STOPPED) and t.view
    }


def test_a_refused_change_changes_nothing(stage):
    """Nothing is on record but the refusal."""
    one = begun(stage())
    for change in (cmd.ChangeData({"tenur": "ignored"}), cmd.ChangeData({"tenure": "auto"})):
        with pytest.raises((DataError, CommandError)):
            one.do(change)
    assert one.controller.state.acts == ()
    assert one.controller.state.views == (NO_CHOICES,)


def test_an_act_taken_back_alone_leaves_choices_that_can_be_read(stage):
    """A way to fill leaves with the role that knew it; what would leave nothing to learn from is refused."""
    one = stage()
    one.do(cmd.ChangeData({"tenure": "categorical"}))
    one.do(cmd.ChangeData(filling={"tenure": "own_level"}, encoding={"tenure": "frequency"}))
    one.do(cmd.Undo(1))
    assert one.controller.state.steering.data == NO_CHOICES
    one.do(cmd.AddTransform("twice", ("tenure",), "f", b"code"))
    columns = {column.name: "ignored" for column in understand(customers(200), "Churn").task.used}
    one.do(cmd.ChangeData(columns))
    with pytest.raises(DataError, match="At least one column must stay"):
        one.do(cmd.Undo(4))
    assert one.controller.state.steering.data.transforms


def test_what_was_measured_on_these_columns_is_not_measured_again(stage):
    """The best of a family goes to other columns and back; its settings are known here then."""
    one = begun(stage())
    for role in ("ignored", "categorical"):
        known = one.controller.state.ended
        one.do(cmd.ChangeData({"tenure": role}))
        one.until(lambda s, known=known: s.ended >= known + 12)
    one.do(cmd.Undo())
    one.until(lambda s: s.ended >= 45)
    one.do(cmd.Pause())
    state = one.controller.state
    for trial in state.trials:
        if trial.parent is not None and trial.view == 1:
            before = [t.config for t in list(state.trials)[: trial.number] if t.view == 1]
            assert trial.config not in before


def test_what_is_told_rests_on_the_columns_of_today(stage):
    """Trials that read a leak stay the best of the record; nothing that is told of today's columns leans on them."""
    one = begun(stage())
    one.do(cmd.ChangeData({"tenure": "ignored"}))
    one.until(lambda s: s.ended >= 34)
    one.do(cmd.Pause())
    state = one.controller.state
    for trial in list(state.trials):
        if trial.view == 0 and trial.score is not None:
            state = replace(state, trials=state.trials.replace(trial.number, replace(trial, score=trial.score + 9.0)))
    assert state.best is not None
    family = state.trials[state.best].family
    found = preview(state, cmd.Edit({"tree.depth": [1, 7]}), frozenset({"dummy"}), {})
    assert found.back == ()
    assert found.best_after == state.best
    metric = metric_named("roc_auc")
    view = course(state, metric, {})
    assert f"({family} #{state.best})" in view.sentences[0]
    today = [row for row in view.data["trials"] if row["past"] == 0]
    assert max(row["best"] for row in today if row["best"] is not None) < 2
    assert sum(row["trials"] for row in pipelines(state, metric, {}).data["nodes"] if row["stage"] == 3) == sum(
        trial.state is TrialState.COMPLETE and not state.on_other_data(trial) for trial in state.trials
    )
    own = [trial for trial in state.trials if trial.family == family and not state.on_other_data(trial)]
    assert importances(state, family) == shares(state.space.of(family), own)


def test_the_record_gives_the_same_state(stage):
    """Views, numbers and what stands aside follow from the events alone."""
    one = begun(stage())
    one.do(cmd.ChangeData({"tenure": "categorical"}, {"MonthlyCharges": "mean"}, {"Contract": "ordinal"}))
    one.do(cmd.ChangeData({EVIL: "ignored"}))
    one.do(cmd.Undo(1))
    one.until(lambda s: s.ended >= 20)
    one.do(cmd.Pause())
    one.close()
    journal = SqlJournal(one.place, create=False)
    state = replay(journal.read())
    journal.close()
    now = one.controller.state
    assert (state.views, state.view, state.outside, state.leaders) == (now.views, now.view, now.outside, now.leaders)
    assert [view.as_json()["encoding"] for view in state.views] == [
        {},
        {"Contract": "ordinal"},
        {"Contract": "ordinal"},
        {},
    ]


def test_a_search_without_a_table_says_so(tmp_path):
    """The engine alone knows no columns."""
    one = Stage(tmp_path)
    with pytest.raises(CommandError, match="no table"):
        one.do(cmd.ChangeData({"tenure": "ignored"}))
    one.close()


# -- with real workers ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    """A finished session whose columns changed after its first trials."""
    place = tmp_path_factory.mktemp("data") / "s.sqlite"
    table = customers(300)
    session = AutoMLSession(table, "Churn", max_trials=4, workers=2, journal=place)
    for family in ("lightgbm", "linear", "tree"):
        session.propose({"family": family})
    session.start()
    session.wait(120)
    session.drop("tenure")
    session.change_data(filling={EVIL: "own_level"}, encoding={"Contract": "target_mean"})
    session.add_transform("each", lambda t: t["MonthlyCharges"] / (t["tenure"] + 1), ["MonthlyCharges", "tenure"])
    session.add_transform("scaled", StandardScaler(), "MonthlyCharges")
    session.set_budget(trials=9)
    session.resume()
    session.wait(120)
    yield session, table
    session.close()


@pytest.mark.slow
def test_models_of_changed_columns_are_fitted_and_delivered(changed):
    """The delivered model takes the table as it came, with what the person made of its columns inside."""
    session, table = changed
    state = session.state
    late = [t for t in state.trials if t.view == state.view]
    assert late
    assert all(t.state is not TrialState.FAILED for t in late), [t.problem for t in late]
    assert state.best in {t.number for t in late}
    assert [c.name for c in session.task.used] == ["MonthlyCharges", "TotalCharges", "Contract", EVIL]
    model = session.best_model()
    found = model.predict_proba(table.drop(columns="Churn"))
    assert found.shape == (300, 2)
    other = table.assign(tenure=table["tenure"] + 40).drop(columns="Churn")  # read by the transform only
    assert np.abs(model.predict_proba(other) - found).max() > 0.01
    truth, predicted = truth_and_predictions(runtime_of(session), state.best)
    assert len(truth) == len(predicted) == session.task.train_rows


@pytest.mark.slow
def test_explanations_are_of_the_columns_that_a_model_reads(changed):
    """A column made of several is one of its own; each trial is explained on the columns that it was fitted on."""
    session, _ = changed
    best = session.state.best
    names = {row["column"] for row in session.explain.importance(trial=best).data["importance"]}
    assert "each" in names
    assert "tenure" not in names
    first = next(t.number for t in session.state.trials if t.view == 0 and t.family == "lightgbm")
    names = {row["column"] for row in session.explain.importance(trial=first).data["importance"]}
    assert "tenure" in names
    assert "each" not in names


@pytest.mark.slow
def test_a_trial_is_explained_by_a_column_that_was_dropped_since(changed):
    """It read that column; a trial of today did not."""
    session, _ = changed
    first = next(t.number for t in session.state.trials if t.view == 0 and t.family == "lightgbm")
    assert "tenure" in session.explain.effect("tenure", trial=first).question
    assert "each" in session.explain.effect("each").question
    with pytest.raises(CommandError, match="model reads|no column"):
        session.explain.effect("each", trial=first)


@pytest.mark.slow
def test_what_if_a_column_changes_that_a_function_reads(changed):
    """What is made of it follows, as for a row that comes so."""
    session, table = changed
    model, columns = session.best_model(), table.drop(columns="Churn")
    pay = float(table["MonthlyCharges"].max())
    found = session.explain.what_if(7, {"MonthlyCharges": pay}).data["what_if"][-1]["value"]
    then = columns.iloc[[7]].assign(MonthlyCharges=pay)
    assert found == pytest.approx(model.predict_proba(then)[0, 1], abs=1e-6)


@pytest.mark.slow
def test_a_constant_guess_is_not_handed_over_silently(changed):
    """Columns were changed after the search ended, and no model has read them yet."""
    session, _ = changed
    session.drop("TotalCharges")
    with pytest.warns(UserWarning, match=r"constant prediction \(trial "):
        session.best_model()
    session.undo()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        session.best_model()


@pytest.mark.slow
def test_undo_brings_the_first_models_back_and_loading_keeps_all(changed):
    """The journal holds choices and code; a loaded session fits on."""
    session, table = changed
    place = session.path
    for _ in session.state.done:
        session.undo()
    assert session.state.view == 0
    assert session.state.trials[session.state.best].view == 0
    assert session.best_model().predict(table.drop(columns="Churn")).shape == (300,)
    for _ in range(4):
        session.redo()
    views = session.state.views
    session.close()
    again = AutoMLSession.load(place)
    try:
        assert again.state.views == views
        ended = again.state.ended
        again.set_budget(trials=again.state.started + 2)
        again.resume()
        again.wait(120)
        late = [t for t in again.state.trials if t.number >= ended]
        assert {t.view for t in late} == {again.state.view}
        assert all(t.state is not TrialState.FAILED for t in late), [t.problem for t in late]
    finally:
        again.close()


@pytest.mark.slow
def test_a_click_that_has_to_read_a_column_anew_holds_up_no_other(tmp_path):
    """It is read beside the controller's thread; what is wrong with it comes back as for any command."""
    session = AutoMLSession(customers(200), "Churn", max_trials=1, workers=1, journal=tmp_path / "s.sqlite")
    try:
        change = cmd.ChangeData({"tenure": "categorical"})
        assert not runtime_of(session).columns.is_ready(NO_CHOICES, change)
        runtime_of(session).send(change, Author.YOU).result(30)
        assert session.state.acts[-1].title == "tenure is categorical"
        assert runtime_of(session).columns.is_ready(NO_CHOICES, change)
        with pytest.raises(DataError, match="can be read as numbers"):
            runtime_of(session).send(cmd.ChangeData({"Contract": "numeric"}), Author.YOU).result(30)
    finally:
        session.close()


@pytest.mark.slow
def test_a_transform_of_another_person_is_not_run(tmp_path):
    """Its trials fail with a sentence that says what to do, and removing it helps."""
    place = tmp_path / "s.sqlite"
    session = AutoMLSession(customers(200), "Churn", max_trials=1, workers=1, journal=place)
    session.add_transform("half", lambda t: t["tenure"] / 2, "tenure")
    with pytest.raises(ConfigError, match="other rows"):
        session.add_transform("leak", lambda t: t["tenure"] - t["tenure"].mean(), "tenure")
    with pytest.raises(DataError, match="already"):
        session.add_transform("half", lambda t: t["tenure"] / 2, "tenure")
    session.close()
    journal = SqlJournal(place, create=False)
    code = verified(journal.get("transform/half"))
    journal.put("transform/half", sign(code, folder=tmp_path / "another person"))
    journal.close()
    with pytest.warns(UserWarning, match="'half' is code from another computer"):
        session = AutoMLSession.load(place)
    try:
        number = session.propose({"family": "tree"})
        session.start()
        session.wait(60)
        assert "session.remove_transform('half')" in session.state.trials[number].problem.message
        session.remove_transform("half")
        session.set_budget(trials=3)
        number = session.propose({"family": "tree"})
        session.resume()
        session.wait(60)
        assert session.state.trials[number].state is TrialState.COMPLETE
    finally:
        session.close()


@pytest.mark.slow
def test_a_transform_is_tried_on_the_rows_as_it_will_read_them(tmp_path):
    """Filled where the person said so; a change under which it would fail in each trial is refused, also from afar."""
    table = customers(200)
    table.loc[::5, "MonthlyCharges"] = np.nan
    session = AutoMLSession(table, "Churn", max_trials=1, workers=1, journal=tmp_path / "s.sqlite")
    try:
        with pytest.raises(ConfigError, match="NaN"):
            session.add_transform("parts", PCA(2), ["MonthlyCharges", "tenure"])
        session.fill("MonthlyCharges", "mean")
        session.add_transform("parts", PCA(2), ["MonthlyCharges", "tenure"])
        session.add_transform("years", lambda t: t["tenure"] / 12, "tenure")
        with pytest.raises(DataError, match=r"NaN.*remove_transform\('parts'\)"):
            session.fill("MonthlyCharges", "auto")
        with pytest.raises(DataError, match=r"remove_transform\('years'\)"):
            runtime_of(session).send(cmd.ChangeData({"tenure": "text"}), Author.YOU).result(30)
        assert [act.kind for act in session.state.acts] == ["data"] * 3
        session.set_role("Contract", "text")
    finally:
        session.close()
