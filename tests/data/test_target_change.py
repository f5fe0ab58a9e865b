"""Another target in the middle of a session: labels, rows, columns and metric."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hitl_widget.data.choices import Columns, raw_table
from hitl_widget.data.row_set import RowSet
from hitl_widget.data.target_change import new_target
from hitl_widget.data.task import understand
from hitl_widget.domain.commands.data import ChangeData
from hitl_widget.domain.commands.rows import AddRows, DropRows, Relabel, SetSplit, SetTarget, SetWeights
from hitl_widget.domain.data_choices import DataChoices, Transform
from hitl_widget.domain.data_preview import DataPreview
from hitl_widget.domain.row_choices import RowChoices
from hitl_widget.domain.task import Kind, Role, SplitScheme
from hitl_widget.errors import DataError
from tests.data.test_row_changes import Bench, sound, table


def frame(rows: int = 300) -> pd.DataFrame:
    """Customers with a plan of three classes and an income that some do not tell."""
    found = table(rows)
    income = found["tenure"] * 100.0 + np.random.default_rng(1).normal(0, 50, rows)
    return found.assign(
        plan=np.array(["basic", "plus", "pro"])[np.arange(rows) % 3], income=income.mask(found.index < 9)
    )


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path, frame())


def test_classes_become_numbers_and_the_former_target_a_column(bench):
    """Kind, metric and columns follow; rows without the new target leave, and the holdout stays the same rows."""
    title = bench.do(SetTarget("income"))
    assert title == "changed the target from Churn to income (a number, RMSE), without 9 rows that have no income"
    sound(bench.now)
    task = bench.now.task
    assert (task.target, task.kind, task.metric.label, task.rows) == ("income", Kind.REGRESSION, "RMSE", 291)
    assert task.split.scheme is SplitScheme.KFOLD
    assert {one.name: one.role for one in task.columns}["Churn"] is Role.CATEGORICAL
    assert "income" not in {one.name for one in task.columns}
    assert list(bench.now.table) == [one.name for one in task.columns]
    assert "9 rows without a value of income left out. session.to_label() says which to label first." in task.notes
    assert not any(note in bench.first.about_target for note in task.notes)
    assert set(bench.choices[-1].applied(bench.first.task).notes) <= set(task.notes)
    with_target = bench.first.holdout[bench.first.holdout >= 9]
    np.testing.assert_array_equal(bench.now.holdout, with_target)
    np.testing.assert_allclose(bench.now.y[9:], frame()["income"][9:])
    assert not set(range(9)) & set(bench.now.train.tolist())


def test_positions_do_not_move_and_the_table_is_the_given_one(bench):
    """Row 40 is row 40 under each target."""
    bench.do(SetTarget("plan"))
    assert bench.now.task.classes == ("basic", "plus", "pro")
    assert bench.now.task.metric.scorer == "neg_log_loss"
    assert bench.now.classes[bench.now.y[40]] == frame()["plan"][40]
    assert bench.now.table["Churn"].iloc[40] == frame()["Churn"][40]
    assert bench.now.task.class_counts == (100, 100, 100)


def test_rows_without_the_first_target_join_and_leave_again(tmp_path):
    """They train for a target that they have; back at the first target, the view is the first one."""
    given = frame()
    bench = Bench(tmp_path, given.assign(Churn=given["Churn"].mask(given.index >= 280)))
    assert len(bench.first.y) == 280
    bench.do(SetTarget("plan"))
    sound(bench.now)
    assert bench.now.task.rows == 300
    assert set(range(280, 300)) <= set(bench.now.train.tolist())
    assert bench.now.table["Churn"].iloc[280:].isna().all()
    bench.do(SetTarget("Churn"))
    assert bench.choices[-1].rows is None
    bench.do(Relabel((281,), ("Yes",)))
    bench.do(SetTarget("plan"))
    assert bench.now.table["Churn"].iloc[281] == "Yes"
    bench.do(SetTarget("Churn"))
    sound(bench.now)
    assert 281 in bench.now.train
    assert bench.choices[-1].rows.labeled == 1


def test_rows_without_the_new_target_can_get_a_label(bench):
    """They join the search, as rows without the first target do."""
    bench.do(SetTarget("income"))
    bench.do(Relabel((3,), (1234.0,)))
    sound(bench.now)
    assert 3 in bench.now.train
    assert bench.now.y[3] == 1234.0
    bench.do(SetTarget("Churn"))
    assert bench.now.table["income"].iloc[3] == 1234.0


def test_back_to_the_first_target_is_the_first_view(bench):
    """Rows that had left come back to the part where they were, so the same trials count again."""
    bench.do(SetTarget("income"))
    bench.do(SetTarget("Churn"))
    assert bench.choices[-1] == bench.choices[0]
    assert bench.choices[-1].rows is None


def test_a_metric_can_be_chosen_with_the_target(bench):
    """It decides between classes and numbers, and a later metric does not outlive the target."""
    bench.do(SetTarget("plan", metric="accuracy"))
    assert bench.choices[-1].scored(bench.first.task).metric.label == "accuracy"
    bench.choices.append(replace(bench.choices[-1], metric="f1_macro"))
    bench.do(SetTarget("income", metric="mae"))
    assert bench.choices[-1].scored(bench.first.task).metric.label == "mean absolute error"
    with pytest.raises(DataError, match="different numbers, but metric='roc_auc' is for classes"):
        bench.do(SetTarget("exposure", metric="roc_auc"))


def test_changes_of_the_rows_apply_to_the_new_target(bench):
    """Splits, dropped rows, weights and labels work as before, and the target stays."""
    bench.do(SetTarget("plan"))
    bench.do(SetSplit(cv=3))
    bench.do(DropRows("tenure > 60"))
    bench.do(SetWeights("exposure"))
    bench.do(Relabel((3, 4), ("pro", "pro")))
    sound(bench.now)
    assert bench.now.task.target == "plan"
    assert len(bench.now.folds) == 3
    assert [bench.now.task.classes[code] for code in bench.now.y[[3, 4]]] == ["pro", "pro"]
    more = frame(400).tail(60).reset_index(drop=True)
    bench.do(AddRows(more))
    assert bench.now.table["Churn"].iloc[-1] == more["Churn"].iloc[-1]
    sound(bench.now)


def test_corrected_labels_stay_with_their_column(bench):
    """A label that was corrected is corrected in the column, and again when the column is the target."""
    place = int(np.flatnonzero(frame()["Churn"] == "No")[0])
    bench.do(Relabel((place,), ("Yes",)))
    bench.do(SetTarget("plan"))
    assert bench.now.table["Churn"].iloc[place] == "Yes"
    bench.do(SetTarget("Churn"))
    assert bench.now.y[place] == 1
    assert bench.choices[-1].rows.relabelled == 1


def test_added_rows_bring_both_targets(bench):
    """The former target of added rows is a value of the column."""
    more = frame(400).tail(50).reset_index(drop=True)
    bench.do(AddRows(more))
    bench.do(SetTarget("plan"))
    assert len(bench.now.table) == len(bench.now.y)
    np.testing.assert_array_equal(bench.now.table["Churn"].iloc[-10:], more["Churn"].iloc[-10:])
    np.testing.assert_array_equal(bench.now.classes[bench.now.y[-10:]], more["plan"].iloc[-10:])


def test_folds_that_a_person_gave_stay(tmp_path):
    """They lose the rows without the new target."""
    n = 300
    folds = [(np.arange(100, n), np.arange(100)), (np.arange(200), np.arange(200, n))]
    bench = Bench(tmp_path, frame(), cv=folds)
    bench.do(SetTarget("income"))
    sound(bench.now)
    assert bench.now.divided.split.scheme is SplitScheme.GIVEN
    assert sorted(len(valid) for _, valid in bench.now.folds) == [91, 100]


@pytest.mark.parametrize(
    ("arguments", "command", "words"),
    [
        ({}, SetTarget("Churn"), "is the target already"),
        ({}, SetTarget("incme"), "Did you mean 'income'"),
        ({"groups": "shop"}, SetTarget("shop"), r"groups the folds.*set_split\(groups=…\)"),
        ({"time": "day"}, SetTarget("day"), r"orders the rows in time.*set_split\(time=…\)"),
        ({"weights": "exposure"}, SetTarget("exposure"), r"weights of the rows.*set_weights\(None\)"),
        ({}, SetTarget("day"), "holds dates"),
        ({}, SetTarget("customerID"), "too many for classes"),
        ({}, SetTarget("plan", positive="pro"), "positive= applies to two classes"),
    ],
)
def test_a_column_that_cannot_be_the_target_is_named_with_a_remedy(tmp_path, arguments, command, words):
    """Nothing changes, and the sentence says what to do."""
    bench = Bench(tmp_path, frame().assign(customerID=[f"c{i}" for i in range(300)]), **arguments)
    with pytest.raises(DataError, match=words):
        bench.do(command)


def test_a_transform_that_reads_the_new_target_would_leak_it(bench):
    """It has to go first."""
    bench.choices.append(DataChoices(transforms=(Transform("rich", ("income",)),)))
    with pytest.raises(DataError, match=r"remove_transform\('rich'\)"):
        bench.do(SetTarget("income"))


def test_settings_of_the_new_target_as_a_column_leave(tmp_path):
    """Its role and filling mean nothing for a target; those of other columns stay."""
    bench = Bench(tmp_path, frame())
    columns = Columns(bench.first, tmp_path)
    given = ChangeData(roles={"plan": "ignored", "shop": "categorical"}, filling={"income": "mean", "tenure": "mean"})
    bench.choices.append(columns.changed(bench.choices[-1], given))
    bench.do(SetTarget("income"))
    choices = bench.choices[-1]
    assert set(choices.roles) == {"plan", "shop"}
    assert set(choices.filling) == {"tenure"}
    after = columns.changed(choices, ChangeData(roles={"Churn": "ignored"}))
    assert after.applied(bench.first.task).columns_with(Role.IGNORED)
    with pytest.raises(DataError, match=r"'income' is the target.*set_target"):
        columns.changed(choices, ChangeData(roles={"income": "ignored"}))
    columns.keep()
    assert {"Churn", "income"} <= set(raw_table(tmp_path))


def test_classes_in_the_holdout_alone_are_refused(tmp_path):
    """No model could learn them."""
    first = understand(frame(), "Churn")
    rare = pd.Series("usual", index=range(300)).mask(pd.Series(range(300)).isin(first.holdout[:4]), "rare")
    bench = Bench(tmp_path, frame().assign(rare=rare))
    with pytest.raises(DataError, match=r"'rare' of 'rare' has rows in the holdout only.*drop_rows"):
        bench.do(SetTarget("rare"))


def test_a_set_of_rows_keeps_its_target_as_bytes(bench):
    """Facts, labels of all types and corrections come back as they were."""
    bench.do(Relabel((0,), ("Yes" if frame()["Churn"][0] == "No" else "No",)))
    for command in (SetTarget("plan"), SetTarget("income")):
        bench.do(command)
        rows = bench.rows.store.rows(bench.choices[-1].rows.key)
        again = RowSet.unpack(rows.pack())
        assert again.key == rows.key
        assert again.target == rows.target
        assert again.corrections == {"Churn": {0: again.corrections["Churn"][0]}}
        assert again.classes.dtype == rows.classes.dtype
        assert RowChoices.from_json(bench.choices[-1].rows.as_json()) == bench.choices[-1].rows


def test_a_prepared_change_is_of_the_choices_at_that_time(bench):
    """A change of the columns after the preview is not lost when the rows change."""
    bench.rows.prepare(bench.state, SetSplit(cv=4))
    bench.choices.append(DataChoices(filling={"tenure": "mean"}))
    bench.do(SetSplit(cv=4))
    assert bench.choices[-1].filling == {"tenure": "mean"}


def test_the_change_says_what_is_predicted(bench):
    """The facts are the kind, the metric and the rows that leave; the preview puts them first."""
    first = bench.first
    made = new_target(
        first,
        first,
        bench.rows.store.whole(first, RowSet.of(first)),
        RowSet.of(first),
        DataChoices(),
        SetTarget("income"),
    )
    assert made.facts == "income is a number, scored by RMSE; 9 rows without a value leave."
    said = DataPreview(0, 1, 0, 0, True, of_rows=True, of_target=True, facts=made.facts).sentence()
    assert said == (
        f"{made.facts} 1 trial is set aside, because its score is of the former target; undo restores it. The best "
        "configuration of each family runs first. The holdout stays the same rows, and the former target becomes a "
        "column."
    )
