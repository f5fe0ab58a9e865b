"""The division of the rows that a person asks for: `cv=`, `repeats=`, `groups=`, `time=`, `gap=` and `holdout=`."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data import rows as division_rows
from hitl_widget.data.split import Fold
from hitl_widget.data.target import Target
from hitl_widget.domain.figures import plural
from hitl_widget.domain.task import Kind, Split, SplitScheme
from hitl_widget.errors import DataError

__all__ = [
    "HOLDOUT",
    "Asked",
    "Divided",
    "check_usable",
    "checked_division",
    "divide_rows",
    "notes_on_kept_holdout",
    "pack_rows",
    "unpack_rows",
]

HOLDOUT = 0.2
"""Share of the rows in the holdout, unless a person's own folds say otherwise."""

MOST_FOLDS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The division that a person asks for, checked as far as possible without the target.

    Parameters
    ----------
    groups, time
        Name of the column of groups, of times.
    cv
        Number of folds, a splitter of scikit-learn, a list of (training, validation) positions, or None.
    repeats
        Number of times that the rows are shuffled and divided.
    gap
        Least distance in time between training and validation rows, in the unit of the time column or in seconds.
    gap_in_words
        The gap as given.
    holdout
        Share of the rows, a mask of shape (n,), or None for the default.
    """

    groups: str | None = None
    time: str | None = None
    cv: Any = None
    repeats: int = 1
    gap: float = 0.0
    gap_in_words: str = ""
    holdout: float | np.ndarray | None = None

    def taken(self, kept: np.ndarray) -> Asked:
        """Return the same for the rows of a mask: positions and masks are counted on those rows."""
        if kept.all():
            return self
        place = np.cumsum(kept) - 1
        cv = self.cv
        if isinstance(cv, list):
            cv = [tuple(place[part[kept[part]]] for part in fold) for fold in cv]
        holdout = self.holdout[kept] if isinstance(self.holdout, np.ndarray) else self.holdout
        return Asked(self.groups, self.time, cv, self.repeats, self.gap, self.gap_in_words, holdout)


@dataclass(frozen=True, slots=True, eq=False)
class Divided:
    """Rows in training, holdout and folds; positions are ascending.

    Parameters
    ----------
    split
        The folds in the terms of the task.
    train, holdout : ndarray of int
        Rows of the search, rows of the holdout; rows in neither are not used.
    folds
        Training and validation rows of each fold.
    notes
        Sentences on the division.
    own_holdout
        True if a person named the rows of the holdout.
    """

    split: Split
    train: np.ndarray
    holdout: np.ndarray
    folds: tuple[Fold, ...]
    notes: tuple[str, ...] = ()
    own_holdout: bool = False

    def placed(self, places: np.ndarray) -> Divided:
        """Return the same division of rows that are elsewhere: row i is at ``places[i]``."""
        folds = tuple((places[train], places[valid]) for train, valid in self.folds)
        return replace(self, train=places[self.train], holdout=places[self.holdout], folds=folds)

    def without(self, gone: np.ndarray) -> Divided:
        """Return the division without some rows, named by their positions."""

        def left(rows: np.ndarray) -> np.ndarray:
            return np.setdiff1d(rows, gone)

        folds = tuple((left(train), left(valid)) for train, valid in self.folds)
        return replace(self, train=left(self.train), holdout=left(self.holdout), folds=folds)


# -- arguments --------------------------------------------------------------------------------------------------------


def checked_division(
    table: pd.DataFrame,
    *,
    groups: str | None,
    time: str | None,
    cv: Any,
    repeats: Any,
    gap: Any,
    holdout: Any,
) -> Asked:
    """Return what a person asks for, or raise DataError.

    Parameters
    ----------
    table
        The plain table, also rows without a target.
    groups, time
        Names of columns.
    cv, repeats, gap, holdout
        As in `hitl_widget.data.task.understand`.
    """
    n = len(table)
    folds = _checked_cv(cv, n)
    if isinstance(repeats, bool) or not isinstance(repeats, int | np.integer) or not 1 <= repeats <= MOST_FOLDS:
        raise DataError(f"repeats= must be a whole number from 1 to {MOST_FOLDS}; got {repeats!r}.")
    if repeats > 1 and not isinstance(folds, int | None):
        raise DataError("repeats= needs cv= to be a number: your own folds or splitter decide how often they repeat.")
    if repeats > 1 and time is not None:
        raise DataError("Folds forward in time cannot be repeated: there is one order in time. Remove repeats=.")
    if gap is not None and time is None:
        raise DataError("gap= needs time=, the column that orders the rows. Set time=, or remove gap=.")
    if gap is not None and not isinstance(folds, int | None):
        raise DataError("gap= needs cv= to be a number. Leave the gap in your own folds, or set cv= to a number.")
    width = 0.0 if gap is None else _checked_gap(table, str(time), gap)
    words = "" if not width else f"{gap:g}" if _is_number(gap) else _duration(gap)
    return Asked(groups, time, folds, int(repeats), width, words, _checked_holdout(holdout, n))


def _checked_cv(cv: Any, n: int) -> Any:
    """Return a number, a splitter, or a list of (training, validation) positions."""
    if cv is None or (isinstance(cv, int | np.integer) and not isinstance(cv, bool)):
        if cv is not None and not 2 <= cv <= MOST_FOLDS:
            raise DataError(f"cv= must be a whole number of folds from 2 to {MOST_FOLDS}; got {cv!r}.")
        return None if cv is None else int(cv)
    if callable(getattr(cv, "split", None)) and not isinstance(cv, str | bytes | np.ndarray):
        return cv
    if isinstance(cv, str | bytes | float | bool) or not isinstance(cv, Iterable):
        raise DataError(
            "cv= must be a number of folds, a splitter of scikit-learn such as KFold(5), or a list of (training rows, "
            f"validation rows); got {cv!r:.60}."
        )
    folds = []
    for number, fold in enumerate(cv):
        parts = tuple(fold) if isinstance(fold, Iterable) and not isinstance(fold, str | bytes) else ()
        if len(parts) != 2:
            raise DataError(
                f"Each fold of cv= must be a pair (training rows, validation rows); fold {number + 1} is {fold!r:.60}."
            )
        folds.append((_positions(parts[0], n, f"Fold {number + 1}"), _positions(parts[1], n, f"Fold {number + 1}")))
    return _checked_folds(folds)


def _positions(given: Any, n: int, whose: str) -> np.ndarray:
    """Return ascending positions from a mask or an array of positions."""
    try:
        found = np.asarray(given)
    except (TypeError, ValueError):
        found = np.empty(0, object)
    if found.dtype == bool:
        if found.shape != (n,):
            raise DataError(
                f"{whose} is a mask of {found.size:,} rows, but the table has {n:,}. Give one value per row."
            )
        return np.flatnonzero(found)
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise DataError(f"{whose} must be an array of row numbers from 0 to {n - 1:,}, or a mask; got {given!r:.60}.")
    found = np.sort(found.astype(np.int64))
    if found.size and (found[0] < 0 or found[-1] >= n):
        raise DataError(
            f"{whose} names row {found[-1] if found[0] >= 0 else found[0]}, but the rows are numbered from 0 to "
            f"{n - 1:,}. Use positions, not labels of the index."
        )
    if (np.diff(found) == 0).any():
        raise DataError(f"{whose} names row {found[:-1][np.diff(found) == 0][0]} twice. Name each row once.")
    return found


def _checked_folds(folds: list[Fold]) -> list[Fold]:
    if not folds:
        raise DataError("cv= has no folds. Give at least one pair (training rows, validation rows).")
    if len(folds) > MOST_FOLDS:
        raise DataError(f"cv= has {len(folds):,} folds; at most {MOST_FOLDS} can be used. Use fewer, larger folds.")
    for number, (train, valid) in enumerate(folds):
        both = np.intersect1d(train, valid)
        if len(both):
            raise DataError(
                f"Fold {number + 1} validates on {plural(len(both), 'row')} that it trains on, for example row "
                f"{both[0]}. A row of a fold must be in one part only."
            )
    return folds


def _checked_gap(table: pd.DataFrame, time: str, gap: Any) -> float:
    """Return a gap in the unit of a column of numbers, or in seconds."""
    dates = division_rows.moments(table, time).dtype.kind == "M"
    number = _is_number(gap)
    if number and dates and gap < 0:
        raise DataError(f"gap= must not be negative; got {gap!r}. Give a duration such as '7 days'.")
    if number and dates:
        raise DataError(f"{time!r} holds dates, so gap= needs a unit, for example gap='{gap:g} days'; got {gap!r}.")
    if not number and not dates:
        raise DataError(f"{time!r} holds numbers, so gap= must be a number in the same unit; got {gap!r}.")
    try:
        width = float(gap) if number else pd.Timedelta(gap).total_seconds()
    except (TypeError, ValueError) as error:
        raise DataError(f"gap= must be a duration such as '7 days' or '12 hours'; got {gap!r:.60}.") from error
    if not width >= 0 or not np.isfinite(width):
        raise DataError(f"gap= must not be negative; got {gap!r}. Give the distance without a sign.")
    return width


def _is_number(value: Any) -> bool:
    number = isinstance(value, int | float | np.integer | np.floating)
    return number and not isinstance(value, bool | np.timedelta64)


def _duration(gap: Any) -> str:
    if isinstance(gap, str):
        return " ".join(gap.split())
    width = pd.Timedelta(gap) if isinstance(gap, dt.timedelta | np.timedelta64) else gap
    whole = width.total_seconds() / 86400
    return plural(int(whole), "day") if whole == int(whole) else str(width)


def _checked_holdout(holdout: Any, n: int) -> float | np.ndarray | None:
    """Return a share, a mask, or None."""
    if holdout is None:
        return None
    if _is_number(holdout):
        share = float(holdout)
        if not 0 <= share <= 0.5:
            raise DataError(f"holdout= must be a share of the rows from 0 to 0.5, for example 0.2; got {holdout!r}.")
        if share and round(share * n) < 1:
            raise DataError(
                f"holdout={share:g} of {n:,} rows is less than one row. Use a larger share, or 0 for no holdout."
            )
        return share
    if isinstance(holdout, bool | str | bytes) or not isinstance(holdout, Iterable):
        raise DataError(
            "holdout= must be a share of the rows from 0 to 0.5, a mask or the numbers of rows, or a second table; got "
            f"{holdout!r:.60}."
        )
    mask = np.zeros(n, bool)
    mask[_positions(holdout, n, "holdout=")] = True
    if mask.all():
        raise DataError("holdout= takes all rows, so none is left to train on. Use fewer.")
    return mask


# -- division ---------------------------------------------------------------------------------------------------------


def divide_rows(asked: Asked, table: pd.DataFrame, aim: Target, seed: int, held: np.ndarray | None = None) -> Divided:
    """Divide the rows that have a target; raises DataError when a fold or the holdout cannot be used.

    Parameters
    ----------
    asked
        What a person asks for.
    table
        The plain table, rows with a target only.
    aim
        The target.
    seed
        Seed of all shuffles.
    held : ndarray of bool, shape (n,), optional
        The holdout that stays what it is, whatever is asked.
    """
    if asked.time:  # reading texts as times is slow: once for all uses, also where the times are the groups
        table = table.assign(**{asked.time: division_rows.moments(table, asked.time).to_numpy()})
    own, stays = not isinstance(asked.cv, int | None), held is not None
    draft = _draft(asked, aim.kind, own)
    if held is None:
        train, held = _hold_out(asked, draft, table, aim, seed)
    else:
        train, held = np.flatnonzero(~held), np.flatnonzero(held)
    if own:
        return _own(asked, draft, table, aim, train, held, stays=stays)
    number, why = division_rows.number_of_folds(draft, table, aim, train, asked.cv)
    made = division_rows.divide(draft.resized(number), table, aim, train, seed)
    split = draft.resized(len(made) // asked.repeats)
    notes = [*_notes(split, asked, len(table) - len(train) - len(held))]
    if why:
        notes.append(f"Only {number} folds: {why}.")
    if split.parts < number:
        notes.append(f"{split.parts} folds instead of {number}, so that each fold has every class it needs.")
    return Divided(split, train, held, made, tuple(notes), own_holdout=isinstance(asked.holdout, np.ndarray))


def _draft(asked: Asked, kind: Kind, own: bool) -> Split:
    """Return the split without its number of folds."""
    if own:
        name = "your own folds" if isinstance(asked.cv, list) else type(asked.cv).__name__
        return Split(SplitScheme.GIVEN, 1, asked.time, groups=asked.groups, made_by=name)
    if asked.time:
        gap = {"gap": asked.gap, "gap_in_words": asked.gap_in_words}
        return Split(SplitScheme.FORWARD, 1, asked.time, groups=asked.groups, **gap)  # type: ignore[arg-type]
    if asked.groups:
        return Split(SplitScheme.GROUPED, 1, asked.groups, repeats=asked.repeats)
    scheme = SplitScheme.KFOLD if kind is Kind.REGRESSION else SplitScheme.STRATIFIED
    return Split(scheme, 1, repeats=asked.repeats)


def _hold_out(asked: Asked, draft: Split, table: pd.DataFrame, aim: Target, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the search and the holdout."""
    n, holdout = len(table), asked.holdout
    if isinstance(holdout, np.ndarray):
        return division_rows.with_holdout(draft, table, aim, holdout)
    if holdout is None and isinstance(asked.cv, list):
        used = np.zeros(n, bool)
        for part in (rows for fold in asked.cv for rows in fold):
            used[part] = True
        return np.flatnonzero(used), np.flatnonzero(~used)
    share = HOLDOUT if holdout is None else holdout
    return division_rows.hold_out(draft, table, aim.y, aim.kind, share, seed)


def _own(
    asked: Asked,
    draft: Split,
    table: pd.DataFrame,
    aim: Target,
    train: np.ndarray,
    held: np.ndarray,
    *,
    stays: bool = False,
) -> Divided:
    """Return the rows in a person's own folds; rows of the holdout leave them."""
    if isinstance(asked.cv, list):
        folds = [(np.setdiff1d(a, held), np.setdiff1d(b, held)) for a, b in asked.cv]
    else:
        folds = _split(asked, table, aim, train)
    for number, fold in enumerate(folds):
        check_usable(number, fold, aim, len(held))
    sizes = [round(10 * len(one[0]) / max(len(fold[0]) for fold in folds)) for one in folds]
    order = sorted(range(len(folds)), key=lambda i: -sizes[i])  # the first fold decides which trials go on
    made = tuple((np.asarray(folds[i][0]), np.asarray(folds[i][1])) for i in order)
    ratio = float(np.mean([len(one[0]) / len(one[1]) for one in made]))
    split = draft.resized(len(made), parts=max(2, round(1 + ratio)))
    notes = [*_notes(split, asked, 0)]
    if order != sorted(order):
        notes.append("Folds are numbered by the number of their training rows, most first.")
    rest = isinstance(asked.cv, list) and asked.holdout is None and not stays
    if rest:
        notes.append(
            f"The holdout is the {plural(len(held), 'row')} that no fold uses."
            if len(held)
            else "Your folds use all rows, so there is no holdout; set holdout= to keep some."
        )
    return Divided(split, train, held, made, tuple(notes), own_holdout=rest or isinstance(asked.holdout, np.ndarray))


def _split(asked: Asked, table: pd.DataFrame, aim: Target, train: np.ndarray) -> list[Fold]:
    """Return the folds of a splitter over the rows of the search; with time=, in their order in time."""
    rows = train
    if asked.time:
        rows = train[np.argsort(division_rows.time_ranks(table, asked.time)[train], kind="stable")]
    groups = division_rows.group_codes(table, asked.groups)[rows] if asked.groups else None
    name = type(asked.cv).__name__
    X, y = table.take(rows), aim.y[rows]
    try:
        pairs = list(asked.cv.split(X, y, groups) if groups is not None else asked.cv.split(X, y))
    except Exception as error:
        hint = " Set groups= to the column of groups." if groups is None and "groups" in str(error) else ""
        raise DataError(f"{name} cannot divide the {len(rows):,} rows of the search: {error}{hint}") from error
    n = len(rows)
    found = [
        (_positions(a, n, f"{name}, fold {i + 1},"), _positions(b, n, f"{name}, fold {i + 1},"))
        for i, (a, b) in enumerate(pairs)
    ]
    return [(np.sort(rows[a]), np.sort(rows[b])) for a, b in _checked_folds(found)]


def check_usable(number: int, fold: Any, aim: Target, held: int) -> None:
    """Check that a fold has rows, and of classes two, on both sides; raises DataError otherwise."""
    train, valid = fold
    for part, rows in (("trains", train), ("validates", valid)):
        least = 2 if part == "trains" else 1
        if len(rows) < least:
            hint = " Rows of the holdout and rows without a target are left out." if held else ""
            raise DataError(f"Fold {number + 1} {part} on {plural(len(rows), 'row')}; it needs at least {least}.{hint}")
        if aim.kind is not Kind.REGRESSION and len(np.unique(aim.y[rows])) < 2:
            only = aim.texts[int(aim.y[rows[0]])]
            raise DataError(
                f"Fold {number + 1} {part} on rows of one class only, {only!r}. Each fold needs at least two classes "
                "on both sides; use larger or stratified folds."
            )


def _notes(split: Split, asked: Asked, unused: int) -> Iterable[str]:
    if split.scheme is SplitScheme.FORWARD and split.groups:
        yield f"No {split.groups} is on both sides of a fold or of the holdout."
    if unused:
        why = "the gap" if split.gap and not split.groups else "groups" if not split.gap else "groups and the gap"
        verb = "is" if unused == 1 else "are"
        yield f"{plural(unused, 'row')} {verb} in neither search nor holdout, because of {why}."


def notes_on_kept_holdout(table: pd.DataFrame, made: Divided) -> list[str]:
    """Return notes on a holdout that stays what it was, although the new split would draw another one."""
    holdout, train, split = made.holdout, made.train, made.split
    if not len(holdout):
        return []
    notes = []
    again = "To draw another one, use session.set_split(holdout=…); earlier trials have used its rows."
    if split.group_column:
        codes = division_rows.group_codes(table, split.group_column)
        shared = len(np.intersect1d(codes[holdout], codes[train]))
        if shared:
            notes.append(
                f"The holdout stays the same, and {shared:,} of its {len(np.unique(codes[holdout])):,} values of "
                f"{split.group_column} also occur in the search: its score is too good for new ones. {again}"
            )
    if split.time_column and split.scheme is SplitScheme.FORWARD:
        ranks = division_rows.time_ranks(table, split.time_column)
        if ranks[holdout].min() <= ranks[train].max():
            notes.append(
                f"The holdout stays the same, and its rows are not later than those of the search: its score does "
                f"not tell how good predictions of the future are. {again}"
            )
    return notes


# -- journal ----------------------------------------------------------------------------------------------------------


def pack_rows(divided: Divided, n: int) -> bytes:
    """Return the division of n rows as bytes for the journal: a compressed ``.npz``."""
    masks = np.zeros((len(divided.folds) + 1, n), np.int8)
    for i, (first, second) in enumerate([(divided.train, divided.holdout), *divided.folds]):
        masks[i, first], masks[i, second] = 1, 2
    said = json.dumps({"split": asdict(divided.split), "notes": divided.notes, "own_holdout": divided.own_holdout})
    target = io.BytesIO()
    np.savez_compressed(target, masks=masks, said=np.array(said))
    return target.getvalue()


def unpack_rows(body: bytes) -> Divided:
    """Return the division that `pack_rows` stored."""
    with np.load(io.BytesIO(body), allow_pickle=False) as stored:
        masks, said = stored["masks"], json.loads(str(stored["said"]))
    parts = [(np.flatnonzero(mask == 1), np.flatnonzero(mask == 2)) for mask in masks]
    split = Split(**{**said["split"], "scheme": SplitScheme(said["split"]["scheme"])})
    return Divided(split, *parts[0], tuple(parts[1:]), tuple(said["notes"]), said.get("own_holdout", False))
