"""The value of a criterion is the one that scikit-learn gives."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, precision_score, recall_score, roc_auc_score

from hitl_widget.data.success import read_success
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Kind, Split, SplitScheme, Task
from hitl_widget.learners.success import success_value

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 200)
P = np.clip(0.3 * Y + RNG.random(200) * 0.7, 0, 1)
TASK = Task("y", Kind.BINARY, metric_named("roc_auc"), (), Split(SplitScheme.KFOLD, 5), 500, classes=("a", "b"))


def rates(threshold: float) -> tuple[float, float, float]:
    """Recall, false alarms and precision at a threshold."""
    said = threshold <= P
    return recall_score(Y, said), said[Y == 0].mean(), precision_score(Y, said, zero_division=1)


@pytest.mark.slow
def test_a_rate_is_the_best_over_all_thresholds_that_keep_the_other() -> None:
    """No threshold with so few false alarms (or such a precision, recall) has more."""
    found = {text: success_value(TASK, read_success(text, TASK), Y, P) for text in TEXTS}
    every = [rates(threshold) for threshold in [*P, 1.1]]
    assert found[TEXTS[0]] == pytest.approx(max(recall for recall, alarms, _ in every if alarms <= 0.05))
    assert found[TEXTS[1]] == pytest.approx(max(recall for recall, _, precision in every if precision >= 0.9))
    assert found[TEXTS[2]] == pytest.approx(max(precision for recall, _, precision in every if recall >= 0.6))


TEXTS = (
    "recall >= 0.8 at 5% false alarms",
    "recall >= 0.8 at 90% precision",
    "precision >= 0.8 at 60% recall",
)


def test_tied_predictions_count_at_each_threshold() -> None:
    """Thresholds on the straight parts of the curve count too."""
    y, tied = np.tile([0, 1], 10), np.repeat(np.arange(10) / 10, 2)
    assert success_value(TASK, read_success("recall >= 0.5 at 50% false alarms", TASK), y, tied) == 0.5


def test_a_metric_has_its_displayed_value() -> None:
    """ROC AUC as it is, an error without its negative sign."""
    assert success_value(TASK, read_success("auc >= 0.8", TASK), Y, P) == pytest.approx(roc_auc_score(Y, P))
    task = Task("y", Kind.REGRESSION, metric_named("rmse"), (), Split(SplitScheme.KFOLD, 5), 500)
    found = success_value(task, read_success("mae at most 1", task), Y.astype(float), P)
    assert found == pytest.approx(mean_absolute_error(Y, P))


def test_one_class_has_no_rate() -> None:
    """A draw of one class is left out by whoever asks."""
    with pytest.raises(ValueError, match="both classes"):
        success_value(TASK, read_success(TEXTS[0], TASK), np.ones(5, int), P[:5])
