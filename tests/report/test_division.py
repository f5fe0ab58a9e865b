"""How rows are judged is said in words, and drawn as marks along the rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import ShuffleSplit

from hitl_widget.data.task import understand
from hitl_widget.report.division import BINS, division_in_words, division_line, division_map
from tests.tables import customers

N = 600


def visits() -> pd.DataFrame:
    """A visit a day, by 30 patients in turn."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "x": rng.normal(size=N),
            "patient": rng.integers(0, 30, N),
            "day": pd.date_range("2020-01-01", periods=N, freq="D"),
            "y": rng.choice(["a", "b"], N),
        }
    )


def covered(fold, part: int) -> float:
    """The share of all bins in a role: 2 trains, 3 validates, 4 held out."""
    return sum((run[1] - run[0]) * run[part] for run in fold.runs) / BINS


@pytest.mark.parametrize("arguments", [{}, {"groups": "patient"}, {"time": "day"}, {"cv": ShuffleSplit(3)}])
def test_the_drawing_has_the_shares_of_the_folds(arguments) -> None:
    """Each fold covers as much of the drawing as it has rows, and every bin once."""
    understood = understand(visits(), "y", **arguments)
    drawn = division_map(understood)
    assert len(drawn.folds) == len(understood.folds) + 1
    in_time = understood.folds[::-1] if "time" in arguments else understood.folds  # the latest is evaluated first
    assert [one.name for one in drawn.folds[:-1]] == [f"Fold {i + 1}" for i in range(len(in_time))]
    for fold, (train, valid) in zip(drawn.folds, in_time, strict=False):
        assert (fold.train, fold.valid) == (len(train), len(valid))
        assert covered(fold, 2) == pytest.approx(len(train) / N, abs=0.01)
        assert covered(fold, 3) == pytest.approx(len(valid) / N, abs=0.01)
        assert [run[0] for run in fold.runs[1:]] == [run[1] for run in fold.runs[:-1]]
        assert (fold.runs[0][0], fold.runs[-1][1]) == (0, BINS)
    holdout = drawn.folds[-1]
    assert holdout.name == "Holdout"
    assert covered(holdout, 4) == pytest.approx(len(understood.holdout) / N, abs=0.01)


def test_time_runs_from_left_to_right() -> None:
    """With time, training comes before validation, the holdout last, and the ends are the first and the last day."""
    drawn = division_map(understand(visits(), "y", time="day"))
    assert drawn.ends == ("2020-01-01", "2021-08-22")
    assert drawn.order == "rows by day"
    first = drawn.folds[0].runs
    assert [max(range(3), key=lambda i, run=run: run[2 + i]) for run in first[:2]] == [0, 1]
    assert drawn.folds[-1].runs[-1][4] == 1.0


def test_shuffled_folds_are_blocks() -> None:
    """Rows are ordered by the fold that validates them, so a fold has few runs; bins at its edges are mixed."""
    drawn = division_map(understand(visits(), "y"))
    assert all(len(fold.runs) <= 7 for fold in drawn.folds)


def test_of_many_folds_the_first_ten_are_drawn() -> None:
    """The others are named."""
    drawn = division_map(understand(visits(), "y", cv=5, repeats=3))
    assert len(drawn.folds) == 11
    assert drawn.more == "and 5 more folds"


@pytest.mark.parametrize(
    ("arguments", "scheme", "sizes", "held"),
    [
        (
            {},
            "5-fold cross-validation, on 480 rows.",
            "Each model is fitted 5 times, on 384 rows, and scored on 96 rows.",
            "120 other rows are the holdout, on which the final models are scored once, when the search ends.",
        ),
        (
            {"holdout": 0, "time": "day", "cv": 2},
            "2 folds forward in time by day, on 600 rows.",
            "Each model is fitted 2 times, on 300 to 450 rows, and scored on 150 rows.",
            "There is no holdout: no score tells how good the model is on rows that the search has never used.",
        ),
    ],
)
def test_it_is_said_in_words(arguments, scheme: str, sizes: str, held: str) -> None:
    """The scheme, the sizes and the holdout are in two sentences."""
    assert division_in_words(understand(visits(), "y", **arguments)) == (f"{scheme} {sizes}", held)


def test_only_a_holdout_of_later_rows_is_called_later() -> None:
    """Folds forward in time may come with a holdout that a person named, from any time."""
    early = np.arange(N) < 100
    for mask, word in ((early, "other"), (early[::-1], "later")):
        said = division_in_words(understand(visits(), "y", time="day", holdout=mask))[1]
        assert said.startswith(f"100 {word} rows are the holdout")


def test_the_line_of_python_divides_the_rows_like_this() -> None:
    """It keeps groups and time."""
    task = understand(visits(), "y", groups="patient", time="day").task
    assert division_line(task) == 'session.set_split(cv=5, groups="patient", time="day")'
    task = understand(visits(), "y", time="day", gap="7 days", cv=4, holdout=0.3).task
    assert division_line(task) == 'session.set_split(cv=4, time="day", gap="7 days")'
    task = understand(visits(), "y", cv=3, repeats=2, holdout=0).task
    assert division_line(task) == "session.set_split(cv=3, repeats=2)"


def test_weights_that_are_all_equal_are_said_to_have_no_effect() -> None:
    """A column of one weight is no mistake, but it changes nothing."""
    understood = understand(customers(200).assign(same=2.0), "Churn", weights="same")
    said = " ".join(division_in_words(understood))
    assert "Rows are weighted by same in fits and scores. All weights are equal, so they have no effect." in said
    assert "All weights in same are equal, so they have no effect." in understood.task.notes
