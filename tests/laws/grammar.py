"""A grammar of tables as people have them: types, spellings, missing cells, names, indexes and targets.

`frame(draw)` makes one table. Each column knows the values that a person reads in it, so that laws can compare what
was read with what is there.
"""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

import numpy as np
import pandas as pd

__all__ = ["Frame", "Given", "Meaning", "column", "frame", "text_of"]

Meaning = Literal["number", "date", "truth", "category", "duration", "text", "other"]

MISSING = (None, np.nan, pd.NaT, pd.NA, "", " ", "NA", "?", "n/a", "NaN", "null", "#N/A", "nan")
NUMBER_MISSING = (*MISSING, "-", "--", ".", "none", "unknown")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WORDS = (
    "red green blue small large north south café Zürich 東京 🙂 <b>bold</b> O'Brien a,b n=1 x%y New\u00a0York".split(
        " "
    )
)


@dataclass(frozen=True)
class Given:
    """One column.

    Parameters
    ----------
    cells
        The column as a person has it: anything that fits into a table of pandas.
    meaning
        How a person reads it; "other" where no single reading is right.
    values
        What a person reads, one value per row; None where a cell is missing.
    form
        The production of the grammar that made it.
    """

    cells: Any
    meaning: Meaning
    values: tuple[Any, ...]
    form: str


@dataclass(frozen=True)
class Frame:
    """A table with its target.

    Parameters
    ----------
    table
        The table.
    target
        Label of the target.
    features
        The other columns by the text of their label.
    goal
        The target.
    """

    table: pd.DataFrame
    target: Any
    features: dict[str, Given] = field(default_factory=dict)
    goal: Given | None = None


def frame(draw: Random) -> Frame:
    """Return a table of 40 to 70 rows with one to five features."""
    rows = draw.randint(40, 70)
    names = _names(draw, draw.randint(1, 5))
    given = {name: column(draw, rows) for name in names}
    # a plain column, so that some feature is always left
    given["plain"] = Given(
        np.random.default_rng(draw.getrandbits(32)).normal(size=rows), "other", (None,) * rows, "plain"
    )
    goal = draw.choice(GOALS)(draw, np.random.default_rng(draw.getrandbits(32)), rows)
    target = draw.choice(["y", "target", "the label", "<i>y</i>", 0])
    cells = {**{name: one.cells for name, one in given.items()}, target: goal.cells}
    index = _index(draw, rows)
    table = pd.DataFrame({place: _series(one, index) for place, one in enumerate(cells.values())}, index=index)
    labels = list(cells)
    if draw.random() < 0.05:
        table.columns = pd.MultiIndex.from_tuples([("group", text_of(label)) for label in labels])
        target = ("group", str(target))
        return Frame(table, target, {f"group / {text_of(name)}": one for name, one in given.items()}, goal)
    table.columns = pd.Index(labels, dtype=object)
    return Frame(table, target, {text_of(name): one for name, one in given.items()}, goal)


def text_of(label: Any) -> str:
    """Return a label as the plain table has it."""
    return " / ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _series(cells: Any, index: pd.Index[Any]) -> pd.Series[Any]:
    if isinstance(cells, pd.Series):
        return cells.set_axis(index)
    return pd.Series(cells, index=index, dtype=object if isinstance(cells, list) else None)


def _names(draw: Random, count: int) -> list[Any]:
    known = [
        "age", "", " ", "total price", "Größe", "🙂", "<img src=x onerror=alert(1)>", None, 7, 3.5, "a.b",
        "index", "id",
        "y_", "x" * 120, "new\nline", "{braces}", "per%cent", ("a", 1), True, "groups", "fold", "'quoted'", "__class__",
    ]  # fmt: skip
    found: dict[str, Any] = {}
    for label in draw.sample(known, len(known)):
        found.setdefault(text_of(label), label)
    return list(found.values())[:count]


def _index(draw: Random, rows: int) -> pd.Index[Any]:
    return draw.choice(
        [
            pd.RangeIndex(rows),
            pd.Index([0] * rows),
            pd.Index([f"row {i % 7}" for i in range(rows)]),
            pd.date_range("2024", periods=rows),
            pd.MultiIndex.from_arrays([[i % 3 for i in range(rows)], list(range(rows))]),
            pd.Index(range(rows, 0, -1)),
        ]
    )


def column(draw: Random, rows: int) -> Given:
    """Return a column of any production."""
    made = draw.choice(COLUMNS)
    return made(draw, np.random.default_rng(draw.getrandbits(32)), rows)


def _gone(draw: Random, rng: np.random.Generator, rows: int) -> np.ndarray:
    """Return a mask of missing cells: none, few or many."""
    return rng.random(rows) < draw.choice([0, 0, 0.05, 0.3])


def _with_missing(cells: list[Any], gone: np.ndarray, kinds: tuple[Any, ...]) -> list[Any]:
    return [kinds[i % len(kinds)] if lost else cell for i, (cell, lost) in enumerate(zip(cells, gone, strict=True))]


def _truth(values: Any, gone: np.ndarray) -> tuple[Any, ...]:
    return tuple(None if lost else value for value, lost in zip(values, gone, strict=True))


# -- numbers ----------------------------------------------------------------------------------------------------------

Spelling = Callable[[float], str]


def _grouped(value: float, thousands: str, decimal_mark: str) -> str:
    return f"{value:,.2f}".replace(",", "_").replace(".", decimal_mark).replace("_", thousands)


SPELLINGS: dict[str, Spelling] = {
    "plain": lambda v: f"{v:.2f}",
    "comma": lambda v: f"{v:.2f}".replace(".", ","),
    "1,234.50": lambda v: _grouped(v, ",", "."),
    "1.234,50": lambda v: _grouped(v, ".", ","),
    "1 234,50": lambda v: _grouped(v, " ", ","),
    "1\u202f234,50": lambda v: _grouped(v, "\u202f", ","),
    "1'234.50": lambda v: _grouped(v, "'", "."),
    "1e3": lambda v: f"{v:.6e}",
    "50%": lambda v: f"{v:.2f}%",
    "50 %": lambda v: f"{v:.2f} %",
    "$12": lambda v: f"{'-' if v < 0 else ''}${abs(v):,.2f}",
    "12 €": lambda v: f"{_grouped(v, '.', ',')} €",
    "EUR 12": lambda v: f"EUR {v:.2f}",
    "(12)": lambda v: f"({-v:,.2f})" if v < 0 else f"{v:,.2f}",
    "−12": lambda v: f"{v:.2f}".replace("-", "\u2212"),
    "+12": lambda v: f"{v:+.2f}",
    "12-": lambda v: f"{-v:.2f}-" if v < 0 else f"{v:.2f}",
    "١٢": lambda v: f"{v:.2f}".translate(ARABIC),
    "padded": lambda v: f"  {v:.2f} ",
}


def number_texts(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Numbers in one spelling, as text."""
    name = draw.choice(sorted(SPELLINGS))
    spell = SPELLINGS[name]
    values = np.round(rng.normal(scale=draw.choice([3, 2000]), size=rows), 2)
    values[:3] = (1234.56, -7.89, 12.34)  # so that the spelling can be known
    spelled = [spell(value) for value in values]
    if name == "1e3":
        values = np.array([float(text) for text in spelled])
    gone = _gone(draw, rng, rows)
    gone[:3] = False
    if draw.random() < 0.05:  # a person who makes a category of numbers means categories
        cells = pd.Series([None if lost else one for one, lost in zip(spelled, gone, strict=True)], dtype="category")
        return Given(cells, "category", _truth([one.strip() for one in spelled], gone), f"number category {name}")
    cells: Any = _with_missing(spelled, gone, (draw.choice(NUMBER_MISSING), draw.choice(NUMBER_MISSING)))
    if draw.random() < 0.3:
        cells = pd.Series(cells, dtype=object)
        cells = cells.where(cells.map(lambda one: isinstance(one, str)), None)
        cells = cells.astype(draw.choice(["string", "str"]))
    return Given(cells, "number", _truth(values, gone), f"number text {name}")


def number_types(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Numbers in a type of pandas or of Python."""
    kind = draw.choice(
        "float64 float32 float16 int64 int8 uint8 uint64 Int64 Int8 UInt32 Float64 Float32 object ints decimal mixed "
        "sparse sparse_int arrow_int arrow_float arrow_decimal fraction".split()
    )
    whole = kind in {
        "int64", "int8", "uint8", "uint64", "Int64", "Int8", "UInt32", "ints", "sparse_int", "arrow_int",
    }  # fmt: skip
    values = rng.integers(0, 100, rows) if whole else np.round(rng.normal(size=rows), 2)
    gone = _gone(draw, rng, rows)
    if kind in ("int64", "int8", "uint8", "uint64", "sparse_int"):
        gone[:] = False
    plain = [int(v) if whole else float(v) for v in values]
    cells: Any
    if kind in ("object", "ints", "mixed"):
        plain = [int(v) if kind == "mixed" and i % 2 else v for i, v in enumerate(plain)]
        values = np.array(plain)
        cells = _with_missing(plain, gone, (draw.choice(NUMBER_MISSING[:4]),))
    elif kind == "decimal":
        cells = _with_missing([decimal.Decimal(str(v)) for v in plain], gone, (None, decimal.Decimal("NaN")))
    elif kind == "fraction":
        import fractions

        cells = _with_missing([fractions.Fraction(int(100 * v), 100) for v in plain], gone, (None,))
        values = np.array([int(100 * v) / 100 for v in plain])
    elif kind == "sparse":
        cells = pd.Series(pd.arrays.SparseArray(np.where(gone, np.nan, values)))
    elif kind == "sparse_int":
        cells = pd.Series(pd.arrays.SparseArray(values))
    elif kind.startswith("arrow"):
        import pyarrow as pa

        typed = {"arrow_int": pa.int64(), "arrow_float": pa.float64(), "arrow_decimal": pa.decimal128(20, 2)}[kind]
        listed = [
            None if lost else decimal.Decimal(str(v)) if "dec" in kind else v
            for v, lost in zip(plain, gone, strict=True)
        ]
        cells = pd.Series(pd.array(listed, dtype=pd.ArrowDtype(typed)))
    elif kind[0].isupper():
        cells = pd.Series(pd.array([pd.NA if lost else v for v, lost in zip(plain, gone, strict=True)], dtype=kind))
    else:
        cells = pd.Series(values).astype(kind)
        if gone.any():
            cells = cells.mask(gone)
    if kind in ("float16", "float32", "Float32"):
        values = np.asarray(values, "float16" if kind == "float16" else "float32").astype(float)
    return Given(cells, "number", _truth([float(v) for v in values], gone), f"number type {kind}")


def mixed_numbers(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Numbers of which one in 30 is a mark."""
    values = np.round(rng.normal(size=rows), 3)
    mark = draw.choice(["N/D", "#DIV/0!", "error", "tbd"])
    marked = np.arange(rows) % 30 == 7
    cells: list[Any] = [mark if one else (f"{v:.3f}") for v, one in zip(values, marked, strict=True)]
    if draw.random() < 0.5:
        cells = [mark if one else float(v) for v, one in zip(values, marked, strict=True)]
    return Given(cells, "number", _truth(values, marked), "number mixed")


# -- dates ------------------------------------------------------------------------------------------------------------

DATE_TEXTS: dict[str, Callable[[pd.Timestamp], str]] = {
    "ISO": lambda d: d.strftime("%Y-%m-%d"),
    "ISO time": lambda d: d.strftime("%Y-%m-%d %H:%M:%S"),
    "ISO T": lambda d: d.isoformat(),
    "zone": lambda d: f"{d.isoformat()}Z",
    "day first": lambda d: d.strftime("%d/%m/%Y"),
    "day.month": lambda d: d.strftime("%d.%m.%Y"),
    "month first": lambda d: d.strftime("%m/%d/%Y"),
    "12 hours": lambda d: d.strftime("%m/%d/%Y %I:%M:%S %p"),
    "short year": lambda d: d.strftime("%d.%m.%y"),
    "words": lambda d: d.strftime("%d %b %Y"),
    "US words": lambda d: d.strftime("%B %d, %Y"),
    "RFC": lambda d: d.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    "digits": lambda d: d.strftime("%Y%m%d"),
    "quarter": lambda d: f"{d.year}-Q{d.quarter}",
    "Q first": lambda d: f"Q{d.quarter} {d.year}",
    "week": lambda d: f"{d.isocalendar().year}-W{d.isocalendar().week:02d}",
    "month": lambda d: d.strftime("%Y-%m"),
    "padded": lambda d: d.strftime(" %Y-%m-%d "),
}
_START = {
    "quarter": lambda d: d.to_period("Q").start_time,
    "Q first": lambda d: d.to_period("Q").start_time,
    "week": lambda d: (d - pd.Timedelta(days=d.weekday())).normalize(),
    "month": lambda d: d.to_period("M").start_time,
}


def _moments(rng: np.random.Generator, rows: int) -> list[pd.Timestamp]:
    days = [pd.Timestamp("2019-01-01") + pd.Timedelta(seconds=int(s)) for s in rng.integers(0, 4 * 31_536_000, rows)]
    days[:2] = [pd.Timestamp("2021-03-25 13:45:10"), pd.Timestamp("2020-12-31")]  # so that the order is known
    return days


def date_texts(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Dates in one form, as text."""
    name = draw.choice(sorted(DATE_TEXTS))
    moments = _moments(rng, rows)
    if name not in ("ISO time", "ISO T", "zone", "12 hours", "RFC"):
        moments = [moment.normalize() for moment in moments]
    gone = _gone(draw, rng, rows)
    gone[:2] = False
    cells = _with_missing(
        [DATE_TEXTS[name](one) for one in moments], gone, (draw.choice(MISSING), draw.choice(MISSING))
    )
    start = _START.get(name, lambda d: d)
    return Given(cells, "date", _truth([start(one) for one in moments], gone), f"date text {name}")


def date_types(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Dates in a type of pandas or of Python."""
    kind = draw.choice("ns s us utc tokyo object date period_D period_M period_Q arrow category".split())
    moments = _moments(rng, rows)
    gone = _gone(draw, rng, rows)
    found = pd.Series(moments).dt.as_unit("us").mask(gone)
    values: list[Any] = list(moments)
    cells: Any = found
    if kind in ("ns", "s"):
        cells = found.dt.as_unit(kind)
    elif kind == "utc":
        cells = found.dt.tz_localize("UTC")
    elif kind == "tokyo":
        cells = found.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    elif kind == "object":
        cells = _with_missing([one.to_pydatetime() for one in moments], gone, (draw.choice(MISSING[:4]),))
    elif kind == "date":
        cells = _with_missing([one.date() for one in moments], gone, (draw.choice(MISSING[:3]),))
        values = [one.normalize() for one in moments]
    elif kind.startswith("period"):
        cells = found.dt.to_period(kind[-1])
        values = [one.to_period(kind[-1]).start_time for one in moments]
    elif kind == "arrow":
        import pyarrow as pa

        cells = found.astype(pd.ArrowDtype(pa.timestamp("us")))
    elif kind == "category":
        cells = found.dt.strftime("%Y-%m-%d").astype("category")
        values = [one.normalize() for one in moments]
        return Given(cells, "category", _truth([str(one) for one in values], gone), "date category")
    return Given(cells, "date", _truth(values, gone), f"date type {kind}")


# -- truths, categories, durations, text ------------------------------------------------------------------------------

TRUTHS = [
    (True, False), ("yes", "no"), ("Yes", "No"), ("t", "f"), ("TRUE", "FALSE"), ("True", "False"), ("y", "n"),
    ("1", "0"), (1, 0), (1.0, 0.0), ("ja", "nein"), ("oui", "non"), ("on", "off"), ("✓", "✗"), ("yes ", "no"),
]  # fmt: skip


def truths(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Two values, with missing cells or without."""
    pair = draw.choice(TRUTHS)
    held = rng.random(rows) < 0.4
    held[:2] = (True, False)
    gone = _gone(draw, rng, rows)
    gone[:2] = False
    plain = [pair[0] if one else pair[1] for one in held]
    kinds = MISSING if isinstance(pair[0], str) else MISSING[:4]
    cells: Any = _with_missing(plain, gone, (draw.choice(kinds),))
    if pair == (True, False) and draw.random() < 0.5:
        cells = pd.Series(
            pd.array([pd.NA if lost else bool(v) for v, lost in zip(held, gone, strict=True)], dtype="boolean")
        )
    return Given(cells, "truth", _truth([bool(v) for v in held], gone), f"truth {pair[0]!r}")


def categories(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Words that repeat."""
    kind = draw.choice("object str string category ordered codes interval arrow".split())
    words = draw.sample(WORDS, draw.randint(2, 6))
    if kind == "codes":
        words = [f"{draw.randint(1, 999):05d}" for _ in words]
    picked = [words[i] for i in rng.integers(0, len(words), rows)]
    gone = _gone(draw, rng, rows)
    cells: Any = _with_missing(picked, gone, (draw.choice(MISSING), draw.choice(MISSING)))
    if kind in ("str", "string", "category", "ordered", "arrow"):
        plain = pd.Series([None if lost else word for word, lost in zip(picked, gone, strict=True)], dtype=object)
        if kind == "arrow":
            import pyarrow as pa

            cells = plain.astype(pd.ArrowDtype(pa.string()))
        elif kind == "ordered":
            cells = plain.astype(pd.CategoricalDtype(sorted(set(words)), ordered=True))
        else:
            cells = plain.astype(kind)
    if kind == "interval":
        numbers = pd.Series(rng.normal(size=rows)).mask(gone)
        cells = pd.cut(numbers, [-9, -0.5, 0.5, 9])
        if draw.random() < 0.5:
            cells = cells.astype(object)
        picked = [str(one) for one in pd.cut(numbers, [-9, -0.5, 0.5, 9])]
    meaning: Meaning = "category"
    return Given(cells, meaning, _truth(picked, gone), f"category {kind}")


DURATION_TEXTS: dict[str, Callable[[float], str]] = {
    "pandas": lambda s: str(pd.Timedelta(seconds=s)),
    "clock": lambda s: f"{int(s) // 3600 + 24:02d}:{int(s) // 60 % 60:02d}:{int(s) % 60:02d}",
    "days": lambda s: f"{s / 86_400:.3f} days",
    "minutes": lambda s: f"{s / 60:.3f} min",
    "ISO": lambda s: f"PT{s:.0f}S",
    "h m": lambda s: f"{int(s) // 3600}h {int(s) // 60 % 60}m",
}


def durations(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Durations, typed or in text."""
    kind = draw.choice(["type", "object", *sorted(DURATION_TEXTS)])
    seconds = rng.integers(0, 400_000, rows).astype(float)
    gone = _gone(draw, rng, rows)
    cells: Any
    if kind == "type":
        cells = pd.Series(pd.to_timedelta(seconds, unit="s")).mask(gone)
    elif kind == "object":
        cells = _with_missing([dt.timedelta(seconds=s) for s in seconds], gone, (draw.choice([None, pd.NaT, np.nan]),))
    else:
        written = [DURATION_TEXTS[kind](s) for s in seconds]
        cells = _with_missing(written, gone, (draw.choice(MISSING),))
        unit = {"days": 86_400, "minutes": 60}.get(kind)
        if unit:
            seconds = np.array([float(one.split()[0]) * unit for one in written])
        elif kind == "clock":
            seconds = seconds + 86_400
        elif kind == "h m":
            seconds = seconds // 60 * 60
    return Given(cells, "duration", _truth(seconds, gone), f"duration {kind}")


def texts(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Sentences that hardly repeat."""
    words = [w for w in WORDS if w.isalpha()]
    cells = [f"{' '.join(rng.choice(words, 5))} {i}" for i in range(rows)]
    return Given(cells, "text", tuple(cells), "text")


def odd(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Columns that no model can use, or that no person reads in one way."""
    kind = draw.choice(
        "constant empty none nat ids counter complex_text huge infinite tiny bytes tuples mixture mixed_dates -999 "
        "surrogate times all_blank epoch".split()
    )
    cells: Any = {
        "constant": lambda: ["same"] * rows,
        "empty": lambda: [np.nan] * rows,
        "none": lambda: [None] * rows,
        "nat": lambda: [pd.NaT] * rows,
        "ids": lambda: [f"C-{i:05d}" for i in range(rows)],
        "counter": lambda: list(range(rows)),
        "complex_text": lambda: [f"{i}+{i}j" for i in range(rows)],
        "huge": lambda: rng.integers(-(2**62), 2**62, rows),
        "infinite": lambda: np.where(np.arange(rows) % 5, rng.normal(size=rows), np.inf),
        "tiny": lambda: rng.normal(size=rows) * 1e-300,
        "bytes": lambda: [b"ab" if i % 2 else b"c" for i in range(rows)],
        "tuples": lambda: [(i % 3, "a") for i in range(rows)],
        "mixture": lambda: [("a", 1, 2.5, None, True, dt.date(2024, 1, 1))[i % 6] for i in range(rows)],
        "mixed_dates": lambda: ["2024-05-01" if i % 2 else "soon" for i in range(rows)],
        "-999": lambda: np.where(np.arange(rows) % 4, rng.normal(size=rows), -999),
        "surrogate": lambda: ["a\ud83d" if i % 2 else "b" for i in range(rows)],
        "times": lambda: [dt.time(i % 24, i % 60) for i in range(rows)],
        "all_blank": lambda: ["", " ", "?"] * (rows // 3) + [""] * (rows % 3),
        "epoch": lambda: rng.integers(1_500_000_000, 1_700_000_000, rows),
    }[kind]()
    return Given(cells, "other", (None,) * rows, f"odd {kind}")


COLUMNS: list[Callable[[Random, np.random.Generator, int], Given]] = [
    number_texts, number_texts, number_types, mixed_numbers, date_texts, date_types, truths, categories, durations,
    texts, odd,
]  # fmt: skip


# -- targets ----------------------------------------------------------------------------------------------------------


def two_classes(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Two classes in any spelling, perhaps with missing labels."""
    given = truths(draw, rng, rows)
    return Given(given.cells, "truth", given.values, f"target {given.form}")


def classes(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Three classes."""
    words = draw.sample(WORDS, 3)
    picked = [words[i % 3] for i in rng.permutation(rows)]
    gone = rng.random(rows) < draw.choice([0, 0.05])
    return Given(_with_missing(picked, gone, (None, "?")), "category", _truth(picked, gone), "target classes")


def amounts(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Numbers, typed or spelled."""
    given = draw.choice([number_texts, number_types])(draw, rng, rows)
    return Given(given.cells, given.meaning, given.values, f"target {given.form}")


def spans(draw: Random, rng: np.random.Generator, rows: int) -> Given:
    """Durations, or dates, which are no target."""
    given = draw.choice([durations, date_types, texts])(draw, rng, rows)
    return Given(given.cells, given.meaning, given.values, f"target {given.form}")


GOALS = [two_classes, two_classes, two_classes, classes, amounts, amounts, spans]
