"""What a model predicts as one column changes: partial dependence (PDP) and the lines of single rows (ICE)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.domain.figures import value_in_words
from hitl_widget.errors import DataError
from hitl_widget.explain.phrases import percent
from hitl_widget.explain.shape import curve_in_words
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.wording import kind_of, numbers_of, place_in_words, sampled, shown

__all__ = ["Curve", "curve", "effect"]

GRID, ROWS, LINES, LEVELS = 25, 400, 40, 15
_ENDS = (0.01, 0.99)
_FEW_SHARE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Predictions over the values of a column.

    Parameters
    ----------
    column, kind
        Its name, and "number", "date" or "category".
    grid
        The `g` values, as the table holds them.
    near : ndarray of int, shape (g,)
        Rows of the whole table that stand at a value or nearer to it than to others.
    lines : ndarray of shape (n, g) or (n, g, K)
        What is predicted for each sampled row with each value in it.
    rows : ndarray of int, shape (n,)
        Positions of the rows.
    whole
        Rows that could be asked for.
    """

    column: str
    kind: str
    grid: pd.Series[Any]
    near: np.ndarray
    lines: np.ndarray
    rows: np.ndarray
    whole: int

    @property
    def mean(self) -> np.ndarray:
        """The partial dependence, shape (g,) or (g, K)."""
        return np.asarray(self.lines.mean(axis=0))

    @property
    def few(self) -> np.ndarray:
        """Where the model had hardly a row to learn from, shape (g,)."""
        fewest = max(3.0, _FEW_SHARE * self.near.sum())
        if self.kind != "category":
            fewest = min(fewest, 0.25 * self.near.sum() / max(len(self.near), 1))
        return np.asarray(self.near < fewest)


def curve(
    subject: Subject, column: str, *, grid: int = GRID, rows: int = ROWS, seed: int = 0, values: Any = None
) -> Curve:
    """Return predictions as a column takes value after value and all others stay as they are.

    Parameters
    ----------
    subject, column
        What is explained, and which column is changed.
    grid
        Most values: of numbers and dates, half by quantiles and half evenly between the 1st and the 99th percentile; of
        categories the commonest 15.
    rows
        Most rows, a seeded sample.
    seed
        Its seed.
    values
        Values to use instead.

    Raises
    ------
    DataError
        When there is no such column, or it holds texts or nothing.

    Notes
    -----
    Friedman 2001; Goldstein et al. 2015. All parts of the subject answer, weighted.
    """
    place = subject.place(column)
    cells = subject.table.iloc[subject.rows, place]
    kind = kind_of(cells)
    if kind == "text":
        raise DataError(f"{column} holds texts, which have no order and seldom repeat; choose another column.")
    chosen = pd.Series(values, dtype=cells.dtype) if values is not None else _grid(cells, kind, grid)
    if not len(chosen):
        raise DataError(f"{column} holds no value in these rows; choose another column.")
    some = subject.spread_rows(rows, seed)
    table = subject.table.take(some)
    probes = table.iloc[np.zeros(len(chosen), np.int64)].reset_index(drop=True)
    probes[column] = chosen.array
    n, g = len(some), len(chosen)
    index = np.repeat(np.arange(n), g)[:, None].repeat(len(subject.columns), axis=1)
    index[:, place] = n + np.tile(np.arange(g), n)
    blocks = subject.blocks(pd.concat([table, probes], ignore_index=True))
    answers = subject.answered(blocks, index)
    return Curve(
        column=column,
        kind=kind,
        grid=chosen,
        near=_near(cells, chosen, kind),
        lines=answers.reshape(n, g, *answers.shape[1:]),
        rows=some,
        whole=len(subject.rows),
    )


def effect(
    subject: Subject,
    column: str,
    *,
    of: str | None = None,
    centred: bool = False,
    grid: int = GRID,
    rows: int = ROWS,
    lines: int = LINES,
    seed: int = 0,
) -> View:
    """Say and show what changing one column does to predictions.

    Parameters
    ----------
    subject, column
        What is explained, and which column.
    of
        One of more than two classes; default the one that moves most.
    centred
        Let all lines begin at 0, which shows where rows part.
    grid, rows, seed
        As of `curve`.
    lines
        Most lines of single rows to draw.
    """
    found = curve(subject, column, grid=grid, rows=rows, seed=seed)
    code, answers = subject.code(of), found.lines
    if answers.ndim == 3:
        code = int(np.ptp(found.mean, axis=0).argmax()) if code is None else code
        answers = answers[:, :, code]
    label = None if code is None else subject.labels[code]
    sentences = _sentences(subject, found, answers, label)
    drawn = answers - answers[:, :1] if centred else answers
    places = _places(found, drawn)
    singles = [
        {"row": int(found.rows[j]), "x": places[k]["x"], "level": places[k]["level"], "value": float(one), "order": k}
        for j in range(min(lines, len(drawn)))
        for k, one in enumerate(drawn[j])
    ]
    about = {**subject.about, "model": subject.name, "column": column, "kind": found.kind, "centred": centred}
    return View(
        name="effect",
        level=Level.MODEL,
        question=f"What does the model predict as {column} changes?",
        sentences=sentences,
        data={"effect": places, "lines": singles},
        charts=("effect_levels" if found.kind == "category" else "effect",),
        notes=_notes(found, subject),
        concept="partial_dependence",
        about=about if label is None else {**about, "of": label},
        options=_options(subject),
    )


def _places(found: Curve, answers: np.ndarray) -> list[dict[str, Any]]:
    """Return a record for each value of the grid."""
    x, few, mean = numbers_of(found.grid), found.few, answers.mean(axis=0)
    low, high = np.quantile(answers, [0.1, 0.9], axis=0)
    return [
        {
            "x": None if found.kind == "category" else float(x[k]),
            "level": shown(found.grid.iloc[k]),
            "value": float(mean[k]),
            "low": float(low[k]),
            "high": float(high[k]),
            "rows": int(found.near[k]),
            "few": bool(few[k]),
            "order": k,
        }
        for k in range(len(mean))
    ]


def _options(subject: Subject) -> Mapping[str, Any]:
    choices = [name for name in subject.columns if kind_of(subject.table[name]) != "text"]
    return {"column": choices, "centred": (False, True), **({"of": subject.answers} if subject.answers else {})}


def _grid(cells: pd.Series[Any], kind: str, most: int) -> pd.Series[Any]:
    there = cells.dropna()
    if kind == "category":
        counts = there.value_counts()
        return pd.Series(list(counts[counts > 0].index[: min(most, LEVELS)]), dtype=cells.dtype)
    distinct = np.sort(there.unique())
    if len(distinct) <= most:
        return pd.Series(distinct).astype(cells.dtype)
    x = np.sort(numbers_of(there))
    low, high = (float(one) for one in np.quantile(x, _ENDS))
    even, quantiles = np.linspace(low, high, most - most // 2), np.quantile(x, np.linspace(*_ENDS, most // 2))
    both = np.unique(np.concatenate([even, quantiles]))
    if kind == "date":
        days = pd.Series(pd.to_datetime(np.round(both), unit="D")).astype(cells.dtype)
        return days.drop_duplicates(ignore_index=True)
    whole = bool(np.all(x == np.round(x)))
    return pd.Series(np.unique(np.round(both)) if whole else both).astype(cells.dtype)


def _near(cells: pd.Series[Any], grid: pd.Series[Any], kind: str) -> np.ndarray:
    """Count the rows at each value, or nearer to it than to its neighbours."""
    if kind == "category":
        counts = cells.value_counts()
        return np.array([int(counts.get(value, 0)) for value in grid])
    x, at = numbers_of(cells.dropna()), numbers_of(grid)
    return np.bincount(np.searchsorted((at[1:] + at[:-1]) / 2, x), minlength=len(at))


def _sentences(subject: Subject, found: Curve, answers: np.ndarray, label: str | None) -> tuple[str, ...]:
    what, mean = _what(subject, label), answers.mean(axis=0)
    height = float(np.ptp(mean))
    if height <= _least(subject):
        apart = float(np.ptp(answers, axis=1).mean())
        first = f"Changing {found.column} alone hardly moves {what}, by {subject.amount(height)} on average at most"
        if apart > 3 * _least(subject):
            return (f"{first}; a single row moves by {subject.amount(apart)}, now up, now down.",)
        return (f"{first}.",)
    if found.kind == "category":
        high, low = int(mean.argmax()), int(mean.argmin())
        first = (
            f"With {found.column} = {shown(found.grid.iloc[high])} {what} is highest on average "
            f"({_level(subject, float(mean[high]))}), with {shown(found.grid.iloc[low])} lowest "
            f"({_level(subject, float(mean[low]))})."
        )
    else:
        x = numbers_of(found.grid)
        told = curve_in_words(x, mean, place_in_words(found.grid, x))
        first = (
            f"As {found.column} grows, {what} {told}, on average between {_level(subject, float(mean.min()))} and "
            f"{_level(subject, float(mean.max()))}."
        )
    return (first, *_crossing(subject, answers))


def _crossing(subject: Subject, answers: np.ndarray) -> tuple[str, ...]:
    """Say whether single rows go other ways than their mean."""
    own = answers - answers.mean(axis=1, keepdims=True)
    mean = own.mean(axis=0)
    along = own @ mean / float(mean @ mean)
    against = float((along < -0.25).mean())
    if against >= 0.1:
        return (f"It goes the other way for {100 * against:.0f} % of the rows: other columns decide what it does.",)
    apart = float(np.sqrt(((own - mean) ** 2).mean()))
    if apart > max(float(np.sqrt((mean**2).mean())), _least(subject)):
        return ("Rows differ much in it: what it does depends on other columns.",)
    return ()


def _least(subject: Subject) -> float:
    """Return the change that is hardly one: a point of a hundred, or a fiftieth of the target's deviation."""
    return 0.02 * float(np.std(subject.y)) if subject.regression else 0.01


def _what(subject: Subject, label: str | None) -> str:
    if subject.regression:
        return f"the predicted {subject.task.target}"
    label = label if label is not None else subject.labels[1] if len(subject.labels) > 1 else "the positive class"
    return f"the probability of {label}"


def _level(subject: Subject, value: float) -> str:
    return value_in_words(value) if subject.regression else percent(value)


def _notes(found: Curve, subject: Subject) -> tuple[str, ...]:
    notes = [sampled(len(found.rows), found.whole)]
    few = np.flatnonzero(found.few)
    if len(few) and found.kind == "category":
        where = ", ".join(shown(found.grid.iloc[k]) for k in few[:4])
        notes.append(f"Few rows have {where}: there the model has little to go by.")
    elif len(few):
        notes.append("Hollow points have few rows near them: there the model has little to go by.")
    left = int(subject.table.iloc[subject.rows][found.column].nunique()) - len(found.grid)
    if found.kind == "category" and left > 0:
        notes.append(f"{left} rarer categories are left out.")
    notes.append("Other columns stay as they are, which may make rows that do not exist.")
    return tuple(notes)
