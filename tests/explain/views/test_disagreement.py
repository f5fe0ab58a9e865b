"""The rows on which models disagree, counted by hand, and the curves of the models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hitl_widget.domain.objective import metric_named
from hitl_widget.explain.model_source import ModelSource, ViewRequest
from hitl_widget.explain.views.disagreement import Compared, compute, disagreement
from tests.explain.subjects import EVIL, context, trial
from tests.explain.test_performance import many, two
from tests.preference.states import BINARY, NUMBERS

ROWS = np.array([7, 3, 9, 1, 5])
Y = np.array([1, 0, 1, 0, 1])
FIRST = Compared(12, "LightGBM #12", np.array([0.9, 0.6, 0.2, 0.1, 0.8]))
SECOND = Compared(4, "Linear #4", np.array([0.4, 0.4, 0.7, 0.2, 0.9]))


def test_rows_with_different_classes_are_counted_and_who_is_right_there():
    """Of five rows, three get different classes; the first model is right on one of them, the second on two."""
    view = disagreement(BINARY, ROWS, Y, [FIRST, SECOND])
    assert view.sentences[0] == (
        "LightGBM #12 and Linear #4 disagree on 3 of 5 rows (60%): LightGBM #12 is right on 1, Linear #4 on 2."
    )
    assert view.frame("disagree").to_dict("records") == [{"rows": 3, "share": 0.6, "of": 5, "typical": None}]
    rows = view.frame()
    assert rows["row"].tolist() == [7, 9, 3]
    assert rows["actual"].tolist() == ["yes", "yes", "no"]
    assert rows["LightGBM #12"].tolist() == [0.9, 0.2, 0.6]
    assert rows["right"].tolist() == [["LightGBM #12"], ["Linear #4"], ["Linear #4"]]
    assert view.about["positive"] == "yes"


def test_rows_to_flag_are_counted_for_each_model():
    """Each model flags rows from its highest probability down, until it has found 80% of the positives."""
    view = disagreement(BINARY, ROWS, Y, [FIRST, SECOND])
    assert view.sentences[1] == (
        "To find 80% of the rows with y = yes, LightGBM #12 must flag 4 and Linear #4 4 of 5 rows."
    )
    assert view.charts == ("compared_roc",)
    curve = view.frame("curves").query("model == 'Linear #4'")
    assert curve["x"].tolist() == [0, 0, 0, 0.5, 1]
    assert curve["y"].tolist() == pytest.approx([0, 1 / 3, 2 / 3, 1, 1])


def test_the_curves_show_precision_and_recall_where_it_matters():
    """Where fewer than a tenth of the rows are positive, or the metric is average precision."""
    p = two(400)[1]
    rare = disagreement(BINARY, np.arange(400), (p > 0.9).astype(int), [replaced(FIRST, p), replaced(SECOND, 1 - p)])
    assert rare.charts == ("compared_pr",)
    precise = replace(BINARY, metric=metric_named("average_precision"))
    assert disagreement(precise, ROWS, Y, [FIRST, SECOND]).charts == ("compared_pr",)
    one_class = disagreement(BINARY, ROWS, np.ones(5, int), [FIRST, SECOND])
    assert (one_class.charts, len(one_class.sentences)) == ((), 1)


def test_models_that_agree_say_so():
    """The rows with the largest differences of all are listed then."""
    view = disagreement(BINARY, ROWS, Y, [FIRST, FIRST._replace(trial=1, name="LightGBM #1")])
    assert view.sentences[0] == "LightGBM #12 and LightGBM #1 predict the same class on all 5 rows."
    assert len(view.frame()) == 5


def test_more_than_two_models_disagree_where_not_all_predict_one_class():
    """With several classes, all can be wrong; cells hold the predicted class with its probability."""
    y = np.array([0, 1, 2, 2])
    models = [
        Compared(i, name, np.eye(3)[codes] * 0.7 + 0.1)
        for i, (name, codes) in enumerate([("A #0", [0, 1, 2, 0]), ("B #1", [0, 0, 2, 1]), ("C #2", [0, 1, 2, 1])])
    ]
    view = disagreement(many(3), np.arange(4), y, models)
    assert view.sentences[0] == (
        "A #0, B #1 and C #2 disagree on 2 of 4 rows (50%): A #0 is right on 1, B #1 on 0, C #2 on 1; all are wrong "
        "on 1."
    )
    assert view.frame().loc[0, ["row", "actual", "A #0", "B #1"]].tolist() == [1, "k1", "k1 80%", "k0 80%"]
    assert view.sentences[1].startswith("The ROC AUC, averaged over each class against the rest, is ")
    assert view.charts == ("compared_roc",)


def test_numbers_differ_if_they_differ_by_more_than_a_typical_error():
    """The typical error is the median absolute error of all models; the closer model is counted."""
    y = np.array([10.0, 20.0, 30.0, 40.0])
    models = [
        Compared(0, "A #0", y + np.array([1, -2, 2, 8])),
        Compared(1, "B #1", y + np.array([-2, 3, 2, 0])),
    ]
    view = disagreement(NUMBERS, np.arange(4), y, models)
    assert view.sentences == (
        "A #0 and B #1 differ by more than a typical error (2) on 3 of 4 rows (75%): A #0 is closer on 2, B #1 on 1.",
        "A #0 is within 2 of the true value on half of the rows, within 6.2 on 9 of 10; B #1 within 2 and 2.7.",
    )
    assert view.frame()["row"].tolist() == [3, 1, 0]
    assert view.charts == ("compared_errors",)
    assert view.frame("curves")["y"].max() == pytest.approx(0.95)
    same = [models[0], models[0]._replace(name="C #2")]
    assert disagreement(NUMBERS, np.arange(4), y, same).sentences[0] == (
        "A #0 and C #2 differ by no more than a typical error (2) on all 4 rows."
    )


def test_a_column_with_a_name_of_the_table_gets_another():
    """Cells stand beside the predictions, as text."""
    table = pd.DataFrame({"row": range(10), EVIL: ["<b>"] * 10})
    view = disagreement(BINARY, ROWS, Y, [FIRST, SECOND], table=table, columns=["row", EVIL])
    assert view.about["columns"] == ["row (column)", EVIL]
    assert view.frame().loc[0, ["row", "row (column)", EVIL]].tolist() == [7, "7", "<b>"]


def replaced(one: Compared, predictions: np.ndarray) -> Compared:
    return one._replace(predictions=predictions)


def test_a_trial_without_predictions_is_named(tmp_path):
    """The others are compared; the columns come with the second step, in order of importance to the first model."""
    ctx = context(tmp_path)
    members = tuple(trial(ctx, family, i) for i, family in enumerate(("tree", "linear", "lightgbm")))
    n = sum(len(valid) for _, valid in ctx.folds)
    files = []
    for i in range(2):
        np.save(tmp_path / f"{i}.npy", np.linspace(0, 1, n)[:: 1 - 2 * i])
        files.append(str(tmp_path / f"{i}.npy"))
    request = ViewRequest("disagreement", "", members, each=(files[0], None, files[1]))
    view = compute(ModelSource(ctx, request))
    assert view.partial
    assert view.sentences[0].startswith(f"Decision tree #0 and LightGBM #2 disagree on {n} of {n} rows (100%)")
    assert view.notes[0] == "Linear model #1 has no stored predictions. Run its configuration again to compare it."
    whole = compute(ModelSource(ctx, replace(request, step=1)))
    assert not whole.partial
    assert whole.about["columns"][0] == "x"
    assert "Columns are in order of importance to Decision tree #0." in whole.notes
    alone = compute(ModelSource(ctx, replace(request, each=(files[0], None, None))))
    assert len(alone.sentences) == 2
    assert alone.data == {}
