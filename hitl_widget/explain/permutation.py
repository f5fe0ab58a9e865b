"""Permutation importance: how much the score on unseen rows drops when a column is shuffled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hitl_widget.explain.association import associations, clusters
from hitl_widget.explain.subject import Block, Part, Subject

__all__ = ["Losses", "permutation_losses"]

REPEATS, MOST_ROWS = 5, 2000
_TOGETHER = 0.7
_SOME = 1500


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """Loss in score when columns are shuffled.

    Parameters
    ----------
    names
        The `p` columns, then groups of columns that go together, shuffled as one, joined by " + ".
    groups
        Places of the columns of each group.
    drops : ndarray of shape (folds, repeats, p + groups)
        Score minus the score after shuffling; a larger loss means the model relies more on the column.
    scores : ndarray of shape (folds,)
        Scores as they are; greater is better.
    rows
        Rows that were predicted.
    whole
        Rows that could be.
    partial
        True if more repeats follow.
    """

    names: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]
    drops: np.ndarray
    scores: np.ndarray
    rows: int
    whole: int
    partial: bool = False

    @property
    def columns(self) -> int:
        """Number of single columns."""
        return len(self.names) - len(self.groups)

    @property
    def mean(self) -> np.ndarray:
        """Mean drop over folds and repeats, shape (p + groups,)."""
        return np.asarray(self.drops.mean(axis=(0, 1)))

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation over all folds and repeats, shape (p + groups,)."""
        flat = self.drops.reshape(-1, self.drops.shape[2])
        return np.asarray(flat.std(axis=0, ddof=1) if len(flat) > 1 else np.zeros(flat.shape[1]))

    @property
    def matters(self) -> np.ndarray:
        """Mask of the significant drops: above twice its standard error over folds, or over repeats of a single one."""
        units = self.drops.mean(axis=1) if len(self.drops) > 1 else self.drops[0]
        error = units.std(axis=0, ddof=1) / np.sqrt(len(units)) if len(units) > 1 else self.spread
        return np.asarray(self.mean > np.maximum(2 * error, 1e-9))


def permutation_losses(
    subject: Subject, *, repeats: int = REPEATS, most_rows: int = MOST_ROWS, seed: int = 0
) -> Iterator[Losses]:
    """Yield the losses after the first repeat, the second, and so on.

    Parameters
    ----------
    subject
        The models to explain; each fold's models predict its own validation rows, an ensemble's members weighted.
    repeats
        Shuffles of each column and fold.
    most_rows
        Most rows to predict, a seeded sample over all folds.
    seed
        Seed of rows and shuffles.

    Raises
    ------
    DataError
        When the models have seen every row.

    Notes
    -----
    Breiman 2001; Fisher, Rudin and Dominici 2019. Columns that go together with an association of 0.7 and more are
    shuffled as one, too, by the same order of rows.
    """
    groups = subject.held_out()
    whole = sum(len(rows) for rows, _ in groups)
    rng = np.random.default_rng([abs(seed), 17])
    share = min(1.0, most_rows / whole)
    folds: list[tuple[np.ndarray, Sequence[Part], dict[int, Block]]] = []
    for rows, parts in groups:
        some = np.sort(rng.permutation(rows)[: max(2, round(share * len(rows)))])
        folds.append((some, parts, subject.blocks(subject.table.take(some), parts)))
    together = clusters(associations(subject.table.take(subject.spread_rows(_SOME, seed))), _TOGETHER)
    sets = [[i] for i in range(len(subject.columns))] + together
    names = (*subject.columns, *(" + ".join(subject.columns[i] for i in one) for one in together))
    scores = np.array([_score(subject, rows, subject.answered(blocks, None, parts)) for rows, parts, blocks in folds])
    drops = np.zeros((len(folds), repeats, len(sets)))
    count = sum(len(rows) for rows, _, _ in folds)
    for repeat in range(repeats):
        for f, (rows, chosen, blocks) in enumerate(folds):
            order = np.random.default_rng([abs(seed), 19, f, repeat]).permutation(len(rows))
            for s, places in enumerate(sets):
                index = np.repeat(np.arange(len(rows))[:, None], len(subject.columns), axis=1)
                index[:, places] = order[:, None]
                shuffled = subject.answered(blocks, index, chosen)
                drops[f, repeat, s] = scores[f] - _score(subject, rows, shuffled)
        last = repeat + 1 == repeats
        done = drops[:, : repeat + 1].copy()
        yield Losses(names, tuple(map(tuple, together)), done, scores, count, whole, not last)


def _score(subject: Subject, rows: np.ndarray, predictions: np.ndarray) -> float:
    from hitl_widget.learners.scoring import score

    weights = None if subject.weights is None else subject.weights[rows]
    return score(subject.task, subject.y[rows], predictions, weights=weights)
