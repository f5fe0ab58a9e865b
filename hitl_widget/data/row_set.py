"""A set of rows: their division, targets and weights, as one view of the data has them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.cells import cell_text
from hitl_widget.data.division import Divided, pack_rows, unpack_rows
from hitl_widget.data.rows import group_codes, time_ranks
from hitl_widget.data.table import normalise, pack, unpack
from hitl_widget.data.task import Understood, target_skewed
from hitl_widget.domain.row_choices import RowChoices, TargetChoices
from hitl_widget.domain.task import Kind
from hitl_widget.errors import DataError

__all__ = ["RowSet", "RowStore", "corrected", "no_rows", "whole_table"]


def no_rows() -> np.ndarray:
    """Return an empty array of positions."""
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class RowSet:
    """The rows of a view of the data. A row keeps its position; added rows follow the last one.

    Parameters
    ----------
    divided
        The division: dropped rows are in no part of it.
    y : ndarray of shape (n,)
        Codes of classes or numbers.
    weights : ndarray of shape (n,) or None
        Weights of the rows; None if all count the same.
    weights_name
        The weights in words; "" without weights.
    dropped, relabelled : ndarray of int
        Positions of dropped rows and of rows with another label, ascending.
    added
        Keys of the added tables, in their order.
    groups, ranks : ndarray of int, shape (n,), or None
        Group and rank in time of each row, where the split has them.
    target
        Another target than the first one; None for that.
    classes
        Its original labels by code; None for those of the first target.
    unlabeled : ndarray of int
        Positions of the rows without a value of the target, ascending; they count as dropped.
    unlabeled_at
        Position of the first row of the given table that had no label; -1 as long as these rows have no positions.
    corrections
        Corrected labels of columns that were the target, by column and position.
    """

    divided: Divided
    y: np.ndarray
    weights: np.ndarray | None = None
    weights_name: str = ""
    dropped: np.ndarray = field(default_factory=no_rows)
    relabelled: np.ndarray = field(default_factory=no_rows)
    added: tuple[str, ...] = ()
    groups: np.ndarray | None = None
    ranks: np.ndarray | None = None
    target: TargetChoices | None = None
    classes: np.ndarray | None = None
    unlabeled: np.ndarray = field(default_factory=no_rows)
    unlabeled_at: int = -1
    corrections: Mapping[str, Mapping[int, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, understood: Understood) -> RowSet:
        """Return the rows of a task as it was understood."""
        return cls(understood.divided, understood.y, understood.weights, understood.task.weights)

    def pack(self) -> bytes:
        """Return the set as bytes for the journal."""
        said: dict[str, Any] = {
            "weights_name": self.weights_name,
            "added": self.added,
            "unlabeled_at": self.unlabeled_at,
        }
        if self.target is not None:
            said["target"] = asdict(self.target)
        if self.corrections:
            said["corrections"] = {name: list(labels.items()) for name, labels in self.corrections.items()}
        arrays = {"y": self.y, "dropped": self.dropped, "relabelled": self.relabelled, "unlabeled": self.unlabeled}
        more = {"weights": self.weights, "groups": self.groups, "ranks": self.ranks}
        if self.classes is not None:
            texts = self.classes.dtype == object
            said["texts"], more["classes"] = texts, self.classes.astype(str) if texts else self.classes
        arrays |= {name: values for name, values in more.items() if values is not None}
        target = io.BytesIO()
        divided = np.frombuffer(pack_rows(self.divided, len(self.y)), np.uint8)
        np.savez_compressed(target, divided=divided, said=np.array(json.dumps(said)), **arrays)  # type: ignore[arg-type]
        return target.getvalue()

    @classmethod
    def unpack(cls, body: bytes) -> RowSet:
        """Return the set that `pack` stored."""
        with np.load(io.BytesIO(body), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        said = json.loads(str(arrays["said"]))
        classes, target, corrections = arrays.get("classes"), said.get("target"), said.get("corrections", {})
        return cls(
            unpack_rows(arrays["divided"].tobytes()),
            arrays["y"],
            arrays.get("weights"),
            said["weights_name"],
            arrays["dropped"],
            arrays["relabelled"],
            tuple(said["added"]),
            arrays.get("groups"),
            arrays.get("ranks"),
            None if target is None else TargetChoices.from_json(target),
            classes.astype(object) if classes is not None and said.get("texts") else classes,
            arrays.get("unlabeled", no_rows()),
            said.get("unlabeled_at", -1),
            {name: {int(row): label for row, label in labels} for name, labels in corrections.items()},
        )

    def ordered(self, table: pd.DataFrame) -> RowSet:
        """Return the set with group and time of each row of its table."""
        split = self.divided.split
        grouped, timed = split.group_column, split.time_column
        return replace(
            self,
            groups=group_codes(table, grouped) if grouped else None,
            ranks=time_ranks(table, timed) if timed else None,
        )

    def choices(self, understood: Understood) -> RowChoices | None:
        """Return the facts that a state needs; None for the rows of the task as it was understood."""
        if self.key == RowSet.of(understood).key:
            return None
        task, divided = understood.task if self.target is None else self.target.applied(understood.task), self.divided
        regression = task.kind is Kind.REGRESSION
        kept = np.delete(np.arange(len(self.y)), self.dropped)
        y = self.y[divided.train]
        if regression and float(np.std(y)) == 0.0:
            raise DataError(f"Only one value of {task.target!r} is left in the rows of the search.")
        classes = len(task.classes)
        without = 0 if understood.unlabeled is None or self.unlabeled_at < 0 else len(understood.unlabeled)
        return RowChoices(
            key=self.key,
            split=divided.split,
            rows=len(kept),
            holdout_rows=len(divided.holdout),
            unused_rows=len(kept) - len(divided.train) - len(divided.holdout),
            class_counts=() if regression else tuple(int(one) for one in np.bincount(self.y[kept], minlength=classes)),
            target_offset=float(np.mean(y)) if regression else 0.0,
            target_scale=float(np.std(y)) if regression else 1.0,
            target_skewed=regression and target_skewed(y),
            weights=self.weights_name,
            dropped=len(self.dropped) - len(self.unlabeled),
            added=len(self.y) - len(understood.y) - without,
            labeled=without - len(self.unlabeled) if self.target is None else 0,
            relabelled=len(self.relabelled),
            target=self.target,
        )

    @property
    def key(self) -> str:
        """A hash of the content, without what follows from it."""
        found = hashlib.sha256()
        divided = self.divided
        said = [asdict(divided.split), divided.notes, self.weights_name, self.added]
        found.update(json.dumps(said, sort_keys=True, default=str).encode())
        parts = [(divided.train, divided.holdout), *divided.folds, (self.dropped, self.relabelled)]
        if self.unlabeled_at >= 0:
            parts.append((self.unlabeled, np.array([self.unlabeled_at])))
        for part in (array for pair in parts for array in pair):
            found.update(str(len(part)).encode() + np.asarray(part, np.int64).tobytes())
        found.update(np.ascontiguousarray(self.y).tobytes())
        found.update(b"" if self.weights is None else np.asarray(self.weights, np.float64).tobytes())
        if self.target is not None or self.corrections or (len(self.unlabeled) and self.unlabeled_at < 0):
            facts = [None if self.target is None else asdict(self.target), self.corrections, self.unlabeled.tolist()]
            found.update(json.dumps(facts, sort_keys=True, default=str).encode())
        return found.hexdigest()[:16]


class RowStore:
    """Sets of rows and added tables as files in the scratch folder, where kernel and workers find them.

    Parameters
    ----------
    folder
        The session's scratch folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, RowSet] = {}

    def keep(self, key: str, body: bytes) -> None:
        """Write what the journal holds under a key, ``rows/…`` or ``added/…``."""
        path = self._folder / key
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_bytes(body)
        draft.replace(path)

    def has(self, key: str) -> bool:
        """Return whether something was written under a key."""
        return (self._folder / key).exists()

    def rows(self, key: str) -> RowSet:
        """Return a set of rows."""
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = RowSet.unpack((self._folder / "rows" / key).read_bytes())
        return found

    def table(self, first: pd.DataFrame, added: tuple[str, ...]) -> pd.DataFrame:
        """Return a plain table with added rows."""
        if not added:
            return first
        more = [unpack((self._folder / "added" / key).read_bytes()) for key in added]
        return joined(first, [one.reindex(columns=first.columns) for one in more])

    def understood(self, first: Understood, choices: RowChoices | None) -> Understood:
        """Return a task with the rows of a view: its table, targets, division and weights."""
        if choices is None:
            return first
        rows = self.rows(choices.key)
        task = choices.applied(first.task)
        notes = [note for note in task.notes if note not in first.divided.notes]
        task = replace(task, notes=(*notes, *rows.divided.notes))
        if rows.target is None:
            table = self.with_corrections(self.table(first.table, rows.added), rows)
        else:
            table = self.whole(first, rows)[[one.name for one in task.columns]]
        return replace(
            first,
            task=task,
            table=table,
            y=rows.y,
            classes=first.classes if rows.classes is None else rows.classes,
            divided=rows.divided,
            weights=rows.weights,
            dropped=rows.dropped,
        )

    def whole(self, first: Understood, rows: RowSet) -> pd.DataFrame:
        """Return the plain table with the first target, with added rows and corrected labels."""
        return self.with_corrections(self.table(whole_table(first), rows.added), rows)

    def with_corrections(self, table: pd.DataFrame, rows: RowSet) -> pd.DataFrame:
        """Return a plain table in which the columns that were the target have their corrected labels."""
        there = {name: labels for name, labels in rows.corrections.items() if name in table.columns}
        if not there:
            return table
        whole = table.assign(**{name: corrected(table[name], labels) for name, labels in there.items()})
        whole.attrs.update(table.attrs)
        return whole


def whole_table(first: Understood) -> pd.DataFrame:
    """Return the plain table of a task with its target as the last column."""
    if first.targets is None:
        return first.table
    whole = first.table.assign(**{first.task.target: first.targets.array})
    whole.attrs.update(first.table.attrs)
    return whole


def corrected(values: pd.Series[Any], labels: Mapping[int, Any]) -> pd.Series[Any]:
    """Return a plain column with other labels in some rows."""
    cells = values.astype(object).to_numpy(copy=True)
    texts = values.dtype == np.dtype(object)
    for row, label in labels.items():
        cells[row] = cell_text(label) if texts else label
    if isinstance(values.dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical(cells))
    return pd.Series(normalise(pd.DataFrame({"label": list(cells)}))["label"].array)


def joined(first: pd.DataFrame, more: list[pd.DataFrame]) -> pd.DataFrame:
    """Return plain tables with the same columns as one.

    Raises
    ------
    DataError
        If a column holds another type in one of the tables.
    """
    cells = {name: _joined(str(name), [table[name] for table in (first, *more)]) for name in first.columns}
    whole = pd.DataFrame(cells)
    whole.attrs.update(first.attrs)
    return whole


def _joined(name: str, parts: list[pd.Series[Any]]) -> Any:
    kinds = [_kind(part) for part in parts]
    if kinds[0] not in ("numbers", "booleans"):  # a column without a value has no type
        parts = [part if part.notna().any() else part.astype(object).astype(parts[0].dtype) for part in parts]
        kinds = [_kind(part) for part in parts]
    strange = next((kind for kind in kinds if kind != kinds[0]), None)
    if strange is not None:
        raise DataError(
            f"{name!r} holds {kinds[0]} in the table and {strange} in the new rows. Give the new rows the same type."
        )
    if kinds[0] == "categories":
        return pd.Series(pd.api.types.union_categoricals([part.array for part in parts], ignore_order=True))
    return pd.concat(parts, ignore_index=True)


def _kind(values: pd.Series[Any]) -> str:
    """Return what a plain column holds, in words."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return "categories"
    return {"O": "texts", "M": "dates", "b": "booleans"}.get(values.dtype.kind, "numbers")


def packed_table(table: pd.DataFrame) -> tuple[str, bytes]:
    """Return the key and the bytes of an added table."""
    body = pack(table)
    return hashlib.sha256(body).hexdigest()[:16], body
