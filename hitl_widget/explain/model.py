"""SHAP values of any model on the table's own columns. The only importer of shap, and late.

Trees and weighted sums are taken apart exactly, by the boosters' own code, shap's TreeExplainer or arithmetic; all else
by permutations of columns. Every result is checked to add up to the model's answer, and done again by permutations
where it does not.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError, MissingExtra
from hitl_widget.explain.attribution import (
    Attribution,
    Link,
    Margins,
    Scale,
    joined,
    logistic,
    outputs,
    softmax,
    through,
)
from hitl_widget.explain.forest import forest_answer
from hitl_widget.explain.subject import Block, Part, Subject
from hitl_widget.learners.registry import learner_of

__all__ = ["STEPS", "progressive", "shap_values"]

STEPS = (100, 400, 1000)
"""Rows after which a partial result is given."""

_FIRST, _PATIENCE = 25, 0.4
"""The first rows, and the seconds after which they are given at once."""

_PAIRS, _BACKGROUND, _MEANS = 8, 400, 2000
"""Of the sampling: pairs of a permutation and its reverse, rows to choose their backgrounds from; rows of means."""

_CENTRE = 32
"""Rows that say how the mean answer divides among columns."""

_EXACT = 4
"""Up to so many columns all permutations are taken."""

_CELLS = 4_000_000

_MOST_EFFORT = 15_000_000
"""Leaves times depth squared, over all trees of a forest, up to which its trees are taken apart: 10 ms a row."""


def shap_values(
    subject: Subject,
    rows: np.ndarray | pd.DataFrame,
    *,
    scale: str = "answer",
    seed: int = 0,
) -> Attribution:
    """Return what each column of the table contributes to each prediction.

    Parameters
    ----------
    subject
        The models to explain.
    rows : ndarray of int of shape (n,), or DataFrame of shape (n, p)
        Positions in the subject's table, or other rows like them.
    scale
        ``"answer"``: probabilities, or units of the target. ``"model"``: the scale on which the model adds up, where
        all its parts share one (log-odds of boosters and logistic regressions).
    seed
        Seed of the permutations.

    Raises
    ------
    MissingExtra
        When a forest or a tree is explained and shap is not installed.

    Notes
    -----
    Trees: the boosters' own TreeSHAP or shap's, path-dependent (Lundberg et al. 2020). Weighted sums: weight times the
    distance from the mean. Others: permutations of columns against representative rows (Štrumbelj and Kononenko 2014),
    each with its reverse. From log-odds to probabilities: `hitl_widget.explain.attribution.through`.
    """
    return _Explaining(subject, scale, seed).explain(rows)


def progressive(
    subject: Subject,
    *,
    steps: Sequence[int] = STEPS,
    scale: str = "answer",
    seed: int = 0,
) -> Iterator[Attribution]:
    """Yield the SHAP values of more and more rows, each result with all rows so far; the last one is not partial.

    Rows come in a seeded random order, so that every result is of a fair sample. The first has a quarter of the first
    step's rows if more would keep the user waiting. Parameters as of `shap_values`.
    """
    rows = subject.spread_rows(max(steps), seed)
    explaining = _Explaining(subject, scale, seed)
    whole = len(subject.rows)
    ends = sorted({min(one, len(rows)) for one in (min(_FIRST, *steps), *steps)})
    pieces: list[Attribution] = []
    begun = time.perf_counter()
    for start, end in itertools.pairwise((0, *ends)):
        pieces.append(explaining.explain(rows[start:end], whole))
        quick = start == 0 and end < ends[-1] and time.perf_counter() - begun < _PATIENCE and end not in steps
        if not quick:
            yield joined(pieces, partial=end < ends[-1])


class _Explaining:
    """The explainers of one subject, made once for all its rows."""

    def __init__(self, subject: Subject, scale: str, seed: int) -> None:
        if scale not in ("answer", "model"):
            raise DataError(f'A scale is "answer" or "model"; got {scale!r}.')
        self.subject, self.seed = subject, seed
        self._scale = scale
        self._made: dict[tuple[int, str], Any] = {}
        self._to_sample: set[int] = set()
        self._places = {name: i for i, name in enumerate(subject.columns)}

    def explain(self, rows: np.ndarray | pd.DataFrame, whole: int = 0) -> Attribution:
        subject = self.subject
        if isinstance(rows, pd.DataFrame):
            table, positions = rows[list(subject.table.columns)], np.full(len(rows), -1)
        else:
            positions = np.asarray(rows, np.int64)
            table = subject.table.take(positions)
        n, k = len(table), len(subject.labels) if subject.task.kind is Kind.MULTICLASS else 1
        values, base = np.zeros((n, len(subject.columns), k)), np.zeros(k)
        found = self._margins(table, subject.parts)
        scale: Scale = "target" if subject.regression else "probability"
        if self._scale == "model" and not subject.regression and self._own_scale(found):
            scale = "log-odds"
        whole_weight = sum(part.weight for part in subject.parts)
        for part, one in zip(subject.parts, found, strict=True):
            weight = part.weight / whole_weight
            own = (one.values, one.base) if scale == "log-odds" else self._answers(part, one)
            mine, start = self._by_code(*own, part, scale != "log-odds")
            values += weight * mine
            base += weight * start
        base = np.broadcast_to(base, (n, k))
        single = k == 1
        return Attribution(
            columns=subject.columns,
            values=values[:, :, 0] if single else values,
            base=base[:, 0] if single else base,
            rows=positions,
            table=table,
            scale=scale,
            labels=() if single else subject.labels,
            how=frozenset(one.how for one in found),
            whole=whole or n,
        )

    def _own_scale(self, found: Sequence[Margins]) -> bool:
        """Return True if contributions add up in log-odds for every part of the subject."""
        links = [one.link for one in found]
        return all(link in (logistic, softmax) for link in links)

    def _answers(self, part: Part, found: Margins) -> tuple[np.ndarray, np.ndarray]:
        """Return contributions to the answer, from its mean over rows on: each column's are centred on nothing.

        The answer at the mean margin is not the mean answer. What lies between is what columns contribute on average,
        and goes into the base.
        """
        values, base = through(found)
        if found.link is None:
            return values, base
        shift = self._made.get((id(part), "shift"))
        if shift is None:
            shift = self._made[id(part), "shift"] = self._shift(part)
        return values - shift, base + shift.sum(axis=0)

    def _shift(self, part: Part) -> np.ndarray:
        """Return what each column contributes to the answer on average, shape (p, o)."""
        rows = self.subject.spread_rows(_BACKGROUND, self.seed)
        block = part.block(self.subject.table.take(rows))
        few = block.iloc[:_CENTRE] if isinstance(block, pd.DataFrame) else block[:_CENTRE]
        found = self._exactly(part, few)
        assert found is not None
        values, base = through(found)
        mean = _own_answer(part, block).reshape(len(block), -1).mean(axis=0)[-values.shape[2] :]
        shift, sizes = values.mean(axis=0), np.abs(values).mean(axis=0) + 1e-300
        return np.asarray(shift + (mean - base - shift.sum(axis=0)) * sizes / sizes.sum(axis=0))

    def _by_code(
        self, values: np.ndarray, base: np.ndarray, part: Part, chances: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return outputs of a part by code: one for a number or two classes (of code 1), else one for each class."""
        if part.codes is None:
            return values, base
        if values.shape[-1] == 1 and len(part.codes) == 2:
            # A single output is that of the second class that the model knows; the first has what is left.
            values, base = np.concatenate([-values, values], -1), np.concatenate([chances - base, base])
        classes = len(self.subject.labels)
        whole, start = np.zeros((*values.shape[:-1], classes)), np.zeros(classes)
        whole[..., part.codes], start[part.codes] = values, base
        return (whole, start) if self.subject.task.kind is Kind.MULTICLASS else (whole[..., 1:2], start[1:2])

    def _margins(self, table: pd.DataFrame, parts: Sequence[Part]) -> list[Margins]:
        from hitl_widget.learners.fitting import heard, one_thread

        blocks = self.subject.blocks(table, parts)
        with heard(), one_thread():
            return [self._of_part(part, blocks[id(part.prepare)]) for part in parts]

    def _of_part(self, part: Part, block: Block) -> Margins:
        if id(part) not in self._to_sample:
            found = self._exactly(part, block)
            if found is not None and self._adds_up(part, block, found):
                return found
            self._to_sample.add(id(part))
        return self._by_permutations(part, block)

    def _adds_up(self, part: Part, block: Block, found: Margins) -> bool:
        """Return True if contributions add up to the model's prediction."""
        answer = _own_answer(part, block)
        told = found.answers()
        told = told[:, -1] if told.shape[1] == 1 or answer.ndim == 1 else told
        answer = answer[:, -1] if told.ndim == 1 and answer.ndim == 2 else answer
        scale = 1.0 if not self.subject.regression else max(float(np.std(self.subject.y)), 1e-9)
        return told.shape == answer.shape and bool(np.all(np.abs(told - answer) <= 1e-3 * scale))

    def _exactly(self, part: Part, block: Block) -> Margins | None:
        """Return the contributions in a model that can be taken apart; None for others."""
        model, link = _inner(part.model)
        if link is None and not self.subject.regression:
            link = logistic if part.codes is not None and len(part.codes) == 2 else softmax
        learner = learner_of(model)
        found = None if learner is None else learner.shap_values(model, block)
        if found is not None:
            return self._summed(part, *found, link, "trees")
        if isinstance(block, pd.DataFrame):
            if not all(dtype.kind in "fiub" for dtype in block.dtypes):
                return None
            block = block.to_numpy(np.float64)
        kinds = {one.__name__ for one in type(model).__mro__}
        if kinds & _FORESTS and _effort(model) <= _MOST_EFFORT:
            return self._summed(part, *self._trees(part, model, block), None, "trees")
        if kinds & _BOOSTED:
            return self._summed(part, *self._trees(part, model, block), link, "trees")
        if hasattr(model, "coef_") and hasattr(model, "intercept_") and not kinds & {"BaseLibSVM"}:
            return self._weights(part, model, block, link)
        return None

    def _summed(self, part: Part, values: np.ndarray, base: np.ndarray, link: Link | None, how: str) -> Margins | None:
        """Add up what belongs to one column of the table; None where the model reads other columns."""
        if values.shape[1] != len(part.sources):
            return None
        belongs = np.zeros((len(part.sources), len(self._places)))
        for i, source in enumerate(part.sources):
            if source is not None:
                belongs[i, self._places[source]] = 1.0
        return Margins(np.einsum("ndk,dp->npk", values, belongs), np.asarray(base, np.float64), link, how)

    def _trees(self, part: Part, model: Any, block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        explainer = self._made.get((id(part), "trees"))
        if explainer is None:
            explainer = self._made[id(part), "trees"] = _shap().TreeExplainer(
                model, feature_perturbation="tree_path_dependent"
            )
        values = outputs(explainer.shap_values(np.asarray(block, np.float64), check_additivity=False))
        return values, np.atleast_1d(np.asarray(explainer.expected_value, np.float64))[-values.shape[2] :]

    def _weights(self, part: Part, model: Any, block: np.ndarray, link: Link | None) -> Margins | None:
        weights = np.atleast_2d(np.asarray(model.coef_, np.float64))
        if weights.shape[1] != block.shape[1]:
            return None
        mean = self._made.get((id(part.prepare), "mean"))
        if mean is None:
            rows = self.subject.table.take(self.subject.spread_rows(_MEANS, self.seed))
            mean = np.asarray(part.block(rows), np.float64).mean(axis=0)
            self._made[id(part.prepare), "mean"] = mean
        values = (np.asarray(block, np.float64) - mean)[:, :, None] * weights.T[None]
        base = np.atleast_1d(np.asarray(model.intercept_, np.float64)) + weights @ mean
        return self._summed(part, values, np.broadcast_to(base, (len(weights),)), link, "weights")

    def _by_permutations(self, part: Part, block: Block) -> Margins:
        """Return contributions as mean changes of the answer while columns arrive in random order."""
        subject = self.subject
        behind, behind_answer = self._background(part)
        n, p, m = len(block), len(subject.columns), len(behind)
        stacked = pd.concat([block, behind]) if isinstance(block, pd.DataFrame) else np.vstack([block, behind])
        own = outputs(_own_answer(part, block)[:, None] if subject.regression else _own_answer(part, block)[:, None, :])
        own = own.reshape(n, -1)
        start = behind_answer.reshape(m, -1)
        used = self._used(part)
        values = np.zeros((n, p, own.shape[1]))
        rng = np.random.default_rng([abs(self.seed), 5])
        orders = [_orders(used, rng) for _ in range(m)]
        for z, order in itertools.product(range(m), range(len(orders[0]))):
            # Rows differ in nothing but themselves: one order for all of them, another one for each background.
            sequence = orders[z][order]
            for first in range(0, n, max(1, _CELLS // max(1, len(sequence) * p))):
                some = np.arange(first, min(n, first + max(1, _CELLS // max(1, len(sequence) * p))))
                self._walk(part, stacked, some, n + z, sequence, own, start[z], values)
        values /= m * len(orders[0])
        return Margins(values, start.mean(axis=0), None, "sampling")

    def _walk(
        self,
        part: Part,
        stacked: Block,
        some: np.ndarray,
        behind: int,
        sequence: np.ndarray,
        own: np.ndarray,
        start: np.ndarray,
        values: np.ndarray,
    ) -> None:
        """Add to `values` what each column changes when it arrives in sequence, from a background to the row itself."""
        inner, p = len(sequence) - 1, values.shape[1]
        before = np.broadcast_to(start, (len(some), len(start)))
        if inner > 0:
            index = np.full((len(some), inner, p), behind, np.int64)
            for step in range(inner):
                index[:, step:, sequence[step]] = some[:, None]
            block = self.subject.gathered(part, stacked, index.reshape(-1, p))
            answers = _own_answer(part, block).reshape(len(some), inner, -1)
            for step in range(inner):
                values[some, sequence[step]] += answers[:, step] - before
                before = answers[:, step]
        if len(sequence):
            values[some, sequence[-1]] += own[some] - before

    def _used(self, part: Part) -> np.ndarray:
        """Return the places of the columns that a part reads."""
        return np.array(sorted({self._places[one] for one in part.sources if one is not None}), np.int64)

    def _background(self, part: Part) -> tuple[Block, np.ndarray]:
        """Return a few prepared rows spread evenly over what the part predicts, and its answers there."""
        known = self._made.get((id(part), "background"))
        if known is None:
            rows = self.subject.spread_rows(_BACKGROUND, self.seed)
            block = part.block(self.subject.table.take(rows))
            answer = _own_answer(part, block)
            ranked = np.argsort(answer if answer.ndim == 1 else answer[:, -1], kind="stable")
            count = min(_PAIRS, len(rows))
            chosen = ranked[((np.arange(count) + 0.5) * len(rows) / count).astype(int)]
            block = block.iloc[chosen] if isinstance(block, pd.DataFrame) else block[chosen]
            known = self._made[id(part), "background"] = (block, answer[chosen])
        return known


_FORESTS = {"BaseDecisionTree", "ForestClassifier", "ForestRegressor"}
_BOOSTED = {"BaseGradientBoosting", "BaseHistGradientBoosting"}


def _effort(model: Any) -> float:
    """Return what taking a forest apart costs per row: leaves times depth squared, over its trees."""
    trees = getattr(model, "estimators_", [model])
    return float(sum(tree.get_n_leaves() * float(tree.get_depth()) ** 2 for tree in trees))


def _orders(used: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Return all orders of a few columns; of more, a random one and its reverse."""
    if len(used) <= _EXACT:
        return [np.array(one, np.int64) for one in itertools.permutations(used)]
    order = rng.permutation(used)
    return [order, order[::-1]]


def _own_answer(part: Part, block: Block) -> np.ndarray:
    """Return a part's answer in its own order: numbers (n,) or probabilities (n, classes that it knows)."""
    quick = forest_answer(part.model, block)
    if quick is not None:
        return quick
    if part.codes is None:
        return np.asarray(part.model.predict(block), np.float64).reshape(len(block))
    return np.asarray(part.model.predict_proba(block), np.float64)


def _inner(model: Any) -> tuple[Any, Link | None]:
    """Return the model inside adapters and scaled targets, and the transform of its output."""
    from hitl_widget.learners.adapt import OwnClassifier, OwnRegressor
    from hitl_widget.learners.balanced import BalancedClassifier
    from hitl_widget.learners.bounded import BoundedRegressor

    if isinstance(model, OwnClassifier | OwnRegressor):
        return _inner(model.model_)
    if isinstance(model, BalancedClassifier) and model.shift_ is None:
        return _inner(model.model_)
    if isinstance(model, BoundedRegressor):
        inner, link = _inner(model.model_)
        return inner, lambda margin: model.clipped(margin if link is None else link(margin))
    if hasattr(model, "regressor_") and hasattr(model, "transformer_"):
        transformer = model.transformer_

        def back(margin: np.ndarray) -> np.ndarray:
            return np.asarray(transformer.inverse_transform(margin.reshape(-1, 1)), np.float64).reshape(margin.shape)

        return model.regressor_, back
    return model, None


def _shap() -> Any:
    try:
        import shap
    except ImportError as error:
        raise MissingExtra(
            "Explaining forests and trees of scikit-learn needs the package shap. Install it: "
            "pip install 'hitl_widget[explain]'."
        ) from error
    return shap
