"""How good a model is, in counts that scikit-learn confirms and sentences made from them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
)

from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.task import Kind, Split, SplitScheme, Task
from hitl_widget.errors import DataError
from hitl_widget.explain.views.calibration import calibration
from hitl_widget.explain.views.confusion import MOST_CLASSES, confusion
from hitl_widget.explain.views.residuals import residuals
from hitl_widget.explain.views.roc_pr import roc_pr
from tests.preference.states import BINARY, NUMBERS


def many(k: int) -> Task:
    labels = tuple(f"k{i}" for i in range(k))
    split = Split(SplitScheme.STRATIFIED, 3)
    return Task("y", Kind.MULTICLASS, metric_named("log_loss"), (), split, 100, classes=labels, class_counts=(1,) * k)


def two(n: int = 1500, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 2, n)
    return (rng.random(n) < p).astype(int), p.astype(np.float32)


def several(k: int = 3, n: int = 900) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(k), n)
    return np.array([rng.choice(k, p=row) for row in p]), p


@pytest.mark.parametrize("k", [2, 3])
def test_counts_and_rates_are_scikit_learns(k: int) -> None:
    y, p = two() if k == 2 else several()
    said = (p >= 0.5).astype(int) if k == 2 else p.argmax(axis=1)
    view = confusion(BINARY if k == 2 else many(3), y, p)
    counts = view.frame("cells").pivot_table(index="row", columns="column", values="rows").to_numpy()
    assert (counts == confusion_matrix(y, said)).all()
    precision, recall, _, rows = precision_recall_fscore_support(y, said)
    found = view.frame("classes")
    assert found["precision"].tolist() == pytest.approx(precision)
    assert found["recall"].tolist() == pytest.approx(recall)
    assert found["rows"].tolist() == rows.tolist()
    assert (found["recall_low"] <= found["recall"]).all()


@pytest.mark.parametrize("k", [2, 3, 30])
def test_a_cell_names_rows_of_its_own_the_surest_first(k: int) -> None:
    """Each example has the cell's truth and is taken for its class; none that it was surer of is left out."""
    y, p = two() if k == 2 else several(k)
    chance = np.column_stack([1 - p, p]) if k == 2 else p
    positions = np.random.default_rng(3).permutation(5000)[: len(y)]
    task = BINARY if k == 2 else many(k)
    view = confusion(task, y, p, positions=positions)
    said, surest, at = chance.argmax(axis=1), chance.max(axis=1), {int(one): i for i, one in enumerate(positions)}
    for cell in view.data["cells"]:
        if "other" in cell["truth"] + cell["predicted"]:
            continue
        i, j = (task.classes.index(cell[name]) for name in ("truth", "predicted"))
        mine = np.flatnonzero((y == i) & (said == j))
        chosen = [at[one] for one in cell["examples"]]
        assert len(chosen) == min(12, len(mine))
        assert set(chosen) <= set(mine)
        assert [surest[one] for one in chosen] == sorted(surest[mine], reverse=True)[: len(chosen)]
    assert "examples" not in confusion(task, y, p).data["cells"][0]


def test_residual_points_know_their_rows() -> None:
    """A point's row has its prediction and its error."""
    rng = np.random.default_rng(0)
    p, positions = rng.normal(100, 20, 900), rng.permutation(5000)[:900]
    y = p + rng.normal(0, 5, 900)
    points = residuals(NUMBERS, y, p, positions=positions).data["points"]
    at = {int(one): i for i, one in enumerate(positions)}
    assert len(points) == 400
    for one in points:
        i = at[one["row"]]
        assert (one["x"], one["y"]) == (p[i], y[i] - p[i])


def test_the_commonest_mistake_is_named_in_both_directions() -> None:
    y = np.array([1] * 40 + [0] * 60)
    missing = np.r_[np.full(10, 0.2), np.full(30, 0.9), np.full(55, 0.1), np.full(5, 0.7)]
    view = confusion(BINARY, y, missing)
    assert view.sentences[0].startswith(
        "The model is right on 85% (77 to 91%) of 100 rows; always predicting the most frequent class"
    )
    assert view.sentences[1] == (
        "The most frequent mistake: 10 of 40 rows with y = yes are predicted as no (25%); "
        "in the other direction, 5 of 60 (8%)."
    )
    assert "predicted as yes" in confusion(BINARY, y, missing, threshold=0.05).sentences[1]
    assert confusion(BINARY, y, y.astype(float)).sentences[1] == "The model made no mistake on these rows."


def test_many_classes_are_put_together_and_no_row_is_lost() -> None:
    y, p = several(30, 2000)
    view = confusion(many(30), y, p)
    cells = view.frame("cells")
    assert cells["truth"].nunique() == MOST_CLASSES
    assert cells["rows"].sum() == 2000
    assert "other classes" in view.notes[0].lower()


def test_areas_are_scikit_learns() -> None:
    y, p = two()
    view = roc_pr(BINARY, y, p)
    (area,) = view.data["areas"]
    assert area["roc_auc"] == pytest.approx(roc_auc_score(y, p))
    assert area["average_precision"] == pytest.approx(average_precision_score(y, p))
    assert f"in {round(100 * area['roc_auc'])} of 100 cases" in view.sentences[0]
    yk, pk = several()
    for area, k in zip(roc_pr(many(3), yk, pk).data["areas"], range(3), strict=True):
        assert area["average_precision"] == pytest.approx(average_precision_score(yk == k, pk[:, k]))


def test_the_price_of_finding_most_is_counted() -> None:
    """Eight of ten found takes pointing at the eight best and at the two false ones above the eighth."""
    y = np.array([1, 0, 1, 0, *[1] * 8, *[0] * 8])
    p = np.linspace(1, 0, 20)
    assert "the model must flag 10 of 20 rows; 20% of these are false" in roc_pr(BINARY, y, p).sentences[1]
    assert "must flag 7 of 20" in roc_pr(BINARY, y, p, found=0.5).sentences[1]


def test_one_class_cannot_be_ranked() -> None:
    view = roc_pr(BINARY, np.ones(20, int), np.linspace(0, 1, 20))
    assert "nothing to separate" in view.sentences[0]
    assert not view.data


def test_true_probabilities_are_taken_at_their_word_and_bent_ones_are_not() -> None:
    y, p = two(3000)
    assert calibration(BINARY, y, p).sentences[0].startswith("You can trust the probabilities")
    shy, sure = calibration(BINARY, y, p**3), calibration(BINARY, y, p ** (1 / 3))
    assert shy.sentences[0].startswith("Predicted probabilities are")
    assert "too low" in shy.sentences[1]
    assert "too high" in sure.sentences[1]
    yk, pk = several()
    assert "You can trust" in calibration(many(3), yk, pk).sentences[0]


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "classes"), [(150, 2), (6000, 2), (300, 3)])
def test_true_probabilities_are_seldom_blamed(rows: int, classes: int) -> None:
    """The bar of 5% holds for few and for many rows."""
    blamed = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        p = rng.dirichlet(np.ones(classes), rows)
        y = (rng.random((rows, 1)) > np.cumsum(p, axis=1)[:, :-1]).sum(axis=1)
        view = calibration(BINARY if classes == 2 else many(classes), y, p[:, 1] if classes == 2 else p, seed=seed)
        blamed += view.sentences[0].startswith("Predicted probabilities are")
    assert blamed <= 6


def test_errors_of_numbers_are_told_by_their_quantiles() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 1000, 2000)
    fair = residuals(NUMBERS, p + rng.normal(0, 10, 2000), p)
    assert fair.sentences[0].startswith("Half of the predictions are within 6.")
    assert "No bias" in fair.sentences[1]
    assert len(fair.data["points"]) == 400
    assert fair.notes
    low = residuals(NUMBERS, p + 5 + rng.normal(0, 10, 2000), p).sentences[1]
    assert low.startswith("Overall, predictions are too low, by ")
    top = residuals(NUMBERS, p + np.where(p > 900, 90, 0) + rng.normal(0, 10, 2000), p).sentences[1]
    assert top.startswith("The largest predictions are too low, by 8")
    grows = residuals(NUMBERS, p + p * rng.normal(0, 0.1, 2000), p).sentences[1]
    assert grows.startswith("Larger predictions have larger errors")


def test_few_rows_are_no_error() -> None:
    assert residuals(NUMBERS, np.array([1.0]), np.array([2.0])).sentences
    assert calibration(BINARY, np.array([1, 0]), np.array([0.5, 0.5])).sentences
    assert confusion(BINARY, np.array([1]), np.array([0.7])).notes


def test_a_view_for_another_kind_says_which_one_fits() -> None:
    with pytest.raises(DataError, match="Ask for 'residuals'"):
        confusion(NUMBERS, np.zeros(3), np.zeros(3))
    with pytest.raises(DataError, match="Ask for 'confusion'"):
        residuals(BINARY, np.zeros(3), np.zeros(3))
