"""One row of one trial has one pair of figures: of the delivered model, and of the models fitted without the row."""

from __future__ import annotations

import numpy as np
import pytest

from hitl_widget.errors import DataError
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import FoldUnit
from hitl_widget.evaluation.fold import evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel, make_blend
from hitl_widget.explain.model_source import ModelSource, ViewRequest
from hitl_widget.explain.row_figures import picks_of
from hitl_widget.explain.view import View
from hitl_widget.explain.views import beeswarm, dependence, effect, importance, permutation, row, what_if
from hitl_widget.learners.registry import starting_configs
from tests.explain.subjects import context, frame


def source(ctx: Context, *families: str, view: str = "row") -> ModelSource:
    """The trials of some families, fitted on all folds, as a worker gets them."""
    members, predictions = [], None
    for number, family in enumerate(families):
        config = starting_configs(ctx.task, [family])[0]
        units = [FoldUnit(number, fold, config, {"rounds": 12}, seed=number) for fold in range(len(ctx.folds))]
        found = [evaluate_fold(ctx, unit).predictions for unit in units]
        if len(families) == 1:
            predictions = str(ctx.folder / "oof.npy")
            np.save(predictions, np.concatenate(found))
        members.append(TrialModel(number, config, {"rounds": 12}, number))
    return ModelSource(ctx, ViewRequest(view, "", tuple(members), predictions))


def delivered(ctx: Context, asked: ModelSource, number: int) -> np.ndarray:
    """What the object that Python returns predicts for a row."""
    columns = frame().drop(columns=["good", "kind", "amount"])
    blend = make_blend(ctx, asked.request.members)
    if ctx.task.classes:
        return blend.predict_proba(columns.iloc[[number]])[0]
    return blend.predict(columns.iloc[[number]])


def pair(view: View) -> tuple[float, float | None]:
    return view.about["prediction"], view.about["out_of_fold"]


@pytest.mark.parametrize("families", [["lightgbm"], ["linear"], ["lightgbm", "linear"]])
@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_every_card_shows_the_same_pair_for_a_row(tmp_path, kind: str, families: list[str]) -> None:
    """The prediction of the model that is delivered, and the out-of-fold prediction on which errors rest."""
    ctx = context(tmp_path, kind)
    asked = source(ctx, *families)
    number = int(ctx.folds[1][1][3])
    why, changed = row.compute(asked, row=number), what_if.compute(asked, row=number)
    assert pair(why) == pair(changed)
    code = 1 if kind == "binary" else ctx.task.classes.index(why.about["of"]) if kind == "multiclass" else 0
    assert pair(why)[0] == pytest.approx(delivered(ctx, asked, number)[code], rel=1e-5)
    models = asked.fold_models()
    unseen = np.ravel(models.predict(models.row(number), [part for part in models.parts if part.fold == 1]))
    assert pair(why)[1] == pytest.approx(unseen[code if kind == "multiclass" else 0], rel=1e-5)
    assert changed.frame("what_if").value[0] == pytest.approx(pair(why)[0])
    assert why.frame("waterfall").end.iloc[-1] == pytest.approx(pair(why)[0], abs=1e-3)
    assert why.sentences[-1] == changed.sentences[-1]
    assert why.sentences[-1].startswith(f"Fitted without row {number}, ")


def test_a_row_of_the_holdout_has_no_out_of_fold_prediction_and_its_truth_is_not_shown(tmp_path) -> None:
    ctx = context(tmp_path)
    number = int(ctx.holdout[0])
    asked = source(ctx, "linear")
    for view in (row.compute(asked, row=number), what_if.compute(asked, row=number)):
        assert view.about["out_of_fold"] is None
        assert view.sentences[-1] == f"Row {number} is in the holdout: its true good is not shown."


def test_with_time_the_delivered_model_is_explained(tmp_path) -> None:
    """It is fitted again on all rows of the search; the folds' models still predict for views of errors."""
    ctx = context(tmp_path, "regression", time="day")
    asked = source(ctx, "lightgbm")
    number = int(ctx.folds[-1][1][0])
    model = delivered(ctx, asked, number)[0]
    why, changed = row.compute(asked, row=number), what_if.compute(asked, row=number)
    assert pair(why) == pair(changed)
    assert pair(why)[0] == pytest.approx(model, rel=1e-6)
    out_of_fold = asked.out_of_fold()
    assert pair(why)[1] == pytest.approx(out_of_fold.predictions[out_of_fold.rows == number][0], rel=1e-6)
    first = int(ctx.folds[0][0][0])
    assert row.compute(asked, row=first).about["out_of_fold"] is None
    assert "earliest rows" in row.compute(asked, row=first).sentences[-1]
    _, values = asked.attribution()
    assert np.allclose(values.prediction, asked.subject().predict(values.table), rtol=1e-4)
    for view in (importance.compute(asked), beeswarm.compute(asked), dependence.compute(asked), effect.compute(asked)):
        assert "Explains the model you get, fitted again on all rows of the search." in view.notes
    with pytest.raises(DataError, match="was fitted on all of them"):
        asked.subject().held_out()
    assert any("out-of-fold" in note for note in permutation.compute(asked).notes)


def test_without_a_column_the_strongest_one_is_shown(tmp_path) -> None:
    """The first column of the table is seldom the one to look at."""
    ctx = context(tmp_path)
    asked = source(ctx, "lightgbm")
    strongest = importance.compute(asked).frame().column[0]
    assert effect.compute(asked).about["column"] == strongest == "x"
    assert "x" in dependence.compute(asked).question
    assert what_if.compute(asked).frame("controls").column[0] == strongest


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_rows_to_look_at_are_offered(tmp_path, kind: str) -> None:
    """The worst mistake is first, and is shown unless a row is asked for."""
    ctx = context(tmp_path, kind)
    asked = source(ctx, "lightgbm")
    view = row.compute(asked)
    assert view.data["rows"] == picks_of(asked)
    picks = view.frame("rows").set_index("pick")
    assert list(picks.index) == ["worst mistake", *(["borderline"] if kind != "regression" else []), "typical"]
    assert view.about["row"] == picks.row["worst mistake"] == what_if.compute(asked).about["row"]
    rows, y, predictions = asked.out_of_fold()
    if kind == "binary":
        missed = np.abs(y - predictions)
        assert picks.row["borderline"] == rows[np.abs(predictions - 0.5).argmin()]
    elif kind == "multiclass":
        missed = 1 - predictions[np.arange(len(y)), y.astype(int)]
    else:
        missed = np.abs(y - predictions)
    assert picks.row["worst mistake"] == rows[missed.argmax()]
    assert missed[rows == picks.row["typical"]] == pytest.approx(np.median(missed), rel=0.1)
