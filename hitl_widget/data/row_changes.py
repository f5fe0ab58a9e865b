"""Changes of the rows in the middle of a session: split, weights, target, dropped, added and relabeled rows.

The module is long because all changes share their checks and one way to divide the rows again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.division import Divided, check_usable, checked_division, divide_rows, notes_on_kept_holdout
from hitl_widget.data.hints import did_you_mean
from hitl_widget.data.row_rules import duplicate_rows, rows_of_rule
from hitl_widget.data.row_set import RowSet, RowStore, joined, packed_table
from hitl_widget.data.rows import group_codes
from hitl_widget.data.table import normalise
from hitl_widget.data.target import Target, target_like
from hitl_widget.data.target_change import after_target, check_trained, new_target
from hitl_widget.data.task import OF_GROUPS, OF_WEIGHTS, Understood
from hitl_widget.data.unlabeled import (
    given_rows,
    holdout_copies,
    not_used,
    places_in_given,
    with_unlabeled,
    without_positions,
)
from hitl_widget.data.weights import are_equal, checked_weights, read_weights
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.commands.registry import as_json
from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.figures import plural
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Role, SplitScheme
from hitl_widget.errors import DataError, nothing_changes

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
    new_holdout
        Rows of another holdout, and how many of them trials have used; None if it stays the same rows.
    facts
        A sentence on another target; "" for other changes.
    """

    choices: DataChoices
    title: str
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    reviewed: frozenset[int] = frozenset()
    new_holdout: tuple[int, int] | None = None
    facts: str = ""


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
        return self._seen(state, holdout, {choices.judged_by[1]})

    def _seen(self, state: SessionState, holdout: np.ndarray, without: Collection[str] = ()) -> int:
        """Return how many rows of a holdout trials have used, in all views but those of some sets of rows."""
        used = {trial.view for trial in state.trials if trial.view is not None and trial.view >= 0}
        seen = np.zeros(int(holdout.max(initial=-1)) + 1, bool)
        for key in {state.views[view].judged_by[1] for view in used} - set(without):
            rows = self.first.divided if not key else self.store.rows(key).divided
            seen[rows.train[rows.train < len(seen)]] = True
        return int(seen[holdout].sum())

    # -- one change ----------------------------------------------------------------------------------------------------

    def _key(self, state: SessionState, command: cmd.RowCommand) -> tuple[Any, ...]:
        choices = state.steering.data
        reviewed = state.steering.reviewed if isinstance(command, cmd.Relabel) else None
        said = json.dumps([choices.as_json(), as_json(command)], sort_keys=True, default=str)
        return said, state.started == 0, command.objects, reviewed

    def _worked_out(self, state: SessionState, command: cmd.RowCommand) -> RowChange:
        before = state.steering.data
        rows = RowSet.of(self.first) if before.rows is None else self.store.rows(before.rows.key)
        now = self.understood(before)
        if isinstance(command, cmd.SetTarget):
            return self._retargeted(before, now, rows, command)
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
        self._check(_target(now, after.y), after)
        choices = replace(before, rows=after.choices(self.first), roles=roles)
        reviewed = frozenset(command.rows) if isinstance(command, cmd.Relabel) else frozenset()
        if choices == before and reviewed <= state.steering.reviewed:
            confirmed = "the rows have these labels already, and you have confirmed them"
            raise DataError(nothing_changes(confirmed if reviewed else "the rows are already used this way"))
        held = after.divided.holdout
        new = (len(held), self._seen(state, held)) if _draws_holdout(command, held, rows.divided.holdout) else None
        return RowChange(choices, title, {**blobs, **self._blobs(choices, after)}, reviewed, new)

    def _blobs(self, choices: DataChoices, rows: RowSet) -> dict[str, bytes]:
        """Return the bytes of a set of rows for the journal, by key."""
        if choices.rows is None:
            return {}
        first = self.store.table(self.first.table, rows.added)
        whole = first if rows.target is None else self.store.whole(self.first, rows)
        return {f"rows/{choices.rows.key}": rows.ordered(whole).pack()}

    def _check(self, target: Target, rows: RowSet) -> None:
        for number, fold in enumerate(rows.divided.folds):
            check_usable(number, fold, target, 0)
        if rows.weights is not None:
            checked_weights(rows.weights, rows.y, rows.divided, target.kind)

    def _divided_again(self, table: pd.DataFrame, rows: RowSet, aim: Target, places: np.ndarray) -> RowSet:
        """Return the rows at some places divided by the same rule; those in the holdout stay there."""
        old, split = rows.divided, rows.divided.split
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
        made = divide_rows(asked, some, replace(aim, y=aim.y[places]), self._seed, held).placed(places)
        notes = (*made.notes, *notes_on_kept_holdout(table, made))
        return replace(rows, divided=replace(made, holdout=old.holdout, notes=notes, own_holdout=old.own_holdout))

    # -- target --------------------------------------------------------------------------------------------------------

    def _retargeted(self, before: DataChoices, now: Understood, rows: RowSet, command: cmd.SetTarget) -> RowChange:
        now, rows, blobs = with_unlabeled(self.first, self.store, now, rows)
        whole = self.store.whole(self.first, rows)
        made = new_target(self.first, now, whole, rows, before, command)
        come = np.setdiff1d(rows.unlabeled, made.rows.unlabeled)
        held = np.intersect1d(come, self.first.divided.holdout)
        old = rows.divided
        if old.split.group_column:
            codes = group_codes(whole, old.split.group_column)
            come = come[~np.isin(codes[come], codes[old.holdout])]
        divided = replace(
            old, train=np.union1d(old.train, np.setdiff1d(come, held)), holdout=np.union1d(old.holdout, held)
        ).without(made.rows.unlabeled)
        after = replace(made.rows, divided=divided)
        check_trained(made.aim, divided, command.column)
        if divided.split.scheme is not SplitScheme.GIVEN:
            places = np.union1d(divided.train, divided.holdout)
            after = self._divided_again(whole, after, made.aim, places)
        self._check(made.aim, after)
        after = without_positions(self.first, after)
        choices = after_target(before, after, made.metric, self.first)
        return RowChange(choices, made.title, {**blobs, **self._blobs(choices, after)}, facts=made.facts)

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
        made = divide_rows(asked.taken(left), table, _target(now, now.y[left]), self._seed, held).placed(places)
        if held is not None:
            notes = (*made.notes, *notes_on_kept_holdout(now.table, made))
            made = replace(made, notes=notes, own_holdout=old.own_holdout)
        return replace(rows, divided=made)

    def _check_column(self, now: Understood, name: str | None, argument: str) -> None:
        if name is None:
            return
        if name == now.task.target:
            raise DataError(f"{argument}= names the target {name!r}. Choose another column.")
        if name not in now.table.columns:
            hint = did_you_mean(name, now.table.columns)
            raise DataError(f"{argument}= names the column {name!r}, which is not in the table.{hint}")

    # -- weights -------------------------------------------------------------------------------------------------------

    def _weighted(self, now: Understood, rows: RowSet, command: cmd.SetWeights) -> tuple[RowSet, str]:
        if command.values is not None:
            values = read_weights(
                command.values, "weights", places_in_given(self.first, rows), given_rows(self.first, rows)
            )
            if are_equal(values):
                return replace(rows, weights=None, weights_name=""), "weighted all rows the same"
            return replace(rows, weights=values, weights_name="your weights"), "weighted the rows by your weights"
        if command.column is None:
            return replace(rows, weights=None, weights_name=""), "weighted all rows the same"
        self._check_column(now, command.column, "weights")
        values = read_weights(now.table[command.column], command.column)
        idle = "; all its weights are equal, so they have no effect" if are_equal(values) else ""
        after = replace(rows, weights=values, weights_name=command.column)
        return after, f"weighted the rows by {command.column}{idle}"

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
        after = replace(rows, divided=rows.divided.without(gone), dropped=np.union1d(rows.dropped, gone))
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
        whole = replace(whole, divided=self._joining(now, table, whole, place))
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
        y, missing = target_like(target, table[target], _target(now, now.y))
        more = table[[*now.table.columns, target]].loc[~missing].reset_index(drop=True)
        if not len(more):
            raise DataError(f"The new rows have no value of {target!r}. Add rows with a target.")
        joined(now.table, [more])  # refuses other types
        return more, y, int(missing.sum())

    def _joining(self, now: Understood, table: pd.DataFrame, rows: RowSet, new: np.ndarray) -> Divided:
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
        places = np.union1d(np.union1d(old.train, allowed), old.holdout)
        return self._divided_again(table, rows, _target(now, rows.y), places).divided

    def _relabelled(self, now: Understood, rows: RowSet, command: cmd.Relabel) -> tuple[RowSet, str]:
        place = _checked_rows(np.asarray(command.rows), len(now.y))
        labels = pd.Series(list(command.labels), dtype=object)
        found, missing = target_like(now.task.target, normalise({"label": labels})["label"], _target(now, now.y))
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
        if rows.target is None:  # else what the table said is not known here
            first = np.concatenate([self.first.y, rows.y[len(self.first.y) :]])
            was = {row for row in was if y[row] != first[row]}
        changed = np.array(sorted(was), np.int64)
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
        return replace(whole, divided=self._joining(now, now.table, whole, np.sort(new)))


def _joined(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _labels(rows: int) -> str:
    return f"label of {plural(rows, 'row')}"


def _draws_holdout(command: cmd.RowCommand, after: np.ndarray, before: np.ndarray) -> bool:
    """Return whether a change asks for a holdout, or gets another one by its own rule."""
    if not isinstance(command, cmd.SetSplit):
        return False
    return command.holdout is not None or "holdout" in command.given or not np.array_equal(after, before)


def _target(now: Understood, y: np.ndarray) -> Target:
    """Return the current target with other values."""
    task = now.task
    return Target(task.kind, y, now.classes, task.classes, task.positive, ())


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
