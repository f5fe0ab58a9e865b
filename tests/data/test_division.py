"""Rows are divided as a person asks: folds, repeats, groups, time, gap and holdout."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold, LeaveOneOut, ShuffleSplit, StratifiedKFold, TimeSeriesSplit

from hitl_widget.data.division import pack_rows, unpack_rows
from hitl_widget.data.split import each_row_once
from hitl_widget.data.task import Understood, understand
from hitl_widget.domain.task import SplitScheme
from hitl_widget.errors import DataError

N = 400


def visits(**more) -> pd.DataFrame:
    """Visits of 40 patients over 400 days; a patient comes again at any time."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "x": rng.normal(size=N),
            "patient": rng.integers(0, 40, N),
            "day": pd.date_range("2020-01-01", periods=N, freq="D"),
            "hour": np.arange(N) * 0.5,
            "y": rng.choice(["a", "b"], N),
        }
        | more
    )


def apart(understood: Understood) -> None:
    """Check that no row is on both sides of a fold, and none of the holdout is in one."""
    for train, valid in understood.folds:
        assert not np.intersect1d(train, valid).size
        assert not np.intersect1d(np.concatenate([train, valid]), understood.holdout).size


def test_a_number_is_the_number_of_folds() -> None:
    """`cv=3` gives three folds, which the task says."""
    understood = understand(visits(), "y", cv=3)
    assert len(understood.folds) == understood.task.split.folds == 3
    assert understood.task.split_in_words() == "3-fold cross-validation"


@pytest.mark.parametrize("arguments", [{}, {"groups": "patient"}])
def test_repeats_divide_the_rows_anew(arguments) -> None:
    """Each repeat validates every row of the search once, and no two repeats are equal."""
    understood = understand(visits(), "y", cv=3, repeats=2, **arguments)
    apart(understood)
    assert understood.task.split.folds == len(understood.folds) == 6
    assert understood.task.split.parts == 3
    for repeat in (understood.folds[:3], understood.folds[3:]):
        valid = np.sort(np.concatenate([valid for _, valid in repeat]))
        assert np.array_equal(valid, understood.train)
    assert not np.array_equal(understood.folds[0][1], understood.folds[3][1])
    assert "repeated 2 times" in understood.task.split_in_words()


def test_groups_and_time_together() -> None:
    """Validation rows come later than the training rows of a fold, and from other groups; so does the holdout."""
    frame = visits()
    understood = understand(frame, "y", groups="patient", time="day")
    apart(understood)
    who, when = frame["patient"].to_numpy(), frame["day"].to_numpy()
    for train, valid in [*understood.folds, (understood.train, understood.holdout)]:
        assert len(valid)
        assert when[train].max() < when[valid].min()
        assert not np.intersect1d(who[train], who[valid]).size
    unused = N - len(understood.train) - len(understood.holdout)
    assert understood.task.unused_rows == unused > 0
    assert understood.task.train_rows == len(understood.train)
    assert any(f"{unused} rows are in neither search nor holdout" in note for note in understood.task.notes)


def test_a_column_of_groups_and_times_is_read_as_times() -> None:
    """Equal days stay together however they are spelled."""
    day = pd.Series([f"2024-01-{1 + i // 10:02d}" for i in range(200)])
    day[::2] = [f"{1 + i // 10} January 2024" for i in range(0, 200, 2)]
    understood = understand(
        {"x": np.arange(200) % 7, "day": day, "y": ["no", "yes"] * 100}, "y", groups="day", time="day", cv=2
    )
    place = np.arange(200) // 10
    for train, valid in (*understood.folds, (understood.train, understood.holdout)):
        assert not set(place[train]) & set(place[valid])
        assert place[train].max() < place[valid].min()


def test_groups_that_come_and_go_lose_no_rows() -> None:
    """With groups that do not return, groups and time divide the rows as time does alone, up to whole groups."""
    frame = visits(patient=np.arange(N) // 4)
    understood = understand(frame, "y", groups="patient", time="day")
    assert understood.task.unused_rows <= 4
    assert len(understood.folds) == 5


@pytest.mark.parametrize(
    ("time", "gap", "least"),
    [
        ("day", "7 days", np.timedelta64(7, "D")),
        ("day", dt.timedelta(days=7), np.timedelta64(7, "D")),
        ("day", np.timedelta64(7, "D"), np.timedelta64(7, "D")),
        ("hour", 3.5, 3.5),
    ],
)
def test_a_gap_keeps_training_and_validation_apart(time: str, gap, least) -> None:
    """No training row is nearer to the validation rows than the gap, and the gap is no wider than asked."""
    frame = visits()
    understood = understand(frame, "y", time=time, gap=gap)
    when = frame[time].to_numpy()
    for train, valid in [*understood.folds, (understood.train, understood.holdout)]:
        distance = when[valid].min() - when[train].max()
        assert distance == least
    assert f"gap of {'3.5' if time == 'hour' else '7 days'}" in understood.task.split_in_words()


def test_a_splitter_divides_the_rows_of_the_search() -> None:
    """The folds are those of the splitter on the rows outside the holdout."""
    frame = visits()
    understood = understand(frame, "y", cv=StratifiedKFold(4, shuffle=True, random_state=3))
    train = understood.train
    expected = StratifiedKFold(4, shuffle=True, random_state=3).split(train, understood.y[train])
    assert sorted(tuple(valid) for _, valid in understood.folds) == sorted(tuple(train[b]) for _, b in expected)
    assert understood.task.split.scheme is SplitScheme.GIVEN
    assert understood.task.split_in_words() == "4 folds of StratifiedKFold"
    assert len(understood.holdout) == 80


def test_a_splitter_gets_groups_and_the_order_in_time() -> None:
    """A splitter of groups gets the groups; one of time gets the rows in their order."""
    frame = visits().sample(frac=1, random_state=0).reset_index(drop=True)
    who, when = frame["patient"].to_numpy(), frame["day"].to_numpy()
    for train, valid in understand(frame, "y", cv=GroupKFold(4), groups="patient").folds:
        assert not np.intersect1d(who[train], who[valid]).size
    understood = understand(frame, "y", cv=TimeSeriesSplit(4), time="day")
    assert [len(train) for train, _ in understood.folds] == [256, 192, 128, 64]
    for train, valid in understood.folds:
        assert when[train].max() < when[valid].min()


def test_a_splitter_without_its_groups_is_told_how() -> None:
    """The remedy in the message works."""
    with pytest.raises(DataError, match="Set groups= to the column of groups"):
        understand(visits(), "y", cv=GroupKFold(4))
    assert len(understand(visits(), "y", cv=GroupKFold(4), groups="patient").folds) == 4


def test_validation_sets_of_a_splitter_tell_how_much_folds_share() -> None:
    """Twenty random tenths of the rows count as parts of ten, not of twenty."""
    split = understand(visits(), "y", cv=ShuffleSplit(20, test_size=0.1, random_state=0)).task.split
    assert (split.folds, split.parts) == (20, 10)


def test_own_folds_and_the_rows_in_none() -> None:
    """Own folds count rows of the table as given, also where a target is missing; unused rows are the holdout."""
    frame = visits()
    frame.loc[[5, 150, 390], "y"] = None
    folds = [(np.arange(100), np.arange(100, 200)), (np.arange(200) < 0, np.arange(0))]
    mask = np.zeros(N, bool)
    mask[100:300] = True
    folds[1] = mask, np.arange(100)
    understood = understand(frame, "y", cv=folds)
    kept = np.flatnonzero(frame["y"].notna())
    shown = [(kept[train], kept[valid]) for train, valid in understood.folds]
    assert np.array_equal(shown[0][0], np.setdiff1d(np.arange(100, 300), [150]))
    assert np.array_equal(shown[0][1], np.setdiff1d(np.arange(100), [5]))
    assert np.array_equal(shown[1][1], np.setdiff1d(np.arange(100, 200), [150]))
    assert np.array_equal(kept[understood.holdout], np.setdiff1d(np.arange(300, 400), [390]))
    assert any("The holdout is the 99 rows that no fold uses." in note for note in understood.task.notes)
    assert understood.task.split_in_words() == "your own folds (2)"


def test_own_folds_over_all_rows_leave_no_holdout() -> None:
    """Without unused rows there is no holdout, which a note says; a holdout that is asked for leaves the folds."""
    folds = [(np.arange(200), np.arange(200, 400))]
    understood = understand(visits(), "y", cv=folds)
    assert not len(understood.holdout)
    assert any("there is no holdout" in note for note in understood.task.notes)
    understood = understand(visits(), "y", cv=folds, holdout=np.arange(380, 400))
    assert np.array_equal(understood.folds[0][1], np.arange(200, 380))


@pytest.mark.parametrize("holdout", [np.arange(390, 400), list(range(390, 400)), np.arange(400) >= 390])
def test_a_holdout_by_rows(holdout) -> None:
    """Positions and masks name the rows of the holdout."""
    understood = understand(visits(), "y", holdout=holdout)
    assert np.array_equal(understood.holdout, np.arange(390, 400))
    assert len(understood.train) == 390


def test_a_holdout_by_rows_keeps_groups_and_the_gap_apart() -> None:
    """Rows of the holdout's groups, and rows within the gap, are not trained on."""
    frame = visits()
    held = frame["patient"].to_numpy() == 7
    held[np.flatnonzero(held)[0]] = False
    understood = understand(frame, "y", groups="patient", holdout=held)
    assert 7 not in frame["patient"].to_numpy()[understood.train]
    understood = understand(frame, "y", time="day", gap="7 days", holdout=np.arange(390, 400))
    assert understood.train.max() == 383


@pytest.mark.parametrize("arguments", [{}, {"cv": 2, "repeats": 3}, {"groups": "patient", "time": "day"}])
def test_a_division_survives_the_journal(arguments) -> None:
    """Bytes give back the split, the rows and the notes, and the table is understood with them."""
    one = understand(visits(), "y", **arguments)
    again = understand(visits(), "y", divided=unpack_rows(pack_rows(one.divided, N)), **arguments)
    assert again.task == one.task
    assert all(np.array_equal(a, b) for a, b in zip(again.folds[0], one.folds[0], strict=True))
    assert np.array_equal(again.holdout, one.holdout)


def test_each_row_once_is_the_mean_of_its_predictions() -> None:
    """Repeated rows are averaged, also probabilities of several classes; unique rows stay in their order."""
    rows, values = each_row_once(np.array([2, 0, 2]), np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]]))
    assert rows.tolist() == [0, 2]
    assert values.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    rows, _ = each_row_once(np.array([2, 0]), np.zeros(2))
    assert rows.tolist() == [2, 0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"cv": 1}, "from 2 to 100"),
        ({"cv": True}, "a number of folds, a splitter"),
        ({"cv": "kfold"}, "a number of folds, a splitter"),
        ({"cv": []}, "has no folds"),
        ({"cv": [([0, 1], [1, 2])]}, "validates on 1 row that it trains on, for example row 1"),
        ({"cv": [(np.arange(9), [400])]}, "names row 400"),
        ({"cv": [(np.arange(9), [-1])]}, "names row -1"),
        ({"cv": [(np.arange(9), [9, 9])]}, "names row 9 twice"),
        ({"cv": [(np.arange(9), ["a"])]}, "array of row numbers"),
        ({"cv": [(np.ones(7, bool), [9])]}, "mask of 7 rows"),
        ({"cv": [np.arange(9)]}, "must be a pair"),
        ({"cv": [([0], [1])]}, "trains on 1 row; it needs at least 2"),
        ({"cv": LeaveOneOut()}, "at most 100"),
        ({"cv": [(np.flatnonzero(visits()["y"] == "a"), [0, 1, 2, 3])], "holdout": 0}, "rows? that it trains on"),
        ({"repeats": 0}, "from 1 to 100"),
        ({"repeats": 2, "time": "day"}, "Remove repeats="),
        ({"repeats": 2, "cv": ShuffleSplit(2)}, "needs cv= to be a number"),
        ({"gap": "1 day"}, "needs time="),
        ({"gap": 7, "time": "day"}, "gap='7 days'"),
        ({"gap": "7 days", "time": "hour"}, "must be a number in the same unit"),
        ({"gap": "soon", "time": "day"}, "a duration such as"),
        ({"gap": -1, "time": "hour"}, "must not be negative"),
        ({"gap": 1e6, "time": "hour"}, "Use a smaller gap="),
        ({"gap": 1, "time": "hour", "cv": ShuffleSplit(2)}, "Leave the gap in your own folds"),
        ({"holdout": np.ones(N, bool)}, "takes all rows"),
        ({"holdout": [0.5]}, "array of row numbers"),
        ({"holdout": [N]}, "names row 400"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(arguments, words: str) -> None:
    """Each mistake is named with what was found and what to do."""
    with pytest.raises(DataError, match=words) as caught:
        understand(visits(), "y", **arguments)
    assert str(caught.value)[-1] in ".)"
