"""View "What if this row were different?": predictions of a row with changed values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.charts.marks import AS_PREDICTION, BARS, names_down, text_beside, value_along
from hitl_widget.charts.parts import Rows, chart, finished
from hitl_widget.data.cells import cell_text
from hitl_widget.data.hints import did_you_mean
from hitl_widget.errors import CommandError, DataError
from hitl_widget.evaluation.context import Context
from hitl_widget.explain.association import associations
from hitl_widget.explain.definition import Asked, Concept, Option, ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import CLASS, ROW, TRIAL_OR_ENSEMBLE
from hitl_widget.explain.phrases import listed
from hitl_widget.explain.row_figures import RowFigures, figures_of, row_to_show
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.wording import kind_of, numbers_of, shown

__all__ = ["VIEW", "controls", "what_if"]

_MOST_CHOICES = 200
_SAMPLE, _NEIGHBOURS, _PARTNERS, _GOES_WITH = 1500, 5, 2, 0.3
Remade = Callable[[int, pd.DataFrame], pd.DataFrame]
"""A function from the position of a row and its changed cells to the columns that the user's transforms derive."""
_Apart = Callable[[np.ndarray, np.ndarray], np.ndarray]


def compute(
    source: ModelSource, *, row: int | None = None, changes: Mapping[str, Any] | None = None, of: str | None = None
) -> View:
    """Return the view of a row, by default of the worst mistake."""
    subject = source.subject()
    number = row_to_show(source) if row is None else row
    figures = figures_of(source, number)
    view = what_if(subject, number, changes or {}, of, _remade(source.context, subject), figures)
    order = source.columns_by_size()
    cells = sorted(view.data["controls"], key=lambda cell: order.index(cell["column"]))
    return replace(view, data={**view.data, "controls": cells})


def _remade(context: Context, subject: Subject) -> Remade | None:
    """Return a function that recomputes derived columns of a changed row; None without derived columns."""
    from hitl_widget.learners.columns import Shaped

    choices = next((one.prepare.choices for one in subject.parts if isinstance(one.prepare, Shaped)), None)
    if choices is None:
        return None

    def remade(row: int, cells: pd.DataFrame) -> pd.DataFrame:
        raw = context.table.iloc[[row]].copy()
        for name in raw.columns.intersection(cells.columns):
            raw[name] = cells[name].array
        found = choices.beside(raw)
        assert found is not None  # else the parts would read the table itself
        return found.drop(columns=raw.columns, errors="ignore")

    return remade


def _check_changes(value: Any, _asked: Asked) -> None:
    if not isinstance(value, Mapping):
        raise CommandError(f"Changes are values by column, such as {{'age': 40}}; got {value!r:.60}.")


CHANGES = Option("changes", Mapping[str, Any], "New values by column.", _check_changes)


@dataclass(frozen=True, slots=True)
class Control:
    """Control for one cell: the values that its column allows.

    Parameters
    ----------
    column, kind
        Its name, and "number", "date", "category" or "text".
    low, high
        Range that the model saw; dates as days since 1970.
    step
        Sensible step of a slider: 1 for whole numbers.
    choices
        Categories, the commonest first.
    value
        The cell of the row, as text or number; None if missing.
    missing
        True if the column has missing cells.
    """

    column: str
    kind: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    value: float | str | None = None
    missing: bool = False

    def record(self) -> dict[str, Any]:
        """Return the control as a row of a dataset."""
        return {
            "column": self.column,
            "kind": self.kind,
            "low": self.low,
            "high": self.high,
            "step": self.step,
            "choices": list(self.choices),
            "value": self.value,
            "missing": self.missing,
        }


def controls(subject: Subject, row: int) -> tuple[Control, ...]:
    """Return a slider or a list of choices for each column of this row."""
    cells = subject.row(row).iloc[0]
    seen = subject.table.iloc[subject.rows]
    return tuple(_control(seen.iloc[:, i], name, cells.iloc[i]) for i, name in enumerate(subject.columns))


def _control(seen: pd.Series[Any], name: str, cell: Any) -> Control:
    kind = kind_of(seen)
    missing = bool(seen.isna().any())
    gone = shown(cell) == "missing"
    if kind in ("number", "date"):
        x = numbers_of(seen.dropna())
        own = None if gone else float(numbers_of(pd.Series([cell], dtype=seen.dtype))[0])
        if not len(x):
            return Control(name, kind, value=own, missing=missing)
        low, high = float(x.min()), float(x.max())
        whole = bool(np.all(x == np.round(x)))
        step = 1.0 if whole else 10 ** float(np.floor(np.log10(max(high - low, 1e-12) / 50)))
        return Control(name, kind, low, high, step, (), own, missing)
    choices: tuple[str, ...] = ()
    if kind == "category":
        counts = seen.value_counts()
        choices = tuple(cell_text(one) for one in counts[counts > 0].index[:_MOST_CHOICES])
    return Control(name, kind, choices=choices, value=None if gone else cell_text(cell), missing=missing)


def what_if(
    subject: Subject,
    row: int,
    changes: Mapping[str, Any],
    of: str | None = None,
    remade: Remade | None = None,
    figures: RowFigures | None = None,
) -> View:
    """Return predictions of a row unchanged, with each change alone, and with all changes.

    Parameters
    ----------
    subject
        The models to explain; all parts predict.
    row
        Position in the subject's table.
    changes
        New cells by column: numbers, dates, categories as text; None for a missing one.
    of
        One of more than two classes; default the one likeliest before.
    remade
        Recomputes the columns that user functions make of several others, which follow those they read. None
        where there are none.
    figures
        The predictions of the row, where they are known.

    Raises
    ------
    DataError
        When there is no such row or column, or a value cannot stand in its column.
    """
    before = subject.row(row)
    new = {name: _cell(subject, name, value) for name, value in changes.items()}
    asked = [{name: value} for name, value in new.items()]
    variants = [before, *(_followed(row, _changed(before, one), one, remade) for one in (*asked, new))]
    answers = subject.predict(pd.concat(variants, ignore_index=True))
    code = subject.code(of)
    if answers.ndim == 2:
        code = int(answers[0].argmax()) if code is None else code
        answers = answers[:, code]
    names = list(new)
    first, last = float(answers[0]), float(answers[-1])
    told = [f"{name} = {shown(new[name])}" for name in names]
    rows = [{"label": "unchanged", "value": first, "change": 0.0, "text": subject.in_words(first), "order": 0}]
    for i, change in enumerate(told):
        value = float(answers[1 + i])
        rows.append(_record(subject, change, value, value - first, i + 1))
    if len(names) > 1:
        rows.append(_record(subject, "all changes", last, last - first, len(names) + 1))
    about = {} if code is None else {"of": subject.labels[code]}
    sentences = _sentences(subject, row, told, [float(one) for one in answers], code)
    data = {"what_if": rows, "controls": [one.record() for one in controls(subject, row)]}
    caution = "This is what the model would predict, not what would happen."
    return VIEW.answer(
        sentences if figures is None else (*sentences, figures.sentence(subject, code)),
        data if figures is None else {**data, **figures.data()},
        question=f"What if row {row} were different?",
        notes=(*_warnings(subject, before, new), *subject.notes, caution),
        about={
            **subject.about,
            "model": subject.name,
            **({"row": row} if figures is None else figures.about(code)),
            **about,
        },
        options={"of": subject.answers} if subject.answers else {},
    )


def _record(subject: Subject, label: str, value: float, change: float, order: int) -> dict[str, Any]:
    text = subject.amount(change, signed=True, short=True)
    return {"label": label, "value": value, "change": change, "text": text, "order": order}


def _sentences(
    subject: Subject, row: int, told: Sequence[str], answers: Sequence[float], code: int | None
) -> tuple[str, ...]:
    name = subject.name[:1].upper() + subject.name[1:]
    first, last = answers[0], answers[-1]
    if not told:
        return (f"{name} predicts {subject.predicted(first, code)} for row {row}.",)
    change = last - first
    least = 1e-3 * (float(np.std(subject.y)) if subject.regression else 1.0)
    if abs(change) <= least:
        text = f"With {listed(told)}, the prediction stays at {subject.in_words(first)}."
    else:
        text = (
            f"With {listed(told)}, {name[:1].lower() + name[1:]} predicts {subject.predicted(last, code)} instead of "
            f"{subject.in_words(first)} ({subject.amount(change, signed=True)})."
        )
    if len(told) < 2:
        return (text,)
    alone = [(label, answer - first) for label, answer in zip(told, answers[1:-1], strict=True)]
    alone.sort(key=lambda item: -abs(item[1]))
    parts = [
        f"{label} {subject.amount(size, signed=True) if abs(size) > least else 'no change'}" for label, size in alone
    ]
    second = f"Each change alone: {', '.join(parts)}"
    whole = sum(size for _, size in alone)
    most = max(abs(change), *(abs(size) for _, size in alone))
    if most > least and abs(change - whole) > 0.15 * most:
        second += f"; together they do {'more' if abs(change) > abs(whole) else 'less'} than the sum of these"
    return text, f"{second}."


def _changed(row: pd.DataFrame, new: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row with changed cells and the same dtypes."""
    found = row.copy()
    for name, value in new.items():
        found[name] = pd.Series([value], index=row.index, dtype=row[name].dtype)
    return found


def _followed(number: int, row: pd.DataFrame, new: Mapping[str, Any], remade: Remade | None) -> pd.DataFrame:
    """Return a changed row with its derived columns computed again, except those that were changed themselves."""
    if remade is None or not new:
        return row
    made = remade(number, row)
    return _changed(row, {name: made[name].iloc[0] for name in made.columns if name in row and name not in new})


def _cell(subject: Subject, column: str, value: Any) -> Any:
    """Return a value in the type of its column."""
    cells = subject.table.iloc[:, subject.place(column)]
    kind = kind_of(cells)
    if value is None or (isinstance(value, float) and np.isnan(value)):
        if cells.dtype.kind in "iub":
            raise DataError(f"{column} has no missing cells; give a value.")
        return "" if kind == "text" else pd.NaT if kind == "date" else np.nan if kind == "number" else None
    if kind == "number":
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = np.nan
        if not np.isfinite(number):
            raise DataError(f"{column} holds numbers; got {value!r}. Give one, or None for a missing cell.")
        if cells.dtype.kind in "iu" and not number.is_integer():
            raise DataError(f"{column} holds whole numbers; got {value!r}. Give one.")
        return int(number) if cells.dtype.kind in "iu" else number
    if kind == "date":
        try:
            days = isinstance(value, int | float) and not isinstance(value, bool)
            return pd.Timestamp(value, unit="D") if days else pd.Timestamp(value)
        except (TypeError, ValueError) as error:
            raise DataError(f'{column} holds dates; got {value!r}. Write it as "2024-05-31".') from error
    return _level(column, cells, value) if kind == "category" else str(value)


def _level(column: str, cells: pd.Series[Any], value: Any) -> Any:
    known = cells.cat.categories if isinstance(cells.dtype, pd.CategoricalDtype) else cells.dropna().unique()
    by_text = {cell_text(one): one for one in known}
    text = cell_text(value)
    if text not in by_text:
        some = ", ".join(list(by_text)[:8]) + (f" and {len(by_text) - 8} more" if len(by_text) > 8 else "")
        raise DataError(f"{column} is one of {some}; got {value!r}.{did_you_mean(text, by_text)}")
    return by_text[text]


def _warnings(subject: Subject, before: pd.DataFrame, new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return warnings about values outside the training range, and about rare combinations."""
    said, outside = [], False
    seen = subject.table.iloc[subject.rows]
    for name, value in new.items():
        cells = seen[name]
        kind = kind_of(cells)
        if kind in ("number", "date") and shown(value) != "missing":
            x = numbers_of(cells.dropna())
            at = float(numbers_of(pd.Series([value], dtype=cells.dtype))[0])
            if len(x) and not x.min() <= at <= x.max():
                outside = True
                low, high = shown(cells.min()), shown(cells.max())
                said.append(
                    f"{name} = {shown(value)} is outside the training range ({low} to {high}): do not "
                    "rely on this prediction."
                )
        elif shown(value) == "missing" and not cells.isna().any():
            said.append(f"{name} was never missing in training: do not rely on this prediction.")
        elif kind == "category" and not (cells == value).any():
            said.append(f"{name} = {shown(value)} never occurred in training: do not rely on this prediction.")
    moved = [name for name, value in new.items() if shown(value) not in ("missing", shown(before[name].iloc[0]))]
    if moved and not outside:
        said += _rare(subject, _changed(before, new), moved)
    return tuple(said)


def _rare(subject: Subject, row: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Return a note if no row of the table is like this one in the changed columns and those associated with them.

    Distance (Gower 1971): the difference of ranks of numbers and 0 or 1 of categories, the mean over columns; that to
    the fifth nearest row is compared with that of the rows of the table.
    """
    table = subject.table.take(subject.spread_rows(_SAMPLE))
    found = associations(table)
    chosen: set[int] = set()
    for name in names:
        place = subject.place(name)
        near = [int(j) for j in np.argsort(-found[place]) if j != place and found[place, j] >= _GOES_WITH]
        chosen |= {place, *near[:_PARTNERS]}
    if len(chosen) < 2 or len(table) < 10 * _NEIGHBOURS:
        return []
    both = pd.concat([row, table], ignore_index=True)
    parts = [_scaled(both.iloc[:, j]) for j in sorted(chosen)]
    mine = np.mean([part(np.array([0]), np.arange(1, len(both))) for part in parts], axis=0)[0]
    others = np.arange(1, min(len(both), 401))
    theirs = np.mean([part(others, np.arange(1, len(both))) for part in parts], axis=0)
    own = float(np.sort(mine)[_NEIGHBOURS - 1])
    usual = np.sort(theirs, axis=1)[:, _NEIGHBOURS]  # the nearest is the row itself
    if own <= max(float(np.quantile(usual, 0.99)), 1e-9) or own <= 1.5 * float(np.median(usual)):
        return []
    columns = listed([subject.columns[j] for j in sorted(chosen)])
    return [f"Few rows have such values of {columns} together: the prediction is uncertain there."]


def _scaled(cells: pd.Series[Any]) -> _Apart:
    """Return a function from two sets of places to the distances between their cells, 0 to 1."""
    if kind_of(cells) in ("number", "date"):
        x = numbers_of(cells)
        levels = np.unique(x[1:][np.isfinite(x[1:])])
        ranks = np.interp(x, levels, np.linspace(0, 1, len(levels))) if len(levels) > 1 else np.zeros(len(x))
        # Ranks keep crowds apart, plain distances keep outliers away: half of each.
        span = float(np.ptp(levels)) if len(levels) > 1 else 1.0
        plain = np.where(np.isfinite(x), x, levels.mean() if len(levels) else 0.0) / (span or 1.0)
        gone = ~np.isfinite(x)

        def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
            near = (np.abs(ranks[a][:, None] - ranks[b]) + np.abs(plain[a][:, None] - plain[b])) / 2
            either, both = gone[a][:, None] | gone[b], gone[a][:, None] & gone[b]
            return np.asarray(np.where(both, 0.0, np.where(either, 1.0, near)))

        return apart
    codes, _ = pd.factorize(cells)
    return lambda a, b: (codes[a][:, None] != codes[b]).astype(float)


def draw(what_if: Rows = (), *, percent: bool = True) -> Any:
    """Draw the prediction of a row with and without changes.

    Parameters
    ----------
    what_if
        Rows of the dataset ``what_if``.
    percent
        As of `beeswarm`.
    """
    import altair as alt

    base = chart("what_if", what_if).transform_calculate(
        before="datum.value - datum.change",
        right="max(datum.value, datum.value - datum.change)",
        hue="datum.change > 0 ? hue_high : datum.change < 0 ? hue_low : ink",
    )
    y = names_down("label", "order", limit=260)
    hue = alt.expr("datum.hue")
    return finished(
        [
            base.mark_rule(color=hue, strokeWidth=3).encode(
                x=value_along("before", AS_PREDICTION, padding=70), x2="value:Q", y=y
            ),
            base.mark_circle(size=80, color=hue, opacity=1).encode(x=alt.X("value:Q"), y=y),
            text_beside(base, "right", dx=9).encode(y=y, text="text:N"),
        ],
        percent=percent,
        step=BARS,
    )


VIEW = ViewDefinition(
    name="what_if",
    level=Level.MODEL,
    topic="One row",
    question="What if this row were different?",
    summary="Return the prediction of a row with changed values, each change alone and all together.",
    options=(ROW, CHANGES, TRIAL_OR_ENSEMBLE, CLASS),
    compute=compute,
    charts={"what_if": draw},
    concept=Concept(
        "what_if",
        "What if",
        "The model predicts again with other values in one row. The answer describes the model, not the "
        "world: changing a value on paper does not change its cause. Far from all rows in the table, the model "
        "guesses.",
    ),
)
