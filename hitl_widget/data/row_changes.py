"""Changes of the rows in the middle of a session: another division, weights, dropped, added and relabeled rows."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.division import Divided, check_usable, checked_division, divide_rows
from hitl_widget.data.hints import did_you_mean
from hitl_widget.data.row_rules import duplicate_rows, rows_of_rule
from hitl_widget.data.row_set import RowSet, RowStore, joined, packed_table
from hitl_widget.data.rows import group_codes, time_ranks
from hitl_widget.data.table import normalise
from hitl_widget.data.target import Target, target_like
from hitl_widget.data.task import OF_GROUPS, OF_WEIGHTS, Understood
from hitl_widget.data.unlabeled import given_rows, holdout_copies, not_used, places_in_given, with_unlabeled
from hitl_widget.data.weights import checked_weights, read_weights
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.commands.registry import as_json
from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.figures import plural
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Role, SplitScheme
from hitl_widget.errors import DataError

__all__ = ["RowChange", "Rows"]


@dataclass(frozen=True, slots=True, eq=False)
class RowChange:
    """A change of the rows that can be carried out.

    Parameters
    ----------
    choices
        The choices about the data after it.
    title
        The change in words.
    blobs
        The bytes that the journal needs, by key.
    reviewed
        Rows whose label a person has judged with it.
    """

    choices: DataChoices
    title: str
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    reviewed: frozenset[int] = frozenset()


class Rows:
    """Validates and works out changes of the rows. Thread-safe.

    A change may be slow, so it is worked out outside the controller's thread: `changed` remembers the last ones.

    Parameters
    ----------
    understood
        The task as first understood.
    folder
        The session's scratch folder.
    seed
        Seed of the session.

    Attributes
    ----------
    first : Understood
        The task as first understood.
    store : RowStore
        The stored sets of rows.
    """

    def __init__(self, understood: Understood, folder: Path, seed: int) -> None:
        self.first, self._seed = understood, seed
        self.store = RowStore(folder)
        self._lock = threading.Lock()
        self._views: dict[str, Understood] = {}
        self._known: dict[tuple[Any, ...], tuple[cmd.RowCommand, RowChange]] = {}

    def understood(self, choices: DataChoices) -> Understood:
        """Return the task with the rows of a view; its columns and its metric are those of the original task."""
        if choices.rows is None:
            return self.first
        found = self._views.get(choices.rows.key)
        if found is None:
            found = self._views[choices.rows.key] = self.store.understood(self.first, choices.rows)
        return found

    def is_ready(self, state: SessionState, command: cmd.RowCommand) -> bool:
        """Return whether a change was worked out already; the objects of a person may have changed since."""
        return not command.objects and self._key(state, command) in self._known

    def changed(self, state: SessionState, command: cmd.RowCommand) -> RowChange:
        """Return a change of the rows of the current view; it is worked out if it is not prepared.

        Raises
        ------
        DataError
            If it is not possible, or changes nothing.
        """
        with self._lock:
            known = self._known.get(self._key(state, command))
        return self.prepare(state, command) if known is None else known[1]

    def prepare(self, state: SessionState, command: cmd.RowCommand) -> RowChange:
        """Work out a change of the rows of the current view and remember it for `changed`; raises as that does."""
        found = self._worked_out(state, command)
        for name, body in found.blobs.items():
            self.store.keep(name, body)
        with self._lock:
            while len(self._known) > 3:
                self._known.pop(next(iter(self._known)))
            self._known[self._key(state, command)] = command, found
        return found

    def seen_in_holdout(self, state: SessionState) -> int:
        """Return how many rows of the current holdout trials have used, under another division of the rows."""
        choices = state.steering.data
        holdout = self.understood(choices).holdout
        if len(state.views) < 2 or not len(holdout):
            return 0
        current = "" if choices.rows is None else choices.rows.key
        used = {trial.view for trial in state.trials if trial.view is not None and trial.view >= 0}
        keys = {state.views[view].judged_by[1] for view in used} - {current}
        seen = np.zeros(len(self.understood(choices).y), bool)
        for key in keys:
            rows = self.first.divided if not key else self.store.rows(key).divided
            seen[rows.train[rows.train < len(seen)]] = True
        return int(seen[holdout].sum())

    # -- one change ----------------------------------------------------------------------------------------------------

    def _key(self, state: SessionState, command: cmd.RowCommand) -> tuple[Any, ...]:
        choices = state.steering.data
        said = json.dumps(as_json(command), sort_keys=True, default=str)
        reviewed = state.steering.reviewed if isinstance(command, cmd.Relabel) else None
        return choices.judged_by[1], tuple(choices.roles.values()), said, state.started == 0, command.objects, reviewed

    def _worked_out(self, state: SessionState, command: cmd.RowCommand) -> RowChange:
        before = state.steering.data
        rows = RowSet.of(self.first) if before.rows is None else self.store.rows(before.rows.key)
        now = self.understood(before)
        blobs: dict[str, bytes] = {}
        roles = before.roles
        used = [one.name for one in before.columns(now.task) if one.role is not Role.IGNORED]
        match command:
            case cmd.SetSplit():
                after = self._split(now, rows, command, fresh=not state.started)
                title = _split_title(before, self.first, after)
                roles = _ignored(before, self.first, after.divided.split.group_column, OF_GROUPS)
            case cmd.SetWeights():
                after, title = self._weighted(now, rows, command)
                roles = _ignored(before, self.first, command.column, OF_WEIGHTS)
            case cmd.DropRows():
                after, title = self._dropped(now, rows, command, used)
            case cmd.AddRows():
                now, rows, blobs = with_unlabeled(self.first, self.store, now, rows)
                after, title, more = self._added(now, rows, command, used)
                blobs |= more
            case cmd.Relabel():
                if max(command.rows) >= len(now.y):
                    now, rows, blobs = with_unlabeled(self.first, self.store, now, rows)
                after, title = self._relabelled(now, rows, command)
            case _:
                raise TypeError(type(command).__name__)
        self._check(after)
        choices = replace(before, rows=after.choices(self.first), roles=roles)
        reviewed = frozenset(command.rows) if isinstance(command, cmd.Relabel) else frozenset()
        if choices == before and reviewed <= state.steering.reviewed:
            raise DataError(
                "This changes nothing: the rows have these labels already, and you have confirmed them."
                if reviewed
                else "This changes nothing: the rows are already used this way."
            )
        if choices.rows is not None:
            table = self.store.table(self.first.table, after.added)
            blobs = {**blobs, f"rows/{choices.rows.key}": after.ordered(table).pack()}
        return RowChange(choices, title, blobs, reviewed)

    def _check(self, rows: RowSet) -> None:
        target = self._target(rows.y)
        for number, fold in enumerate(rows.divided.folds):
            check_usable(number, fold, target, 0)
        if rows.weights is not None:
            checked_weights(rows.weights, rows.y, rows.divided, target.kind)

    def _target(self, y: np.ndarray) -> Target:
        task = self.first.task
        return Target(task.kind, y, self.first.classes, task.classes, task.positive, ())

    # -- split ---------------------------------------------------------------------------------------------------------

    def _split(self, now: Understood, rows: RowSet, command: cmd.SetSplit, *, fresh: bool) -> RowSet:
        for name in ("groups", "time"):
            self._check_column(now, getattr(command, name), name)
        given = command.given
        asked = checked_division(
            now.table,
            groups=command.groups,
            time=command.time,
            cv=given.get("cv", command.cv),
            repeats=command.repeats,
            gap=command.gap,
            holdout=given.get("holdout", command.holdout),
        )
        old = rows.divided
        if fresh and asked.holdout is None and not isinstance(asked.cv, list) and not old.own_holdout:
            known = np.delete(np.arange(len(now.y)), rows.dropped)
            asked = replace(asked, holdout=len(old.holdout) / len(known))
        left = np.ones(len(now.y), bool)
        left[rows.dropped] = False
        places = np.flatnonzero(left)
        held = None
        if asked.holdout is None:
            held = np.zeros(len(now.y), bool)
            held[old.holdout] = True
            held = held[left]
        table = now.table.take(places).reset_index(drop=True)
        made = divide_rows(asked.taken(left), table, self._target(now.y[left]), self._seed, held)
        notes = made.notes if held is None else (*made.notes, *self._kept_holdout(now.table, made.split, places, made))
        folds = tuple((places[a], places[b]) for a, b in made.folds)
        own = made.own_holdout if held is None else old.own_holdout
        divided = Divided(made.split, places[made.train], places[made.holdout], folds, notes, own)
        return replace(rows, divided=divided)

    def _check_column(self, now: Understood, name: str | None, argument: str) -> None:
        if name is None:
            return
        if name == now.task.target:
            raise DataError(f"{argument}= names the target {name!r}. Choose another column.")
        if name not in now.table.columns:
            hint = did_you_mean(name, now.table.columns)
            raise DataError(f"{argument}= names the column {name!r}, which is not in the table.{hint}")

    def _kept_holdout(self, table: pd.DataFrame, split: Any, places: np.ndarray, made: Divided) -> list[str]:
        """Return notes on a holdout that stays what it was, although the new split would draw another one."""
        holdout, train = places[made.holdout], places[made.train]
        if not len(holdout):
            return []
        notes = []
        again = "To draw another one, use session.set_split(holdout=…); earlier trials have used its rows."
        if split.group_column:
            codes = group_codes(table, split.group_column)
            shared = len(np.intersect1d(codes[holdout], codes[train]))
            if shared:
                notes.append(
                    f"The holdout stays the same, and {shared:,} of its {len(np.unique(codes[holdout])):,} values of "
                    f"{split.group_column} also occur in the search: its score is too good for new ones. {again}"
                )
        if split.time_column and split.scheme is SplitScheme.FORWARD:
            ranks = time_ranks(table, split.time_column)
            if ranks[holdout].min() <= ranks[train].max():
                notes.append(
                    f"The holdout stays the same, and its rows are not later than those of the search: its score does "
                    f"not tell how good predictions of the future are. {again}"
                )
        return notes

    # -- weights -------------------------------------------------------------------------------------------------------

    def _weighted(self, now: Understood, rows: RowSet, command: cmd.SetWeights) -> tuple[RowSet, str]:
        if command.values is not None:
            values = read_weights(
                command.values, "weights", places_in_given(self.first, rows), given_rows(self.first, rows)
            )
            if not np.ptp(values) and values[0] > 0:
                return replace(rows, weights=None, weights_name=""), "weighted all rows the same"
            return replace(rows, weights=values, weights_name="your weights"), "weighted the rows by your weights"
        if command.column is None:
            return replace(rows, weights=None, weights_name=""), "weighted all rows the same"
        self._check_column(now, command.column, "weights")
        values = read_weights(now.table[command.column], command.column)
        return replace(rows, weights=values, weights_name=command.column), f"weighted the rows by {command.column}"

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _dropped(self, now: Understood, rows: RowSet, command: cmd.DropRows, names: list[str]) -> tuple[RowSet, str]:
        left = np.ones(len(now.y), bool)
        left[rows.dropped] = False
        if command.rows is not None:
            mask, words = self._mask_of(command.rows, rows), ""
        elif command.rule == "duplicates":
            mask, words = duplicate_rows(now, names, left), "duplicate "
        else:
            mask, words = rows_of_rule(command.rule, now), ""
        gone = np.flatnonzero(mask & left)
        if not len(gone):
            named = (
                f"No row of the session matches {command.rule!r}"
                if command.rule
                else "The rows name none of the session"
            )
            raise DataError(f"{named}. Nothing was dropped.")
        rule = f" with {command.rule}" if command.rule and command.rule != "duplicates" else ""
        more = _in_holdout(gone, rows.divided)
        after = replace(rows, divided=_without(rows.divided, gone), dropped=np.union1d(rows.dropped, gone))
        if not len(after.divided.train):
            raise DataError("This drops all rows of the search. Use a narrower rule.")
        noun = "row" if len(gone) == 1 else "rows"
        return after, f"dropped {len(gone):,} {words}{noun}{rule}{more}"

    def _mask_of(self, given: Any, rows: RowSet) -> np.ndarray:
        """Return a mask of the session's rows from a mask of the given table, or from positions of rows."""
        n = len(rows.y)
        found = np.asarray(given)
        labels = getattr(given, "index", None)
        if found.dtype == bool and isinstance(labels, pd.Index) and not labels.equals(pd.RangeIndex(len(labels))):
            raise DataError(
                "The index of the mask does not number the rows from 0, so its order may differ from the table's. If "
                "its rows are in the order of the table, give mask.to_numpy()."
            )
        if found.dtype == bool:
            if found.shape == (given_rows(self.first, rows),):
                return np.asarray(found[places_in_given(self.first, rows)])
            whole = given_rows(self.first, rows)
            raise DataError(f"The mask has {found.size:,} values, but the table has {whole:,} rows. Give one per row.")
        if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
            raise DataError(f"Rows must be a mask, an array of row numbers or a rule in words; got {given!r:.60}.")
        mask = np.zeros(n, bool)
        mask[_checked_rows(found, n)] = True
        return mask

    def _added(
        self, now: Understood, rows: RowSet, command: cmd.AddRows, used: list[str]
    ) -> tuple[RowSet, str, dict[str, bytes]]:
        more, y, missing = self._read_added(now, command.table)
        copies = holdout_copies(now, rows, more, y, used)
        if copies.all():
            raise DataError("All new rows equal rows of the holdout, which the search must not use. Nothing was added.")
        more, y = more.loc[~copies].reset_index(drop=True), y[~copies]
        n, place = len(now.y), np.arange(len(now.y), len(now.y) + len(y))
        weights = rows.weights
        if weights is not None:
            if rows.weights_name not in more.columns:
                raise DataError(
                    "The rows have weights that are no column, so new rows have none. Add the weights as a column and "
                    "use set_weights first."
                )
            weights = np.concatenate([weights, read_weights(more[rows.weights_name], rows.weights_name)])
        key, body = packed_table(more)
        self.store.keep(f"added/{key}", body)
        whole = replace(rows, y=np.concatenate([rows.y, y]), weights=weights, added=(*rows.added, key))
        table = joined(now.table, [more])
        whole = replace(whole, divided=self._joining(table, whole, place))
        title = f"added {plural(len(y), 'row')}"
        if missing:
            title += f", without {plural(missing, 'row')} that {'has' if missing == 1 else 'have'} no {now.task.target}"
        if n_copies := int(copies.sum()):
            verb = "equals a row" if n_copies == 1 else "equal rows"
            title += f"{' and' if missing else ', without'} {plural(n_copies, 'row')} that {verb} of the holdout"
        unused = len(place) - int(np.isin(place, whole.divided.train).sum())
        if unused:
            title += f"; {unused:,} of them belong to groups of the holdout and are not used"
        assert n + len(y) == len(whole.y)
        return whole, title, {f"added/{key}": body}

    def _read_added(self, now: Understood, given: Any) -> tuple[pd.DataFrame, np.ndarray, int]:
        """Return the plain features of new rows, their targets, and how many rows have none."""
        table = normalise(given)
        target = now.task.target
        lost = [name for name in (target, *now.table.columns) if name not in table.columns]
        if lost:
            raise DataError(f"The new rows have no column {lost[0]!r}. They need all columns of the table.")
        y, missing = target_like(target, table[target], self._target(now.y))
        more = table[list(now.table.columns)].loc[~missing].reset_index(drop=True)
        if not len(more):
            raise DataError(f"The new rows have no value of {target!r}. Add rows with a target.")
        joined(now.table, [more])  # refuses other types
        return more, y, int(missing.sum())

    def _joining(self, table: pd.DataFrame, rows: RowSet, new: np.ndarray) -> Divided:
        """Return the division of the rows of the search with new ones, by the same rule."""
        old, split = rows.divided, rows.divided.split
        allowed = new
        if split.group_column:
            codes = group_codes(table, split.group_column)
            allowed = new[~np.isin(codes[new], codes[old.holdout])]
        if split.scheme is SplitScheme.GIVEN:
            folds = tuple((np.union1d(train, allowed), valid) for train, valid in old.folds)
            note = f"New rows train in every fold and validate in none, because the folds come from {split.made_by}."
            notes = tuple(dict.fromkeys((*old.notes, note)))
            return replace(old, train=np.union1d(old.train, allowed), folds=folds, notes=notes)
        search = np.union1d(old.train, allowed)
        places = np.union1d(search, old.holdout)
        asked = checked_division(
            table,
            groups=split.group_column,
            time=split.time_column,
            cv=split.parts,
            repeats=split.repeats,
            gap=split.asked_gap,
            holdout=None,
        )
        some = table.take(places).reset_index(drop=True)
        held = np.isin(places, old.holdout)
        made = divide_rows(asked, some, self._target(rows.y[places]), self._seed, held)
        folds = tuple((places[a], places[b]) for a, b in made.folds)
        notes = (*made.notes, *self._kept_holdout(table, made.split, places, made))
        return Divided(made.split, places[made.train], old.holdout, folds, notes, old.own_holdout)

    def _relabelled(self, now: Understood, rows: RowSet, command: cmd.Relabel) -> tuple[RowSet, str]:
        place = _checked_rows(np.asarray(command.rows), len(now.y))
        labels = pd.Series(list(command.labels), dtype=object)
        found, missing = target_like(now.task.target, normalise({"label": labels})["label"], self._target(now.y))
        if missing.any():
            raise DataError("A label is missing. Give a label for each row, or drop the row with drop_rows.")
        fresh = np.isin(place, rows.unlabeled)
        differs = (rows.y[place] != found) & ~fresh
        new, moved, same = place[fresh], place[differs], place[~differs & ~fresh]
        if len(same) == len(place):
            return rows, f"confirmed the {_labels(len(same))}{_in_holdout(same, rows.divided)}"
        y = rows.y.copy()
        y[place] = found
        was = set(rows.relabelled.tolist()) | set(moved.tolist())
        first = np.concatenate([self.first.y, rows.y[len(self.first.y) :]])
        changed = np.array(sorted(row for row in was if y[row] != first[row]), np.int64)
        after = self._labeled(now, replace(rows, y=y, relabelled=changed), new) if len(new) else None
        said = [f"labeled {plural(len(new), 'row')}{not_used(new, after.divided)}"] if after is not None else []
        if len(moved):
            said.append(f"changed the {_labels(len(moved))}{_in_holdout(moved, rows.divided)}")
        if len(same):
            said.append(f"confirmed the {_labels(len(same))}")
        return after or replace(rows, y=y, relabelled=changed), _joined(said)

    def _labeled(self, now: Understood, rows: RowSet, new: np.ndarray) -> RowSet:
        """Return the rows of the search with rows that had no label before."""
        weights = rows.weights
        if weights is not None:
            if rows.weights_name not in now.table.columns:
                raise DataError(
                    "The rows have weights that are no column, so rows without a label have none. Add the weights as a "
                    "column and use set_weights first."
                )
            weights = weights.copy()
            weights[new] = read_weights(now.table[rows.weights_name].iloc[new], rows.weights_name)
        whole = replace(
            rows, weights=weights, dropped=np.setdiff1d(rows.dropped, new), unlabeled=np.setdiff1d(rows.unlabeled, new)
        )
        return replace(whole, divided=self._joining(now.table, whole, np.sort(new)))


def _joined(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _labels(rows: int) -> str:
    return f"label of {plural(rows, 'row')}"


def _checked_rows(rows: np.ndarray, n: int) -> np.ndarray:
    wrong = rows[(rows < 0) | (rows >= n)]
    if len(wrong):
        raise DataError(f"There is no row {wrong[0]}; the rows are numbered from 0 to {n - 1:,}.")
    return rows.astype(np.int64)


def _in_holdout(rows: np.ndarray, divided: Divided) -> str:
    """Return how many of some rows are in the holdout, as the end of a sentence; "" if none is."""
    held = int(np.isin(rows, divided.holdout).sum())
    if held == len(rows):
        return ", in the holdout" if held == 1 else ", all in the holdout"
    return f", {held:,} of them in the holdout" if held else ""


def _without(divided: Divided, gone: np.ndarray) -> Divided:
    """Return a division without some rows."""

    def left(rows: np.ndarray) -> np.ndarray:
        return np.setdiff1d(rows, gone)

    folds = tuple((left(train), left(valid)) for train, valid in divided.folds)
    return replace(divided, train=left(divided.train), holdout=left(divided.holdout), folds=folds)


def _ignored(before: DataChoices, first: Understood, name: str | None, reason: str) -> Mapping[str, Any]:
    """Return the roles with a column that is no feature any more."""
    column = next((one for one in before.columns(first.task) if one.name == name), None)
    if column is None or column.role is Role.IGNORED:
        return before.roles
    return {**before.roles, column.name: replace(column, role=Role.IGNORED, reason=reason, given=True)}


def _split_title(before: DataChoices, first: Understood, after: RowSet) -> str:
    was = before.scored(first.task)
    way = replace(was, split=after.divided.split).split_in_words()
    held = len(after.divided.holdout)
    words = f"judged rows by {way}"
    if way != was.split_in_words():
        words += f" instead of {was.split_in_words()}"
    return words + (f", with another holdout of {held:,} rows" if held != was.holdout_rows else "")
