"""Stored predictions are scored by another metric, fold by fold, as a fold is scored when it is fitted."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, log_loss

from hitl_widget.data.task import understand
from hitl_widget.domain.data_choices import DataChoices, DataView
from hitl_widget.evaluation.context import open_context, write_context
from hitl_widget.evaluation.rescoring import rescore
from tests.tables import customers


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rescoring")
    write_context(folder, understand(customers(200), "Churn"), 0)
    return open_context(folder)


METRICS = ("", "average_precision", "neg_log_loss", "accuracy")


def view(metric: str) -> DataView:
    return DataView(METRICS.index(metric), DataChoices(metric=metric))


def test_each_fold_has_the_score_of_scikit_learn(context, tmp_path):
    """Predictions of all folds, one after the other, are divided by fold."""
    rng = np.random.default_rng(0)
    valid = [rows for _, rows in context.folds]
    predictions = rng.random(sum(map(len, valid))).astype(np.float32)
    np.save(tmp_path / "7.npy", predictions)
    ends = np.cumsum([0, *map(len, valid)])
    for name, sign, function in (
        ("average_precision", 1, average_precision_score),
        ("neg_log_loss", -1, lambda y, p: log_loss(y, p.astype(float))),
    ):
        ((number, scores),) = rescore(context, [(7, str(tmp_path / "7.npy"))], view(name))
        assert number == 7
        for (fold, score), start, end in zip(scores, ends, ends[1:], strict=False):
            assert score == pytest.approx(sign * function(context.y[valid[fold]], predictions[start:end]), rel=1e-5)


def test_predictions_that_cannot_be_scored_fail_alone(context, tmp_path):
    """A file that is gone, broken or of other rows has no scores, and the others have theirs."""
    whole = np.full(sum(len(rows) for _, rows in context.folds), 0.5, np.float32)
    for name, values in (("good", whole), ("short", whole[:9])):
        np.save(tmp_path / f"{name}.npy", values)
    (tmp_path / "broken.npy").write_bytes(b"nothing")
    files = [(n, str(tmp_path / f"{name}.npy")) for n, name in enumerate(("good", "gone", "broken", "short"))]
    found = dict(rescore(context, files, view("accuracy")))
    assert [bool(found[n]) for n in range(4)] == [True, False, False, False]
