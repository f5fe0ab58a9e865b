"""Laws that hold for every table, checked on generated ones.

``errors``: no exception but ours, and no warning of a library. ``reading``: what was read equals what a person reads,
or a note names the column. ``same``: a value is read the same in training, in prediction, alone and in another type.
``alone``: a further column changes nothing in the reading of the others. ``notes``: each note reaches the person.
``truth``: rows, columns, labels and counts agree wherever they are shown.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.advise.safeguards import data_safeguards
from hitl_widget.data.profile import profile
from hitl_widget.data.reader import TableReader
from hitl_widget.data.task import Understood, understand
from hitl_widget.domain.task import Column, Kind, Role
from hitl_widget.errors import DataError, HitlError
from hitl_widget.report.division import division_in_words
from hitl_widget.report.facts import task_facts
from hitl_widget.report.profile import table_in_words
from tests.laws.grammar import Frame, Given, column, frame, text_of

__all__ = ["LAWS", "broken", "broken_by"]

LAWS = ("errors", "reading", "same", "alone", "notes", "truth")
Broken = tuple[str, str]

_REFUSED = ("holds dates", "as text, such as", "too many for classes", "only one value", "is missing in every row")
_SOME_ROWS = 2


def broken_by(seed: int) -> list[Broken]:
    """Return the laws that the table of a seed breaks, each with what happened."""
    draw = Random(seed)
    return list(broken(frame(draw), draw))


def broken(given: Frame, draw: Random) -> Iterator[Broken]:
    """Yield the laws that a table breaks, each with what happened."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = understand(given.table, given.target)
            profile(found)
            data_safeguards(found)
    except HitlError as error:
        yield from _refused(given, error)
        return
    except Exception as error:  # noqa: BLE001 - any other exception breaks the law
        yield "errors", _name(error)
        return
    checks = (_reading, _same, _alone, _notes, _truth)
    for law, check in zip(LAWS[1:], checks, strict=True):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", FutureWarning)
                warnings.simplefilter("ignore", UserWarning)
                for message in check(given, found, draw):
                    yield law, message
        except Exception as error:  # noqa: BLE001
            yield "errors", f"while checking {law}: {_name(error)}"


def _name(error: Exception) -> str:
    trace = error.__traceback__
    while (
        trace is not None and trace.tb_next is not None and "hitl_widget" in trace.tb_next.tb_frame.f_code.co_filename
    ):
        trace = trace.tb_next
    where = (
        "" if trace is None else f" at {trace.tb_frame.f_code.co_filename.split('hitl_widget/')[-1]}:{trace.tb_lineno}"
    )
    return f"{type(error).__name__}: {str(error)[:200]}{where}"


def _refused(given: Frame, error: HitlError) -> Iterator[Broken]:
    """Yield what is wrong with a refusal: not one line, or a target that a person can read."""
    said = str(error)
    if "\n" in said or len(said) > 600 or not said.endswith("."):
        yield "errors", f"not one line: {said[:200]!r}"
    goal = given.goal
    assert goal is not None
    readable = goal.meaning in ("number", "truth", "category") and "target date" not in goal.form
    if readable and not isinstance(error, DataError):
        yield "reading", f"{goal.form}: {said}"
    present = [value for value in goal.values if value is not None]
    rare = goal.meaning != "number" and min(map(present.count, set(present)), default=0) < 8
    if readable and not rare and not any(words in said for words in _REFUSED[3:]):
        yield "reading", f"{goal.form}: {said}"


# -- reading ----------------------------------------------------------------------------------------------------------


def _features(given: Frame, found: Understood) -> Iterator[tuple[Column, Given]]:
    """Yield each column with a meaning, and how it was made."""
    for one in found.task.columns:
        made = given.features[one.name]
        if made.meaning != "other":
            yield one, made


def _noted(name: str, found: Understood) -> bool:
    reason = next(one.reason for one in found.task.columns if one.name == name)
    return any(name in note for note in found.task.notes if note) and "Ignored columns" not in reason


def _reading(given: Frame, found: Understood, _draw: Random) -> Iterator[str]:
    canonical = _read(found, given.table)
    for one, made in _features(given, found):
        if one.role is Role.IGNORED:
            values = {value for value in made.values if value is not None}
            counts = made.meaning in ("number", "duration") and ("identifier" in one.reason or "counter" in one.reason)
            if len(values) > 1 and not counts:
                yield f"{made.form}: ignored, {one.reason}"
            continue
        wrong = _differs(made, one.role, canonical[one.name], np.arange(len(given.table)))
        if wrong and not _noted(one.name, found):
            yield f"{made.form}: {wrong}; {one.reason}"


def _differs(made: Given, role: Role, values: pd.Series[Any], rows: np.ndarray) -> str:
    """Return how canonical values differ from those that a person reads; "" if they do not."""
    wanted = [made.values[row] for row in rows]
    gone = np.array([value is None for value in wanted])
    missing = (values == "").to_numpy() if role is Role.TEXT else values.isna().to_numpy()
    if (missing != gone).any():
        at = int(np.argmax(missing != gone))
        return f"row {at}: {_cell(made, rows[at])!r} is {'missing' if missing[at] else 'not missing'} as {role}"
    if made.meaning in ("number", "duration"):
        if role is not Role.NUMERIC:
            return f"read as {role}, such as {_cell(made, rows[0])!r}"
        numbers = np.array([np.nan if value is None else float(value) for value in wanted])
        wrong = ~np.isclose(values.to_numpy(np.float64), numbers, rtol=1e-5, atol=1e-6, equal_nan=True)
    elif made.meaning == "date":
        if role is not Role.DATE:
            return f"read as {role}, such as {_cell(made, rows[0])!r}"
        dates = pd.Series([pd.NaT if value is None else value for value in wanted]).astype("datetime64[us]")
        wrong = (values.to_numpy() != dates.to_numpy()) & ~gone
    elif made.meaning in ("truth", "category"):
        if role not in (Role.CATEGORICAL, Role.NUMERIC):
            return f"read as {role}, such as {_cell(made, rows[0])!r}"
        pairs = {(str(value), str(read)) for value, read in zip(wanted, values, strict=True) if value is not None}
        if len(pairs) != len({value for value, _ in pairs}) or len(pairs) != len({read for _, read in pairs}):
            return f"values are mixed up: {sorted(pairs)[:5]}"
        return ""
    else:
        return "" if role is Role.TEXT else f"read as {role}"
    if wrong.any():
        at = int(np.argmax(wrong))
        return f"row {at}: {_cell(made, rows[at])!r} is read as {values.iloc[at]}, not {wanted[at]}"
    return ""


def _cell(made: Given, row: int) -> Any:
    return made.cells.iloc[row] if isinstance(made.cells, pd.Series) else made.cells[row]


def _reader(found: Understood, table: Any) -> TableReader:
    return TableReader(found.task.columns).fit(table)


def _read(found: Understood, table: pd.DataFrame) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return _reader(found, table).transform(table)


# -- training and prediction ------------------------------------------------------------------------------------------


def _same(given: Frame, found: Understood, draw: Random) -> Iterator[str]:
    reader = _reader(found, given.table)
    whole = reader.transform(given.table)
    for row in draw.sample(range(len(given.table)), _SOME_ROWS):
        alone = reader.transform(given.table.iloc[[row]])
        for name in whole.columns:
            a, b = alone[name].iloc[0], whole[name].iloc[row]
            if a != b and not (pd.isna(a) and pd.isna(b)):
                yield f"{given.features[name].form}: row {row} alone is {a!r}, among others {b!r}"
    places = {text_of(label): place for place, label in enumerate(given.table.columns)}
    other, respelled = given.table.copy(), []
    for one, made in _features(given, found):
        typed = _typed(made)
        if typed is not None:
            other.isetitem(places[one.name], typed.set_axis(other.index))
            respelled.append((one.name, made))
    yield from _read_alike(found, given.table, other, respelled, "typed in prediction")
    other_task = _understood(other, given.target)
    if other_task is not None:
        yield from _read_alike(other_task, other, given.table, respelled, "typed in training")


def _read_alike(
    task: Understood, trained: pd.DataFrame, predicted: pd.DataFrame, names: list[tuple[str, Given]], which: str
) -> Iterator[str]:
    """Yield the columns that are read otherwise in prediction than in training, unless a warning says so."""
    reader = _reader(task, trained)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        then, now = reader.transform(trained), reader.transform(predicted)
    said = " ".join(str(one.message) for one in caught)
    for name, made in names:
        if name not in now or _equal(now[name], then[name]) or repr(name) in said:
            continue
        at = int(np.argmax(~_cells_equal(now[name], then[name])))
        yield (
            f"{made.form}: {which}, row {at}: {_cell(made, at)!r} is {now[name].iloc[at]!r} in prediction, "
            f"{then[name].iloc[at]!r} in training"
        )


def _understood(table: pd.DataFrame, target: Any) -> Understood | None:
    try:
        return understand(table, target)
    except HitlError:
        return None


def _typed(made: Given) -> pd.Series[Any] | None:
    """Return a column in the type of pandas for its meaning."""
    gone = np.array([value is None for value in made.values])
    if made.meaning == "number":
        return pd.Series([np.nan if value is None else float(value) for value in made.values])
    if made.meaning == "duration":
        seconds = [np.nan if value is None else float(value) for value in made.values]
        return pd.Series(pd.to_timedelta(seconds, unit="s"))
    if made.meaning == "date":
        return pd.Series([pd.NaT if value is None else value for value in made.values]).astype("datetime64[us]")
    if made.meaning == "category" and "interval" not in made.form and "date" not in made.form:
        words = pd.Series([None if value is None else value for value in made.values], dtype=object)
        return words.astype("category")
    known = ("True", "'yes'", "'Yes'", "'t'", "'TRUE'", "'True'", "'y'", "'1'", "1", "1.0", "'yes '")
    if made.meaning == "truth" and made.form.removeprefix("truth ") in known and not gone.any():
        return pd.Series([bool(value) for value in made.values])
    return None


def _cells_equal(a: pd.Series[Any], b: pd.Series[Any]) -> np.ndarray:
    a, b = a.reset_index(drop=True), b.reset_index(drop=True)
    if a.dtype.kind == "f":
        return np.isclose(a, b, rtol=1e-5, atol=1e-6, equal_nan=True)
    both = a.isna() & b.isna()
    return (both | (a.astype(object) == b.astype(object))).to_numpy(bool)


def _equal(a: pd.Series[Any], b: pd.Series[Any]) -> bool:
    return bool(_cells_equal(a, b).all())


# -- one column alone -------------------------------------------------------------------------------------------------


def _alone(given: Frame, found: Understood, draw: Random) -> Iterator[str]:
    more = column(draw, len(given.table))
    table = given.table.copy()
    label = ("more", "bad") if isinstance(given.target, tuple) else "bad column"
    table[label] = (
        more.cells.set_axis(table.index)
        if isinstance(more.cells, pd.Series)
        else pd.Series(more.cells, index=table.index, dtype=object if isinstance(more.cells, list) else None)
    )
    try:
        after = understand(table, given.target)
    except HitlError as error:
        yield f"{more.form} prevents the reading of the others: {error}"
        return
    others = [one for one in after.task.columns if one.name != text_of(label)]
    for one, other in zip(found.task.columns, others, strict=True):
        if one != other:
            yield f"{more.form} changes {given.features[one.name].form}: {one} became {other}"
    if (after.task.kind, after.task.classes, after.task.positive) != (
        found.task.kind,
        found.task.classes,
        found.task.positive,
    ):
        yield f"{more.form} changes the target"
    before, now = _read(found, given.table), _read(after, table)
    for name in before.columns:
        if not _equal(before[name], now[name]):
            yield f"{more.form} changes the values of {given.features[name].form}"
    said = [note for note in found.task.notes if note not in after.task.notes and not note.startswith("Ignored")]
    if said and not any("Infinite" in note for note in said):
        yield f"{more.form} hides {said[0]!r}"


# -- notes and counts -------------------------------------------------------------------------------------------------


def _notes(_given: Frame, found: Understood, _draw: Random) -> Iterator[str]:
    task = found.task
    shown = {fact["detail"] for fact in task_facts(task)}
    divided = division_in_words(found)
    for note in task.notes:
        if note not in shown and not note.startswith("Left out: "):
            yield f"not in the header: {note!r}"
        if note in found.divided.notes and note not in divided:
            yield f"not in the division: {note!r}"
        if "\n" in note.replace("new\nline", "") or not note.endswith((".", ".)")):
            yield f"not a sentence: {note!r}"
    listed = next((note for note in task.notes if note.startswith("Left out: ")), "")
    for one in task.columns:
        if one.role is Role.IGNORED and not one.given and not listed:
            yield f"{one.name!r} is ignored, unsaid"


def _truth(given: Frame, found: Understood, _draw: Random) -> Iterator[str]:
    task, goal = found.task, given.goal
    assert goal is not None
    if task.rows + task.dropped_rows != len(given.table) or task.rows != len(found.y) or task.rows != len(found.table):
        yield f"{task.rows} rows and {task.dropped_rows} dropped of {len(given.table)}"
    parts = np.concatenate([found.train, found.holdout])
    if len(np.unique(parts)) != len(parts) or len(parts) + task.unused_rows != task.rows:
        yield "rows of the search, the holdout and unused ones do not add up"
    if f"{task.rows:,} rows · {len(task.used)} columns in use" != task_facts(task)[0]["text"]:
        yield "the header counts other rows or columns"
    if not table_in_words(task).startswith(f"{task.rows:,} rows; models use {len(task.used):,} of "):
        yield "the Data tab counts other rows or columns"
    yield from _target(goal, found)
    canonical = _read(found, found.table)
    for one in profile(found):
        if one.name not in canonical:
            continue
        values = canonical[one.name]
        missing = int((values == "").sum() if one.role == "text" else values.isna().sum())
        column_ = next(c for c in task.columns if c.name == one.name)
        if not one.missing == column_.missing == missing:
            form = given.features[one.name].form
            yield f"{form}: {missing} missing cells, {column_.missing} in the header, {one.missing} in the profile"
        distinct = values[values != ""].nunique() if one.role == "text" else values.nunique()
        if not one.distinct == column_.distinct == distinct:
            form = given.features[one.name].form
            yield f"{form}: {distinct} distinct values, {column_.distinct} in the header, {one.distinct} in the profile"


def _target(goal: Given, found: Understood) -> Iterator[str]:
    task = found.task
    present = [value for value in goal.values if value is not None]
    if len(present) != task.rows:
        if not any("left out" in note or "treated as missing" in note for note in task.notes):
            yield f"{goal.form}: {len(present)} targets are there, {task.rows} were read, unsaid"
        return
    if task.kind is Kind.REGRESSION:
        if goal.meaning not in ("number", "duration"):
            yield f"{goal.form}: read as numbers"
        elif not np.allclose(found.y, np.array(present, np.float64), rtol=1e-3, atol=1e-3):
            yield f"{goal.form}: read as other numbers"
        return
    if sum(task.class_counts) != task.rows or len(task.classes) != len(found.classes):
        yield f"{goal.form}: {sum(task.class_counts)} labels in {task.rows} rows"
    if task.kind is Kind.BINARY and task.positive != task.classes[1]:
        yield f"{goal.form}: the positive class is not the second one"
    pairs = {(str(value), str(found.classes[code])) for value, code in zip(present, found.y, strict=True)}
    if not len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}):
        yield f"{goal.form}: labels are mixed up: {sorted(pairs)[:4]}"
