"""Subject of a model-level view: fitted models, the rows they read, and the rows that each was not fitted on.

A `Subject` is a weighted average of parts: the pipelines of a trial as it is delivered, those of an ensemble's members,
or one estimator of the user. Views ask "what if these cells came from other rows?" in ever new ways, and
`Subject.answered` is the one way to ask it. Rows are prepared once; since preparations work column by column, prepared
pieces are exchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text
from hitl_widget.data.hints import did_you_mean
from hitl_widget.domain.delivery import DELIVERED, DELIVERED_IN_WORDS, Delivery
from hitl_widget.domain.figures import value_in_words
from hitl_widget.domain.task import Kind, Task
from hitl_widget.errors import DataError
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fold_models import TrialModel, delivered_pipelines
from hitl_widget.explain.forest import forest_answer
from hitl_widget.explain.phrases import percent
from hitl_widget.explain.wording import points

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

__all__ = ["Block", "Part", "Subject"]

Block = Any
"""Prepared rows of one part: a matrix, or the table itself."""

_CHUNK = 4_000_000
"""Cells of prepared rows to hold at a time."""

_PROBED = 2000


@dataclass(frozen=True, eq=False)
class Part:
    """One fitted model of a subject.

    Parameters
    ----------
    model
        A fitted estimator that reads what `prepare` gives.
    prepare
        A fitted transformer from the subject's table to a matrix; None when the model reads the table itself.
    sources
        Position of the table's column behind each column of the matrix, or None.
    weight
        Weight in the average.
    unseen : ndarray of int
        Positions of the subject's rows that it was not fitted on, without the holdout.
    codes : ndarray of int or None
        Code of each class that the model knows, in its order; None for numbers.
    fold
        Fold that it comes from.
    """

    model: Any
    prepare: Any = None
    sources: tuple[str | None, ...] = ()
    weight: float = 1.0
    unseen: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    codes: np.ndarray | None = None
    fold: int | None = None

    def block(self, rows: pd.DataFrame) -> Block:
        """Return prepared rows."""
        return rows if self.prepare is None else np.asarray(self.prepare.transform(rows))

    def answer(self, block: Block, classes: int) -> np.ndarray:
        """Return numbers of shape (n,), or probabilities of shape (n, classes) by code."""
        quick = forest_answer(self.model, block)
        if self.codes is None:
            return np.asarray(self.model.predict(block) if quick is None else quick, np.float64).reshape(len(block))
        found = np.asarray(self.model.predict_proba(block) if quick is None else quick, np.float64)
        whole = np.zeros((len(found), classes))
        whole[:, self.codes] = found
        return whole


@dataclass(frozen=True, eq=False)
class Subject:
    """Models to explain, with their rows.

    Parameters
    ----------
    task
        The task.
    table : DataFrame of shape (n, p)
        Rows as the parts read them.
    y, weights : ndarray of shape (n,)
        Codes or numbers; weights in scores, None if all rows count the same.
    parts
        The models; weights add up to 1.
    rows : ndarray of int
        Positions of the rows that views may rest on (without the holdout).
    labels
        Text of each class by code; empty for numbers.
    name
        Name on screen: "trial 12", "the ensemble".
    about
        Reference to the models that views carry, for example ``{"trial": 12}``.
    made
        How the delivered model is made: "fitted again on all rows of the search"; "" for other models.
    """

    task: Task
    table: pd.DataFrame
    y: np.ndarray
    parts: tuple[Part, ...]
    rows: np.ndarray
    labels: tuple[str, ...] = ()
    name: str = "this model"
    about: Mapping[str, Any] = field(default_factory=dict)
    made: str = ""
    weights: np.ndarray | None = None

    @classmethod
    def of_trials(
        cls,
        context: Context,
        members: Sequence[TrialModel],
        name: str = "",
        about: Mapping[str, Any] | None = None,
        delivery: Delivery = DELIVERED,
    ) -> Subject:
        """Return the delivered model of a trial, or of several with their weights, as a subject.

        Parameters
        ----------
        context
            The task.
        members
            The trials; models that are not cached are fitted again.
        name
            Display name, default "trial 12" or "the ensemble of 4 models".
        about
            Reference to the models that views carry.
        delivery
            How a trial becomes a fitted model, by default as it is delivered; ``average`` for the models of its folds.
        """
        from hitl_widget.learners.fitting import heard, one_thread

        whole = sum(member.weight for member in members)
        parts: list[Part] = []
        with heard(), one_thread():
            for member in members:
                pipelines = delivered_pipelines(context, member, delivery)
                folds: Sequence[int | None] = [None] * len(pipelines)
                if delivery is Delivery.AVERAGE:
                    folds = range(len(context.folds)) if member.folds is None else member.folds
                weight = member.weight / whole / len(pipelines)
                parts += [_part(context, one, fold, weight) for one, fold in zip(pipelines, folds, strict=True)]
        one = members[0].trial if len(members) == 1 else None
        return cls(
            task=context.task,
            table=table if (table := _table_beside(context, None)) is not None else context.table,
            y=context.y,
            parts=tuple(parts),
            rows=np.sort(context.train),
            labels=tuple(cell_text(label) for label in context.classes),
            name=name or (f"trial {one}" if one is not None else f"the ensemble of {len(members)} models"),
            about=about if about is not None else {"trial": one} if one is not None else {},
            made=DELIVERED_IN_WORDS if delivery is DELIVERED else "",
            weights=context.weights,
        )

    @classmethod
    def of_estimator(
        cls,
        estimator: Any,
        task: Task,
        table: pd.DataFrame,
        y: np.ndarray,
        classes: Sequence[Any] = (),
        unseen: np.ndarray | None = None,
        name: str = "your model",
        about: Mapping[str, Any] | None = None,
    ) -> Subject:
        """Return a user's fitted scikit-learn estimator as a subject.

        Parameters
        ----------
        estimator
            Fitted on a table like this one, to original labels, codes or numbers.
        task
            The task.
        table : DataFrame of shape (n, p)
            Raw rows, as the estimator reads them.
        y : ndarray of shape (n,)
            Codes or numbers.
        classes
            Original label of each code.
        unseen
            Positions of rows that it was not fitted on, default none.
        name, about
            As in the class.
        """
        table = table.reset_index(drop=True)
        names = [str(name) for name in table.columns]
        codes = None if task.kind is Kind.REGRESSION else _codes_of(estimator, classes)
        model, prepare, sources = _taken_apart(estimator, table)
        apart = np.empty(0, np.int64) if unseen is None else np.asarray(unseen, np.int64)
        part = Part(model, prepare, sources or tuple(names), 1.0, apart, codes)
        labels = tuple(cell_text(label) for label in classes)
        return cls(task, table, np.asarray(y), (part,), np.arange(len(table)), labels, name, dict(about or {}))

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the table's columns."""
        return tuple(str(name) for name in self.table.columns)

    @property
    def regression(self) -> bool:
        """True when it predicts a number."""
        return self.task.kind is Kind.REGRESSION

    @property
    def answers(self) -> tuple[str, ...]:
        """Names of the classes to choose from, if there are more than two."""
        return self.labels if self.task.kind is Kind.MULTICLASS else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveat of views that describe the model: which fitted model it is."""
        if not self.made:
            return ()
        return (f"Explains the model you get, {self.made}.",)

    def place(self, column: str) -> int:
        """Return the position of a column.

        Raises
        ------
        DataError
            When the model reads no such column.
        """
        if column not in self.columns:
            raise DataError(f"The model does not read a column {column!r}.{did_you_mean(column, self.columns)}")
        return self.columns.index(column)

    def code(self, answer: str | None) -> int | None:
        """Return the code of a view's class, None if none is given or there is no choice.

        Raises
        ------
        DataError
            When there is no such class.
        """
        if answer is None or not self.answers:
            return None
        if str(answer) not in self.labels:
            raise DataError(
                f"{self.task.target} has the classes {', '.join(self.labels)}; got {answer!r}. Name one of them."
            )
        return self.labels.index(str(answer))

    def predict(self, rows: pd.DataFrame, parts: Sequence[Part] | None = None) -> np.ndarray:
        """Return the weighted average over parts: shape (n,) of numbers or P(code 1), or (n, K) of probabilities.

        Parameters
        ----------
        rows
            Rows of the subject's table, or others of the same columns and dtypes.
        parts
            Some of the parts, default all.
        """
        chosen = self.parts if parts is None else parts
        return self.answered(self.blocks(rows, chosen), None, chosen)

    def blocks(self, rows: pd.DataFrame, parts: Sequence[Part] | None = None) -> dict[int, Block]:
        """Return the rows prepared for each part, by the identity of its preparation."""
        from hitl_widget.learners.fitting import heard, one_thread

        found: dict[int, Block] = {}
        with heard(), one_thread():
            for part in self.parts if parts is None else parts:
                if id(part.prepare) not in found:
                    found[id(part.prepare)] = part.block(rows)
        return found

    def answered(
        self, blocks: Mapping[int, Block], index: np.ndarray | None, parts: Sequence[Part] | None = None
    ) -> np.ndarray:
        """Return predictions on rows put together from prepared ones.

        Parameters
        ----------
        blocks
            From `blocks`.
        index : ndarray of int, shape (m, p), or None
            For each new row and each column of the table, the prepared row that the cell comes from; None for the
            prepared rows themselves.
        parts
            Some of the parts, default all; their weights are made to add up to 1.
        """
        from hitl_widget.learners.fitting import heard, one_thread

        chosen = self.parts if parts is None else parts
        whole = sum(part.weight for part in chosen)
        total: Any = 0.0
        with heard(), one_thread():
            for part in chosen:
                block = blocks[id(part.prepare)]
                total = total + part.weight / whole * self._answer(part, block, index)
        return np.asarray(total[:, 1] if self.task.kind is Kind.BINARY else total)

    def _answer(self, part: Part, block: Block, index: np.ndarray | None) -> np.ndarray:
        if index is None:
            return part.answer(block, len(self.labels))
        step = max(1, _CHUNK // max(1, len(part.sources)))
        pieces = range(0, max(len(index), 1), step)
        return np.concatenate(
            [part.answer(self.gathered(part, block, index[i : i + step]), len(self.labels)) for i in pieces]
        )

    def gathered(self, part: Part, block: Block, index: np.ndarray) -> Block:
        """Return prepared rows put together from others; see `answered`."""
        if isinstance(block, pd.DataFrame):
            cells = {name: block[name].take(index[:, i]).array for i, name in enumerate(block.columns)}
            return pd.DataFrame(cells, index=pd.RangeIndex(len(index)))
        return np.take_along_axis(block, index[:, self._owner(part)], axis=0)

    def _owner(self, part: Part) -> np.ndarray:
        """Return, for each column of a part's matrix, the place of its column of the table (0 where none)."""
        known = self._owners.get(id(part))
        if known is None:
            places = {name: i for i, name in enumerate(self.columns)}
            known = np.array([places.get(source, 0) if source else 0 for source in part.sources], np.int64)
            self._owners[id(part)] = known
        return known

    @cached_property
    def _owners(self) -> dict[int, np.ndarray]:
        return {}

    def judges(self, rows: np.ndarray) -> list[tuple[np.ndarray, tuple[Part, ...]]]:
        """Return positions in `rows` with the parts that were not fitted on those rows, one entry per set of parts.

        Rows without such a part, and holdout rows, have no parts.
        """
        unseen = np.zeros((len(self.table), len(self.parts)), bool)
        for i, part in enumerate(self.parts):
            unseen[part.unseen, i] = True
        sets, group = np.unique(unseen[rows], axis=0, return_inverse=True)
        group = np.asarray(group).ravel()
        return [
            (np.flatnonzero(group == k), tuple(part for part, one in zip(self.parts, chosen, strict=True) if one))
            for k, chosen in enumerate(sets)
        ]

    def held_out(self, rows: np.ndarray | None = None) -> list[tuple[np.ndarray, tuple[Part, ...]]]:
        """Return positions of rows with the parts that were not fitted on them; see `judges`.

        Parameters
        ----------
        rows
            Positions, default all rows that have such parts.

        Raises
        ------
        DataError
            When there is no such row.
        """
        wanted = self.rows if rows is None else np.asarray(rows, np.int64)
        found = [(wanted[places], parts) for places, parts in self.judges(wanted) if parts]
        if not found:
            raise DataError(
                f"Errors are measured on rows that a model was not fitted on, and {self.name} was fitted "
                "on all of them. "
                "Name rows that it has not seen: unseen=[...]."
            )
        return sorted(found, key=lambda item: int(item[0].min()))

    def spread_rows(self, most: int, seed: int = 0) -> np.ndarray:
        """Return at most so many positions in a seeded random order, so that any beginning of it is a fair sample.

        Parameters
        ----------
        most, seed
            Number of rows, and seed of the order.
        """
        return np.random.default_rng([abs(seed), 11]).permutation(self.rows)[:most]

    def row(self, number: int) -> pd.DataFrame:
        """Return one row as a table.

        Raises
        ------
        DataError
            When there is no such row.
        """
        if not 0 <= number < len(self.table):
            raise DataError(f"Rows are numbered from 0 to {len(self.table) - 1:,}; got {number}. Name one of them.")
        return self.table.iloc[[number]]

    def in_words(self, value: float) -> str:
        """Return a prediction as text: "83%", "212,000"."""
        return value_in_words(float(value)) if self.regression else percent(value)

    def predicted(self, value: float, code: int | None = None) -> str:
        """Return a prediction with its subject: "churn = yes with probability 83%", "212,000"."""
        if self.regression:
            return self.in_words(value)
        label = self.labels[1 if code is None else code] if self.labels else "positive"
        return f"{self.task.target} = {label} with probability {percent(value)}"

    def amount(self, value: float, *, signed: bool = False, short: bool = False) -> str:
        """Return a difference of predictions in words: "12 percentage points", "1,300"; with `short`, "12 pp"."""
        sign = ("+" if value >= 0 else "−") if signed else ""
        if self.regression:
            return f"{sign}{value_in_words(abs(float(value)))}"
        return f"{sign}{points(abs(value), short=short)}"


def _part(context: Context, pipeline: Pipeline, fold: int | None, weight: float) -> Part:
    """Return a fitted pipeline as a part; one that no fold validates has seen all rows."""
    prepare, model = pipeline[1], pipeline[-1]
    codes = None if context.task.kind is Kind.REGRESSION else np.asarray(model.classes_, np.int64)
    unseen = np.empty(0, np.int64) if fold is None else np.sort(context.folds[fold][1])
    if _table_beside(context, prepare) is None:  # cells are exchanged before they are prepared
        names = tuple(str(name) for name in context.table.columns)
        return Part(pipeline[1:], None, names, weight, unseen, codes, fold)
    return Part(model, prepare, tuple(prepare.sources()), weight, unseen, codes, fold)


def _table_beside(context: Context, prepare: Any) -> pd.DataFrame | None:
    """Return the rows with the columns that user functions make of several others; None if these are learned.

    A column made of several others is a separate column, so that prepared pieces can be exchanged.
    """
    if "beside" not in context.shared:
        from hitl_widget.learners.columns import Shaped

        if not isinstance(prepare, Shaped):
            return context.table
        context.shared["beside"] = prepare.choices.beside(context.table)
    found: pd.DataFrame | None = context.shared["beside"]
    return found


def _codes_of(estimator: Any, classes: Sequence[Any]) -> np.ndarray:
    """Return the code of each class of an estimator that was fitted on labels or codes."""
    if not hasattr(estimator, "predict_proba"):
        raise DataError(
            f"Explaining a classifier takes its probabilities, and {type(estimator).__name__} has no predict_proba. "
            "Wrap it in sklearn.calibration.CalibratedClassifierCV."
        )
    known = list(estimator.classes_)
    by_text = {cell_text(label): code for code, label in enumerate(classes)}
    texts = [cell_text(label) for label in known]
    if all(text in by_text for text in texts):
        return np.array([by_text[text] for text in texts], np.int64)
    if all(text.isdigit() and int(text) < len(classes) for text in texts):
        return np.array([int(text) for text in texts], np.int64)
    raise DataError(
        f"The model must predict the classes {', '.join(map(str, classes))}; it knows {', '.join(texts)}. "
        "Fit it on the same target."
    )


def _taken_apart(estimator: Any, table: pd.DataFrame) -> tuple[Any, Any, tuple[str | None, ...]]:
    """Return model, preparation and sources of a pipeline whose matrix has one column of the table behind each.

    The source of a column of the matrix is found by shuffling the table's columns one by one. Any other estimator
    is left whole and reads the table itself.
    """
    from sklearn.pipeline import Pipeline

    from hitl_widget.learners.fitting import heard

    if not isinstance(estimator, Pipeline) or len(estimator.steps) < 2:
        return estimator, None, ()
    prepare, model = estimator[:-1], estimator[-1]
    rng = np.random.default_rng(0)
    some = table.iloc[np.sort(rng.permutation(len(table))[:_PROBED])].reset_index(drop=True)
    with heard():
        before = prepare.transform(some)
        if not isinstance(before, np.ndarray) or before.ndim != 2 or before.dtype.kind not in "fiub":
            return estimator, None, ()
        behind: list[str | None] = [None] * before.shape[1]
        for name in table.columns:
            other = some.copy()
            other[name] = some[name].take(np.roll(np.arange(len(some)), 1 + len(some) // 3)).array
            changed = ~np.isclose(prepare.transform(other), before, equal_nan=True).all(axis=0)
            if any(behind[i] is not None for i in np.flatnonzero(changed)):
                return estimator, None, ()
            behind = [str(name) if one else kept for one, kept in zip(changed, behind, strict=True)]
        if None in behind:
            return estimator, None, ()
    return model, prepare, tuple(behind)
