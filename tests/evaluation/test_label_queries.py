"""The rows to label are uncertain, typical, and no twins of each other."""

import numpy as np

from hitl_widget.data.similar import Similarity
from hitl_widget.data.univariate import ColumnValues
from hitl_widget.domain.task import Role
from hitl_widget.evaluation.label_queries import choose_queries, disagreement, margin_uncertainty

N = 300


def on_a_line(places: np.ndarray) -> Similarity:
    return Similarity([ColumnValues("x", Role.NUMERIC, places.astype(float))], [1.0])


def test_uncertainty_is_the_lack_of_a_margin() -> None:
    """Two equally probable classes are the most uncertain, whatever the third one has."""
    found = margin_uncertainty(np.array([[0.4, 0.4, 0.2], [0.5, 0.3, 0.2], [1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(found, [1.0, 0.8, 0.0])


def test_numbers_are_uncertain_where_models_disagree() -> None:
    """The greatest disagreement is 1; models that agree everywhere are sure."""
    np.testing.assert_allclose(disagreement(np.array([[1.0, 2.0, 3.0], [1.0, 4.0, 4.0]])), [0.0, 1.0, 0.5])
    assert disagreement(np.ones((2, 3))).tolist() == [0, 0, 0]


def test_a_batch_is_uncertain_and_holds_no_twins() -> None:
    """Half of the rows are copies of one uncertain row: it is chosen once."""
    rng = np.random.default_rng(0)
    x = np.where(np.arange(N) < N // 2, 0.0, rng.normal(size=N))
    uncertainty = np.where(x == 0, 1.0, np.exp(-np.abs(x)))
    found = choose_queries(uncertainty, on_a_line(x), np.arange(N), 10)
    assert len(set(found.places)) == 10
    assert (x[found.places] == 0).sum() == 1
    assert uncertainty[found.places].min() > np.median(uncertainty[N // 2 :]) / 2
    assert ((found.typical >= 0) & (found.typical <= 1)).all()


def test_an_uncertain_outlier_is_worth_less_than_a_typical_row() -> None:
    """What is learned of the typical row holds for others, too."""
    x = np.concatenate([np.linspace(0, 1, N - 1), [50.0]])
    uncertainty = np.full(N, 0.1)
    uncertainty[[N // 2, N - 1]] = 0.9
    found = choose_queries(uncertainty, on_a_line(x), np.arange(N), 2)
    assert found.places[0] == N // 2
    assert found.typical[0] > 0.9


def test_a_small_pool_is_taken_whole() -> None:
    """Never more rows than there are."""
    assert len(choose_queries(np.ones(3), on_a_line(np.arange(3)), np.arange(3), 20).places) == 3
