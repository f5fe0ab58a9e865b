"""A success criterion is read from a sentence as people say it, or refused with what to say."""

import pytest

from hitl_widget.data.success import read_success
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Kind, Split, SplitScheme, Task
from hitl_widget.errors import DataError

TASKS = {
    kind: Task("y", kind, metric_named(metric), (), Split(SplitScheme.KFOLD, 5), 100)
    for kind, metric in ((Kind.BINARY, "roc_auc"), (Kind.MULTICLASS, "accuracy"), (Kind.REGRESSION, "rmse"))
}


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Kind.BINARY, "at least 0.8 recall at 5 % false alarms", "recall of at least 0.8 at 5% false alarms"),
        (Kind.BINARY, "recall >= 0.8 at false alarms <= 0.05", "recall of at least 0.8 at 5% false alarms"),
        (Kind.BINARY, "recall of at least 80% at FPR 5%", "recall of at least 0.8 at 5% false alarms"),
        (Kind.BINARY, "Recall at least 0.8 at at least 90% precision", "recall of at least 0.8 at a precision of 0.9"),
        (Kind.BINARY, "precision over 0.5 at recall 0.9.", "precision of at least 0.5 at a recall of 0.9"),
        (Kind.BINARY, "AUC >= 0.85", "ROC AUC of at least 0.85"),
        (Kind.BINARY, "at least 90 percent accuracy", "accuracy of at least 0.9"),
        (Kind.BINARY, "accuracy at least 90", "accuracy of at least 0.9"),
        (Kind.BINARY, "at least 80 recall at 10 FPR", "recall of at least 0.8 at 10% false alarms"),
        (Kind.BINARY, "log loss below 0.4", "log loss of at most 0.4"),
        (Kind.MULTICLASS, "f1 macro ≥ .7", "F1 (macro) of at least 0.7"),
        (Kind.REGRESSION, "RMSE at most 10", "RMSE of at most 10"),
        (Kind.REGRESSION, "RMSE at most 1,000", "RMSE of at most 1,000"),
        (Kind.REGRESSION, "at most 1,234,567.5 RMSE", "RMSE of at most 1,234,567.5"),
        (Kind.REGRESSION, "no more than 12.5 mae", "mean absolute error of at most 12.5"),
        (Kind.REGRESSION, "R² > 0.9", "R² of at least 0.9"),
    ],
)
def test_a_criterion_is_read_as_people_say_it(kind: Kind, text: str, words: str) -> None:
    """Signs and words, percents and shares, either order of name and number; what was read can be read again."""
    found = read_success(text, TASKS[kind])
    assert found.in_words() == words
    assert read_success(words, TASKS[kind]).in_words() == words


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Kind.BINARY, 0.8, "must be a sentence"),
        (Kind.BINARY, "", "must be a sentence"),
        (Kind.BINARY, "good", "was not understood"),
        (Kind.BINARY, "at least 0.8 fun", "no metric 'fun'"),
        (Kind.BINARY, "false alarms at most 5%", "state two rates"),
        (Kind.BINARY, "recall at most 0.8 at 5% false alarms", "say 'at least'"),
        (Kind.BINARY, "roc_auc at most 0.8", "say 'at least'"),
        (Kind.BINARY, "accuracy at least 3", r"between 0 and 1.*got 3 .*Say 0\.03 or 3%"),
        (Kind.REGRESSION, "R2 at least 900", "between 0 and 1"),
        (Kind.REGRESSION, "rmse at least 3", "say 'at most'"),
        (Kind.BINARY, "rmse at most 3", "is for regression"),
        (Kind.MULTICLASS, "recall >= 0.8 at 5% false alarms", "need two classes"),
        (Kind.BINARY, "recall >= 0.8 at 5 false alarms", "between 0 and 1"),
        (Kind.BINARY, "recall >= 0.8 at 0.5 accuracy", "Two rates go together"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(kind: Kind, text: object, words: str) -> None:
    """Each mistake is named with what to say instead."""
    with pytest.raises(DataError, match=words):
        read_success(text, TASKS[kind])
