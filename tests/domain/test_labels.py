from __future__ import annotations

import pickle

from hitl_widget.domain.labels import FamilyLabels


def test_labels_follow_what_was_added():
    """A label that changes later is read then; the installed ones stay."""
    added = {}
    labels = FamilyLabels({"svm": "SVM"}, lambda: added)
    assert dict(labels) == {"svm": "SVM"}
    added["mine"] = "My model"
    assert (labels["mine"], labels.get("other"), len(labels)) == ("My model", None, 2)
    added["mine"] = "Our model"
    assert labels["mine"] == "Our model"


def test_labels_go_to_a_worker_as_they_are_now():
    """What is sent does not hold on to the session."""
    labels = FamilyLabels({"svm": "SVM"}, lambda: {"mine": "My model"})
    assert pickle.loads(pickle.dumps(labels)) == {"svm": "SVM", "mine": "My model"}
