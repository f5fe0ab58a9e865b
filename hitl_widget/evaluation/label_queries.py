"""Rows whose label would tell a model most: uncertain, typical of the others, and different from each other.

The value of a row is its uncertainty times its density, the information density of Settles and Craven ("An analysis of
active learning strategies for sequence labeling tasks", EMNLP 2008); Lewis and Gale ("A sequential algorithm for
training text classifiers", SIGIR 1994) proposed uncertainty alone, and Settles ("Active learning literature survey",
2009) compares both. Rows are chosen one after the other: the value of a row falls with its similarity to a chosen one,
so that a batch holds no twins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hitl_widget.data.similar import Similarity

__all__ = ["Queries", "choose_queries", "disagreement", "margin_uncertainty"]

_COMPARED = 200


@dataclass(frozen=True, slots=True, eq=False)
class Queries:
    """Chosen rows, the most valuable first.

    Parameters
    ----------
    places : ndarray of int, shape (k,)
        Places in the rows that were given.
    typical : ndarray of float, shape (k,)
        Share of the rows that are less similar to the others than this one.
    """

    places: np.ndarray
    typical: np.ndarray


def margin_uncertainty(probability: np.ndarray) -> np.ndarray:
    """Return 1 where the two most probable classes are equally probable, and 0 where one is certain, shape (n,).

    Parameters
    ----------
    probability : ndarray of shape (n, k)
        Probabilities of the classes.
    """
    ranked = np.sort(probability, axis=1)
    return np.asarray(1 - (ranked[:, -1] - ranked[:, -2]))


def disagreement(predictions: np.ndarray) -> np.ndarray:
    """Return the standard deviation of the predictions of several models, as a share of the greatest, shape (n,).

    Parameters
    ----------
    predictions : ndarray of shape (m, n)
        Numbers that m models predict.
    """
    spread = np.std(predictions, axis=0)
    return np.asarray(spread / max(float(spread.max()), np.finfo(float).tiny))


def choose_queries(
    uncertainty: np.ndarray, similarity: Similarity, rows: np.ndarray, count: int, seed: int = 0
) -> Queries:
    """Return the rows that are most worth labeling.

    Parameters
    ----------
    uncertainty : ndarray of shape (n,)
        From 0 to 1.
    similarity
        Distances between rows of a table.
    rows : ndarray of int, shape (n,)
        Positions of the rows in that table.
    count
        Greatest number of rows.
    seed
        Seed of the sample that the density is measured on.
    """
    sample = np.random.default_rng(seed).permutation(rows)[:_COMPARED]
    density = 1 - np.mean([similarity.distances(int(one), rows) for one in sample], axis=0)
    value = np.asarray(uncertainty * density, np.float64)
    left, chosen = value.copy(), np.empty(min(count, len(rows)), np.int64)
    for i in range(len(chosen)):
        chosen[i] = left.argmax()
        left = np.minimum(left, value * similarity.distances(int(rows[chosen[i]]), rows))
        left[chosen[: i + 1]] = -1.0
    typical = np.array([(density < density[place]).mean() for place in chosen])
    return Queries(chosen, typical)
