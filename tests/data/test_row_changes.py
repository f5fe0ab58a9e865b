"""Changes of the rows: another division, weights, dropped, added and relabeled rows, as sets of rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold

from hitl_widget.data.division import pack_rows, unpack_rows
from hitl_widget.data.row_changes import Rows
from hitl_widget.data.row_rules import duplicate_rows, rows_of_rule
from hitl_widget.data.row_set import RowSet, joined
from hitl_widget.data.task import understand
from hitl_widget.data.unlabeled import places_in_given, unlabeled_rows
from hitl_widget.data.weights import checked_weights, read_weights
from hitl_widget.domain.commands.rows import AddRows, DropRows, Relabel, SetSplit, SetWeights
from hitl_widget.domain.data_choices import NO_CHOICES, DataChoices
from hitl_widget.domain.data_preview import preview_data
from hitl_widget.domain.row_choices import RowChoices
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Steering
from hitl_widget.domain.task import Role, SplitScheme
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState
from hitl_widget.domain.vector import Vector
from hitl_widget.errors import CommandError, DataError
from tests.tables import customers


def table(rows: int = 300) -> pd.DataFrame:
    """Customers of shops, by day, with an exposure."""
    rng = np.random.default_rng(3)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 200, rows), "D")
    return customers(rows).assign(shop=rng.integers(0, 40, rows), day=day, exposure=rng.uniform(0.5, 2, rows))


class Bench:
    """Carries out changes one after the other, as a session does."""

    def __init__(self, folder, frame=None, *, started: int = 1, **arguments) -> None:
        self.first = understand(table() if frame is None else frame, "Churn", **arguments)
        self.rows = Rows(self.first, folder, 0)
        self.choices: list[DataChoices] = [NO_CHOICES]
        self.started = started

    @property
    def state(self) -> SessionState:
        views = tuple(dict.fromkeys(map(id, self.choices)))
        trials = Vector[Trial]()
        for number in range(len(views)):
            config = {"family": "linear"}
            trials = trials.append(
                Trial(number, config, Author.YOU, Origin.OWN, state=TrialState.COMPLETE, view=number)
            )
        steering = Steering(data=self.choices[-1])
        return SessionState(
            steering=steering,
            views=tuple(self.choices),
            view=len(self.choices) - 1,
            started=self.started,
            trials=trials if self.started else Vector(),
        )

    def do(self, command) -> str:
        change = self.rows.changed(self.state, command)
        self.choices.append(change.choices)
        return change.title

    @property
    def now(self):
        return self.rows.understood(self.choices[-1])


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def sound(understood) -> None:
    """Search, holdout and folds do not overlap, and their rows exist."""
    train, holdout = set(understood.train.tolist()), set(understood.holdout.tolist())
    assert not train & holdout
    for fitted, valid in understood.folds:
        assert not set(fitted.tolist()) & set(valid.tolist())
        assert set(fitted.tolist()) | set(valid.tolist()) <= train
    assert len(understood.table) == len(understood.y)
    assert understood.task.train_rows == len(train)
    assert understood.task.holdout_rows == len(holdout)


def test_another_split_keeps_the_holdout_and_its_facts(bench):
    """The folds change; the holdout stays the same rows, and the task follows."""
    assert bench.do(SetSplit(cv=3, repeats=2)) == (
        "judged rows by 3-fold cross-validation, repeated 2 times instead of 5-fold cross-validation"
    )
    sound(bench.now)
    assert len(bench.now.folds) == 6
    np.testing.assert_array_equal(bench.now.holdout, bench.first.holdout)
    assert bench.choices[-1].applied(bench.first.task).split == bench.now.divided.split


def test_another_holdout_says_which_of_its_rows_trials_have_used(bench):
    """Before the change, and also that there would be none."""
    same = bench.rows.changed(bench.state, SetSplit(cv=4))
    assert same.new_holdout is None
    drawn = bench.rows.changed(bench.state, SetSplit(holdout=0.3))
    rows, seen = drawn.new_holdout
    assert rows == 90
    assert 0 < seen <= 90
    none = bench.rows.changed(bench.state, SetSplit(holdout=0))
    assert none.new_holdout == (0, 0)
    said = [preview_data(bench.state, one.choices, 1, one.new_holdout).sentence() for one in (drawn, none)]
    assert f"Trials have used {seen} of the 90 rows of the new holdout, so its score will be too good." in said[0]
    assert "Without a holdout, no score tells how good the model is" in said[1]


def test_equal_weights_of_a_column_are_said_to_have_no_effect(tmp_path):
    """The change is made as asked, and its title says so."""
    bench = Bench(tmp_path, table().assign(same=1.0))
    assert bench.do(SetWeights("same")).endswith("; all its weights are equal, so they have no effect")


def test_groups_stay_in_one_fold_and_leave_the_features(bench):
    """No shop is on both sides of a fold, the column is no feature, and a note says that the holdout shares shops."""
    bench.do(SetSplit(groups="shop"))
    sound(bench.now)
    shops = bench.now.table["shop"].to_numpy()
    for train, valid in bench.now.folds:
        assert not set(shops[train]) & set(shops[valid])
    assert bench.choices[-1].roles["shop"].role is Role.IGNORED
    assert "values of shop also occur in the search" in bench.now.divided.notes[-1]


def test_time_and_gap_without_a_later_holdout_say_so(bench):
    """Folds run forward with the gap; the holdout that was drawn at random is named as such."""
    bench.do(SetSplit(time="day", gap="7 days", cv=3))
    sound(bench.now)
    days = bench.now.table["day"]
    for train, valid in bench.now.folds:
        assert days.iloc[train].max() <= days.iloc[valid].min() - pd.Timedelta("7 days")
    assert any("not later than those of the search" in note for note in bench.now.divided.notes)


def test_before_the_first_trial_the_holdout_follows_the_new_split(tmp_path):
    """No row has been used, so groups and times may draw the holdout by their own rule."""
    bench = Bench(tmp_path, started=0)
    bench.do(SetSplit(time="day"))
    days = bench.now.table["day"]
    assert days.iloc[bench.now.holdout].min() >= days.iloc[bench.now.train].max()
    assert not bench.rows.seen_in_holdout(bench.state)


@pytest.mark.parametrize("given", ["mask", "folds", "later"])
def test_before_the_first_trial_the_rows_that_a_person_named_stay_the_holdout(tmp_path, given):
    """A holdout of named rows, or of the rows outside a person's folds, is no draw that another split repeats."""
    named, halves = np.arange(300) >= 250, (np.arange(125), np.arange(125, 250))
    first = {"mask": {"holdout": named}, "folds": {"cv": [halves]}, "later": {}}[given]
    bench = Bench(tmp_path, started=0, **first)
    if given == "later":
        bench.do(SetSplit(given={"holdout": named}))
    for change in (SetSplit(3), SetSplit(groups="shop"), SetSplit(given={"cv": [halves, halves[::-1]]}), SetSplit(4)):
        bench.do(change)
        assert np.array_equal(bench.now.holdout, np.arange(250, 300))
        assert not any("that no fold uses" in note for note in bench.now.divided.notes)
    assert unpack_rows(pack_rows(bench.now.divided, 300)).own_holdout


def test_a_new_holdout_counts_the_rows_that_trials_have_used(bench):
    """Rows of the search never become unseen: they are counted, also after a way back."""
    mask = np.zeros(300, bool)
    mask[bench.first.train[:30]] = True
    mask[bench.first.holdout[:20]] = True
    assert "another holdout of 50 rows" in bench.do(SetSplit(given={"holdout": mask}))
    sound(bench.now)
    assert bench.rows.seen_in_holdout(bench.state) == 30
    bench.choices.append(NO_CHOICES)  # undone; trials of the view in between used 40 rows of the first holdout
    assert bench.rows.seen_in_holdout(bench.state) == len(bench.first.holdout) - 20


def test_a_splitter_and_own_folds_divide_the_rows_of_the_search(bench):
    """Objects from Python are used once; their result is stored."""
    bench.do(SetSplit(given={"cv": KFold(4, shuffle=True, random_state=1)}))
    sound(bench.now)
    assert (bench.now.task.split.scheme, len(bench.now.folds)) == (SplitScheme.GIVEN, 4)
    halves = np.arange(300) < 150
    bench.do(SetSplit(given={"cv": [(halves, ~halves), (~halves, halves)]}))
    sound(bench.now)
    assert len(bench.now.folds) == 2


def test_dropped_rows_are_nowhere_and_stay_away_in_another_split(bench):
    """A rule drops rows of search and holdout, and a later split does not bring them back."""
    title = bench.do(DropRows("tenure > 60"))
    gone = np.flatnonzero(table()["tenure"] > 60)
    assert title.startswith(f"dropped {len(gone)} rows with tenure > 60")
    bench.do(SetSplit(cv=4))
    sound(bench.now)
    used = np.concatenate([bench.now.train, bench.now.holdout])
    assert not np.isin(gone, used).any()
    assert bench.now.task.rows == 300 - len(gone)
    compact = bench.now.without_dropped()
    sound(compact)
    assert len(compact.y) == 300 - len(gone)
    assert compact.table["tenure"].max() <= 60
    np.testing.assert_array_equal(compact.y[compact.holdout], bench.now.y[bench.now.holdout])
    assert bench.choices[-1].rows.dropped == len(gone)


def test_one_row_of_each_set_of_duplicates_stays(tmp_path):
    """A holdout row stays rather than its copy in the search."""
    frame = pd.concat([table(), table().head(50)], ignore_index=True)
    bench = Bench(tmp_path, frame)
    assert bench.do(DropRows("duplicates")).startswith("dropped 50 duplicate rows")
    sound(bench.now)
    left = np.concatenate([bench.now.train, bench.now.holdout])
    assert len(left) == 300
    pairs = [(row, row + 300) for row in range(50)]
    held = set(bench.first.holdout.tolist())
    for pair in pairs:
        kept = [row for row in pair if row in set(left.tolist())]
        assert len(kept) == 1
        if len(held & set(pair)) == 1:
            assert set(kept) <= held
    names = [one.name for one in bench.first.task.used]
    assert duplicate_rows(bench.first, names, np.ones(350, bool)).sum() == 50


def test_rules_compare_numbers_texts_dates_and_the_target(bench):
    """A rule is read as a person would read it."""
    frame, task = table(), bench.first

    def found(rule):
        return rows_of_rule(rule, task)

    np.testing.assert_array_equal(found("tenure >= 10 and tenure < 20"), frame["tenure"].between(10, 19))
    np.testing.assert_array_equal(found("Contract == 'One year'"), frame["Contract"] == "One year")
    np.testing.assert_array_equal(found("day < 2024-02-01"), frame["day"] < "2024-02-01")
    np.testing.assert_array_equal(found("TotalCharges is missing"), frame["TotalCharges"] == " ")
    np.testing.assert_array_equal(found("Churn = Yes or `tenure` = 0"), (frame["Churn"] == "Yes") | (frame.tenure == 0))
    with pytest.raises(DataError, match="Did you mean 'tenure'"):
        found("tenur > 3")
    with pytest.raises(DataError, match="cannot be read"):
        found("something odd")


def test_rules_leave_quoted_words_and_zones_alone(tmp_path):
    """Names and values may hold `and` and `or`; a time may have a zone."""
    frame = table().assign(**{"rock and roll": np.arange(300), "kind": np.where(np.arange(300) < 9, "one or two", "x")})
    task = understand(frame, "Churn")
    assert rows_of_rule("`rock and roll` < 7", task).sum() == 7
    assert rows_of_rule("kind == 'one or two' and `rock and roll` >= 4", task).sum() == 5
    assert rows_of_rule("`rock and roll` < 7 OR kind == 'one or two'", task).sum() == 9
    late = rows_of_rule("day >= 2024-03-01", task)
    assert np.array_equal(rows_of_rule("day >= 2024-03-01T01:00+01:00", task), late)


def test_outliers_are_rows_of_the_search(tmp_path):
    """The holdout keeps its outliers, because new data will have some."""
    frame = table()
    frame.loc[frame.index[::30], "exposure"] = 500.0
    bench = Bench(tmp_path, frame)
    bench.do(DropRows("outliers in exposure"))
    gone = np.setdiff1d(np.arange(300)[::30], bench.first.holdout)
    np.testing.assert_array_equal(np.setdiff1d(bench.first.train, bench.now.train), gone)
    np.testing.assert_array_equal(bench.now.holdout, bench.first.holdout)


def test_added_rows_join_the_search_only(bench):
    """They are validated and trained on by the same rule; new categories count; the holdout stays."""
    more = table(360).tail(60).assign(Contract="Weekly")
    more.loc[more.index[:5], "Churn"] = None
    assert bench.do(AddRows(more)) == "added 55 rows, without 5 rows that have no Churn"
    sound(bench.now)
    np.testing.assert_array_equal(bench.now.holdout, bench.first.holdout)
    new = np.arange(300, 355)
    assert np.isin(new, np.concatenate([valid for _, valid in bench.now.folds])).all()
    assert set(bench.now.table["Contract"].iloc[new]) == {"Weekly"}
    with pytest.raises(DataError, match="'Maybe' is no class of 'Churn'"):
        bench.do(AddRows(more.assign(Churn="Maybe")))
    with pytest.raises(DataError, match="no column 'day'"):
        bench.do(AddRows(more.drop(columns="day")))
    with pytest.raises(DataError, match="'tenure' holds numbers in the table and texts in the new rows"):
        bench.do(AddRows(more.assign(tenure="x")))


def test_added_rows_later_than_the_holdout_say_so(tmp_path):
    """With time, the holdout should be the last rows; it stays, and a note tells what its score is worth."""
    bench = Bench(tmp_path, time="day")
    bench.do(AddRows(table(20).assign(day=pd.Timestamp("2025-01-01"))))
    (note,) = [note for note in bench.now.task.notes if "not later than those of the search" in note]
    assert "session.set_split(holdout=…)" in note


def test_added_rows_may_lack_all_values_of_a_column(tmp_path):
    """A column without a value has no type that could differ."""
    frame = table().assign(kind="x", grade=pd.Categorical(["a", "b"] * 150))
    bench = Bench(tmp_path, frame)
    bench.do(AddRows(frame.head(4).assign(kind=None, grade=None, day=None)))
    assert bench.now.table[["kind", "grade", "day"]].tail(4).isna().all(axis=None)
    assert [one.kind for one in bench.now.table.dtypes[["kind", "day"]]] == ["O", "M"]


def test_a_table_that_changed_in_place_is_read_again(tmp_path):
    """Preparing a change never takes the rows that an object held before."""
    bench, more = Bench(tmp_path), table(20)
    command = AddRows(more)
    before = bench.rows.prepare(bench.state, command)
    more["Churn"] = more["Churn"].to_numpy()[::-1].copy()
    assert not bench.rows.is_ready(bench.state, command)
    assert bench.rows.prepare(bench.state, command).choices != before.choices


def test_copies_of_the_holdout_are_not_added(bench):
    """The same table again adds the rows of the search only, also by a later split; a column out of use is no help."""
    held, train = bench.first.holdout, bench.first.train
    again = table()
    assert bench.do(AddRows(again)) == (
        f"added {len(train)} rows, without {len(held)} rows that equal rows of the holdout"
    )
    sound(bench.now)
    np.testing.assert_array_equal(bench.now.holdout, held)
    bench.do(SetSplit(cv=4))
    frame = bench.now.table.assign(y=bench.now.y)
    assert frame.iloc[bench.now.train].merge(frame.iloc[held]).empty
    with pytest.raises(DataError, match="All new rows equal rows of the holdout"):
        bench.do(AddRows(again.iloc[held]))
    again.loc[again.index[train[0]], "Churn"] = None
    said = bench.do(AddRows(again.iloc[[train[0], train[1], held[0]]]))
    assert said == "added 1 row, without 1 row that has no Churn and 1 row that equals a row of the holdout"


def test_rows_that_repeat_by_chance_are_added(tmp_path):
    """With few categories, nearly all new rows equal a row of the holdout and one of the search."""
    frame = pd.DataFrame({"a": list("xy") * 150, "b": list("uuvv") * 75, "Churn": ["No", "Yes", "Yes"] * 100})
    bench = Bench(tmp_path, frame)
    assert bench.do(AddRows(frame.head(40))) == "added 40 rows"


def test_added_rows_of_groups_of_the_holdout_are_not_used(tmp_path):
    """They would tell the search about the holdout."""
    bench = Bench(tmp_path, groups="shop")
    held = set(bench.first.table["shop"].iloc[bench.first.holdout])
    more = table(320).tail(20).assign(shop=next(iter(held)))
    assert "20 of them belong to groups of the holdout and are not used" in bench.do(AddRows(more))
    sound(bench.now)
    assert not np.isin(np.arange(300, 320), bench.now.train).any()


def test_labels_change_and_the_way_back_is_no_change(bench):
    """A corrected label counts everywhere; the original label again gives the original view."""
    row, other = int(bench.first.train[0]), int(bench.first.holdout[0])
    texts = bench.first.task.classes
    flipped = {place: texts[1 - bench.first.y[place]] for place in (row, other)}
    title = bench.do(Relabel(tuple(flipped), tuple(flipped.values())))
    assert title == "changed the label of 2 rows, 1 of them in the holdout"
    sound(bench.now)
    assert (bench.now.y != bench.first.y).nonzero()[0].tolist() == sorted((row, other))
    assert bench.choices[-1].rows.relabelled == 2
    bench.do(Relabel(tuple(flipped), tuple(texts[bench.first.y[place]] for place in flipped)))
    assert bench.choices[-1] == NO_CHOICES
    with pytest.raises(DataError, match="no class of 'Churn'"):
        bench.do(Relabel((3,), ("perhaps",)))
    with pytest.raises(DataError, match="no row 999"):
        bench.do(Relabel((999,), ("Yes",)))
    with pytest.raises(CommandError, match="named twice"):
        Relabel((3, 3), ("Yes", "No"))


def test_the_label_that_a_row_has_is_confirmed(bench):
    """The rows are reviewed and stay as they are; with corrections, one title says both."""
    texts = bench.first.task.classes
    rows = [int(row) for row in bench.first.train[:3]]
    own = {row: texts[bench.first.y[row]] for row in rows}
    change = bench.rows.changed(bench.state, Relabel(tuple(own), tuple(own.values())))
    assert change.title == "confirmed the label of 3 rows"
    assert (change.choices, change.reviewed) == (NO_CHOICES, frozenset(rows))
    other = {**own, rows[0]: texts[1 - bench.first.y[rows[0]]]}
    change = bench.rows.changed(bench.state, Relabel(tuple(other), tuple(other.values())))
    assert change.title == "changed the label of 1 row and confirmed the label of 2 rows"
    assert change.reviewed == frozenset(rows)
    reviewed = replace(bench.state, steering=Steering(reviewed=frozenset(rows)))
    with pytest.raises(DataError, match="you have confirmed them"):
        bench.rows.changed(reviewed, Relabel(tuple(own), tuple(own.values())))


def test_weights_are_a_column_or_an_array(bench):
    """A column of weights leaves the features; equal weights are the original view again."""
    assert bench.do(SetWeights("exposure")) == "weighted the rows by exposure"
    np.testing.assert_allclose(bench.now.weights, table()["exposure"])
    assert bench.choices[-1].roles["exposure"].role is Role.IGNORED
    assert bench.choices[-1].applied(bench.first.task).sentence().endswith("rows weighted by exposure.")
    bench.do(SetWeights(None, np.arange(300) + 1.0))
    assert bench.now.weights[4] == 5.0
    bench.do(SetWeights(None))
    assert bench.choices[-1].rows is None


def test_wrong_weights_are_refused_with_a_remedy(bench):
    """Negative, missing, too few, and all zero in a fold."""
    whole = np.ones(300)
    for values, words in (
        (np.where(np.arange(300) == 7, -1.0, whole), "1 weight is negative, in row 7"),
        (np.where(np.arange(300) == 7, np.nan, whole), "1 weight is missing or no number"),
        (whole[:9], "9 values, but the table has 300 rows"),
    ):
        with pytest.raises(DataError, match=words):
            bench.do(SetWeights(None, values))
    silent = whole.copy()
    silent[bench.first.folds[1][1]] = 0
    with pytest.raises(DataError, match="fold 2 validates on all have the weight 0"):
        checked_weights(silent, bench.first.y, bench.first.divided, bench.first.task.kind)
    assert read_weights(pd.Series(["1,5", "2,5"]), "w").tolist() == [1.5, 2.5]


def test_a_set_of_rows_survives_the_journal(bench):
    """Its bytes give an equal set, and the facts of a view survive their JSON form."""
    bench.do(SetSplit(groups="shop", cv=4))
    bench.do(SetWeights("exposure"))
    rows = bench.rows.store.rows(bench.choices[-1].rows.key)
    again = RowSet.unpack(rows.pack())
    assert again.key == rows.key
    np.testing.assert_array_equal(again.groups, rows.groups)
    assert RowChoices.from_json(bench.choices[-1].rows.as_json()) == bench.choices[-1].rows
    assert DataChoices.from_json(bench.choices[-1].as_json()) == bench.choices[-1]
    assert replace(rows, weights=None).key != rows.key


def test_masks_count_the_rows_of_the_given_table(tmp_path):
    """Rows without a target count in a mask, as they do in the table that a person has."""
    frame = table()
    frame.loc[[0, 1, 2], "Churn"] = None
    bench = Bench(tmp_path, frame)
    bench.do(DropRows("", np.arange(300) == 10))
    assert bench.rows.store.rows(bench.choices[-1].rows.key).dropped.tolist() == [7]
    with pytest.raises(DataError, match="The mask has 9 values"):
        bench.do(DropRows("", np.ones(9, bool)))


def test_a_mask_with_another_order_is_refused(bench):
    """pandas aligns a mask by its labels; a session does not know those of the table."""
    mask = pd.Series(np.arange(300) < 3)
    with pytest.raises(DataError, match="index of the mask does not number the rows from 0"):
        bench.do(DropRows("", mask[::-1]))
    bench.do(DropRows("", mask))
    assert bench.rows.store.rows(bench.choices[-1].rows.key).dropped.tolist() == [0, 1, 2]


def test_rows_of_the_holdout_are_counted_in_plain_words(bench):
    """One row, all rows, and none of the session."""
    held = bench.first.holdout
    assert bench.do(DropRows("", held[:1])) == "dropped 1 row, in the holdout"
    assert bench.do(DropRows("", held[1:3])) == "dropped 2 rows, all in the holdout"
    with pytest.raises(DataError, match="The rows name none of the session. Nothing was dropped"):
        bench.do(DropRows("", held[:1]))


@pytest.mark.parametrize("rule", ["tenure != nan", "Contract == NaN", "day != NaT"])
def test_a_rule_with_a_missing_value_names_the_right_one(bench, rule):
    """Nothing equals a missing value, so such a rule would name all rows or none."""
    with pytest.raises(DataError, match="is missing"):
        rows_of_rule(rule, bench.first)


def test_equal_weights_and_dates_are_no_weights(bench):
    """Equal weights set no trial aside; dates are no numbers to weigh by."""
    with pytest.raises(DataError, match="changes nothing"):
        bench.do(SetWeights(None, np.ones(300)))
    with pytest.raises(DataError, match="'day' holds dates or durations"):
        bench.do(SetWeights("day"))


def test_what_changes_nothing_is_refused(bench):
    """The same split, and rules that match no row."""
    with pytest.raises(DataError, match="changes nothing"):
        bench.do(SetSplit())
    with pytest.raises(DataError, match="No row of the session matches"):
        bench.do(DropRows("tenure > 1000"))
    with pytest.raises(DataError, match="Did you mean 'shop'"):
        bench.do(SetSplit(groups="shp"))


def test_tables_with_categories_are_joined():
    """Categories are united."""
    one, two = (pd.DataFrame({"a": pd.Categorical(list(text))}) for text in ("ab", "bc"))
    assert list(joined(one, [two])["a"]) == ["a", "b", "b", "c"]


def some_unlabeled() -> pd.DataFrame:
    """Customers of whom every tenth has no label."""
    frame = table()
    frame["Churn"] = frame["Churn"].astype(object)
    frame.loc[frame.index % 10 == 3, "Churn"] = None
    return frame


def test_rows_without_a_label_join_the_search_with_one(tmp_path):
    """They follow the labeled rows, never join the holdout, and the others stay aside; masks count the given rows."""
    frame = some_unlabeled()
    bench = Bench(tmp_path, frame)
    assert len(bench.first.unlabeled) == 30
    new = [270, 275]
    assert bench.do(Relabel((*new, 4), ("Yes", "No", bench.first.task.classes[1 - bench.first.y[4]]))) == (
        "labeled 2 rows and changed the label of 1 row"
    )
    sound(bench.now)
    assert set(new) <= set(bench.now.train.tolist())
    texts = np.array(bench.first.task.classes)
    assert texts[bench.now.y[new]].tolist() == ["Yes", "No"]
    assert bench.now.table["tenure"].iloc[275] == frame["tenure"].iloc[53]
    np.testing.assert_array_equal(bench.now.holdout, bench.first.holdout)
    facts = bench.choices[-1].rows
    assert (facts.rows, facts.labeled, facts.relabelled, facts.dropped, facts.added) == (272, 2, 1, 0, 0)
    assert sum(facts.class_counts) == 272
    assert bench.now.task.dropped_rows == 28

    stored = RowSet.unpack(bench.rows.store.rows(facts.key).pack())
    assert stored.key == facts.key
    assert unlabeled_rows(bench.first, stored)[1].tolist() == [place for place in range(30) if place not in (0, 5)]
    assert bench.do(Relabel((271,), ("No",))) == "labeled 1 row"
    mask = np.arange(300) == 53  # the row that is now 275, where the person gave it
    assert bench.do(DropRows(rows=mask)) == "dropped 1 row"
    assert bench.choices[-1].rows.dropped == 1
    with pytest.raises(DataError, match="no row 300"):
        bench.do(Relabel((300,), ("No",)))


def test_added_rows_follow_those_without_a_label(tmp_path):
    """So the number of a row without a label does not change, and its label is given later."""
    bench = Bench(tmp_path, some_unlabeled())
    more = table(320).tail(20)
    assert bench.do(AddRows(more)).startswith("added 20 rows")
    sound(bench.now)
    assert len(bench.now.y) == 320
    assert bench.choices[-1].rows.added == 20
    assert bench.now.table["tenure"].iloc[300:].tolist() == more["tenure"].tolist()
    bench.do(Relabel((275,), ("No",)))
    sound(bench.now)
    assert 275 in bench.now.train
    places = places_in_given(bench.first, bench.rows.store.rows(bench.choices[-1].rows.key))
    assert places[[275, 300]].tolist() == [53, 300]


def test_rows_without_a_label_need_a_weight(tmp_path):
    """A column of weights has one for them; an array that was given later may not."""
    bench = Bench(tmp_path, some_unlabeled())
    bench.do(SetWeights("exposure"))
    bench.do(Relabel((275,), ("No",)))
    assert bench.now.weights[275] == some_unlabeled()["exposure"].iloc[53]
    bench.do(SetWeights(None, np.linspace(1, 2, 300)))
    with pytest.raises(DataError, match="weights that are no column"):
        bench.do(Relabel((276,), ("No",)))
