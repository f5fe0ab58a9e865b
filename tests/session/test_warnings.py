"""Warnings of a session, and their answers."""

from __future__ import annotations

import threading

import pandas as pd
import pytest

from hitl_widget import AutoMLSession, CommandError
from hitl_widget.advise import survey
from hitl_widget.domain.event import Steered, WarningAnswered
from hitl_widget.domain.task import Role
from hitl_widget.domain.trial import Author
from hitl_widget.session import results
from hitl_widget.session.runtime import runtime_of
from hitl_widget.widget.wire.session import status_info
from hitl_widget.widget.wire.warnings import Warnings
from tests.tables import customers


@pytest.fixture(scope="module")
def leaky(tmp_path_factory):
    """A table with a copy of its target."""
    table = customers()
    table["left_on"] = (table["Churn"] == "Yes").map({True: "2024", False: "never"})
    place = tmp_path_factory.mktemp("warnings") / "s.sqlite"
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=place) as session:
        yield session


def test_a_copy_of_the_target_is_the_first_warning(leaky):
    """It is severe, names the column and has a remedy."""
    first = leaky.warnings[0]
    assert (str(first.severity), first.columns[0]) == ("high", "left_on")
    assert first.remedy
    assert first.answers


def test_an_answer_is_carried_out(tmp_path):
    """The column is left out and the answer recorded, in one batch; undo brings the column and the warning back."""
    table = customers(300)
    table["left_on"] = (table["Churn"] == "Yes").map({True: "2024", False: "never"})
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        first = session.warnings[0]
        batches = []
        runtime_of(session).subscribe(lambda _state, records: batches.append([one.event for one in records]))
        session.answer(first.key, "drop")
        assert [type(event) for event in batches[-1]] == [Steered, WarningAnswered]
        assert next(one for one in session.task.columns if one.name == "left_on").role is Role.IGNORED
        act = session.state.acts[-1]
        assert (act.author, act.why) == (Author.YOU, first.evidence)
        assert session.state.warned[first.key] == first.answers[0].label
        session.undo()
        assert first.key in [one.key for one in session.warnings]


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """A finished search on a table with a copy of its target."""
    table = customers(300)
    table["left_on"] = (table["Churn"] == "Yes").map({True: "2024", False: "never"})
    place = tmp_path_factory.mktemp("searched") / "s.sqlite"
    with AutoMLSession(table, "Churn", max_trials=4, workers=1, journal=place) as session:
        session.start().wait(120)
        yield session


CAUTION = "Scores may be misleading. left_on predicts Churn almost perfectly: it may be a copy of the target."


@pytest.mark.slow
def test_a_severe_warning_goes_with_every_score_until_it_is_answered(searched):
    """Summaries, the journal and each model say one sentence; after the answer nobody does, after undo all do again."""
    models = (
        searched.best_model,
        searched.ensemble,
        searched.preferred_model,
        lambda: searched.model(1),
        lambda: searched.refit(1),
    )
    runtime = runtime_of(searched)

    def said():
        caution = CAUTION in searched.summary()
        assert (CAUTION in searched.summary_html()) is caution
        assert (CAUTION in searched.journal_markdown().replace("\\", "")) is caution
        data = Warnings(runtime, lambda run: run(), lambda: None)
        data.follow(searched.state)
        status = status_info(runtime, searched.state, [], data.status())
        assert (status["warnings"]["caution"] != "") is caution
        assert (CAUTION in status["holdout"]["sentence"]) is caution
        return caution

    assert said()
    for model in models:
        with pytest.warns(UserWarning, match="Scores may be misleading. left_on .* session.answer"):
            model()
    searched.answer("copy:left_on", "keep")
    others = [
        one.key for one in searched.warnings if str(one.severity) == "high" and one.key not in searched.state.warned
    ]
    for key in others:
        searched.answer(key, "The copy is known in time.")
    assert not said()
    for model in models:
        model()


@pytest.mark.slow
def test_a_slow_check_of_the_table_does_not_hold_up_a_summary(tmp_path, monkeypatch):
    """Summary, Markdown and models say that the table is being checked, until it is."""
    with AutoMLSession(customers(300), "Churn", max_trials=3, workers=1, journal=tmp_path / "s.sqlite") as session:
        session.start().wait(120)
        go_on, real = threading.Event(), survey.safeguards_of

        def slow(*given):
            assert go_on.wait(120)
            return real(*given)

        monkeypatch.setattr(survey, "safeguards_of", slow)
        monkeypatch.setattr(results, "MODEL_WAIT", 0.05)
        assert results.UNCHECKED in session.summary()
        assert "still being checked" in session.journal_markdown()
        with pytest.warns(UserWarning, match="still being checked for problems such as target leakage"):
            session.best_model()
        go_on.set()
        session.warnings  # noqa: B018 - waits for the check
        assert "still being checked" not in session.summary()


def test_the_caution_waits_for_a_score(leaky):
    """Before there is a score, nothing is said about it."""
    assert "misleading" not in leaky.summary()


def test_a_changed_metric_ends_its_warning(tmp_path):
    """Accuracy on rare classes is warned of; once another metric is used, it is not, and after undo it is again."""
    table = customers(400)
    table = table[(table["Churn"] == "No") | (table.index % 12 == 0)].reset_index(drop=True)
    place = tmp_path / "s.sqlite"
    with AutoMLSession(table, "Churn", metric="accuracy", autonomy="user", workers=1, journal=place) as session:
        known = runtime_of(session).known_warnings
        assert "imbalance" in [one.key for one in session.warnings if str(one.severity) == "high"]
        session.answer("imbalance", "metric")
        assert "imbalance" not in [one.key for one in session.warnings if str(one.severity) == "high"]
        assert "imbalance" not in [one.key for one in known.open(session.state)]
        session.undo()
        assert "imbalance" in [one.key for one in known.open(session.state)]


def test_duplicates_are_dropped_by_an_answer(tmp_path):
    """The answer acts: one row of each set stays, the warning ends, and undo opens it again."""
    table = pd.concat([customers(200)] * 2, ignore_index=True).drop(columns="customerID")
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        assert "duplicates" in [one.key for one in session.warnings]
        assert session.answer("duplicates", "unique").startswith("Dropped 200 duplicate rows")
        assert session.task.rows == 200
        assert "duplicates" not in [one.key for one in session.warnings]
        session.undo()
        assert session.task.rows == 400
        assert "duplicates" in [one.key for one in session.warnings]


def test_folds_are_grouped_by_an_answer(tmp_path):
    """The answer acts as `set_split` does, from Python as from a click."""
    table = customers(60)
    table = pd.concat([table.assign(tenure=table["tenure"] + i) for i in range(6)], ignore_index=True)
    with AutoMLSession(table, "Churn", autonomy="user", workers=1, journal=tmp_path / "s.sqlite") as session:
        warning = next(one for one in session.warnings if one.rule == "groups")
        answer = warning.answers[0]
        assert answer.python == 'session.set_split(groups="customerID")'
        assert "grouped by customerID" in session.answer(warning, answer.id)
        assert session.task.split.group_column == "customerID"
        assert warning.key not in [one.key for one in session.warnings]


def test_an_answer_is_recorded(leaky):
    """It is in the state and in the journal, and the caller hears so."""
    first = leaky.warnings[0]
    said = leaky.answer(first, "It is known only afterwards; I will drop it.")
    assert said == "The answer is saved in the journal."
    assert leaky.state.warned[first.key].startswith("It is known only afterwards")
    assert first.key in leaky.journal["text"].str.cat(sep=" ")


def test_a_warning_that_is_not_there_cannot_be_answered(leaky):
    """Keys and answers are checked."""
    with pytest.raises(CommandError, match="There is no warning 'fate'"):
        leaky.answer("fate", "so be it")
    with pytest.raises(CommandError, match="An answer to a warning must be a text"):
        leaky.answer(leaky.warnings[0], "  ")
