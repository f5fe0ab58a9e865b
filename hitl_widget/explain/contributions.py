"""Views of SHAP values: which columns matter, which way they pull, what one column does, and one row step by step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.domain.figures import plural, value_in_words
from hitl_widget.errors import DataError
from hitl_widget.explain.attribution import Attribution
from hitl_widget.explain.phrases import listed
from hitl_widget.explain.shape import curve_in_words, direction
from hitl_widget.explain.subject import Subject
from hitl_widget.explain.view import Level, View
from hitl_widget.explain.wording import kind_of, numbers_of, place_in_words, points, sampled, shown

__all__ = ["beeswarm", "dependence", "importance", "row"]

_RESAMPLES = 200
_BARS, _SWARM_COLUMNS, _SWARM_ROWS, _DOTS, _STEPS = 20, 10, 120, 400, 8
_HARDLY = 0.01
_CAUSE = "It says what the model goes by, not what would change the outcome in the world."


def importance(subject: Subject, values: Attribution, of: str | None = None, seed: int = 0) -> View:
    """Say which columns move the predictions most: the mean size of their contributions, with bootstrap intervals.

    Parameters
    ----------
    subject, values
        What is explained, and SHAP values of some of its rows.
    of
        One of more than two classes; default the mean over classes.
    seed
        Seed of the bootstrap over rows.
    """
    sizes = values.of(subject.code(of)).sizes()
    mean = sizes.mean(axis=0)
    rng = np.random.default_rng([abs(seed), 13])
    weights = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), _RESAMPLES) / len(sizes)
    low, high = np.quantile(weights @ sizes, [0.025, 0.975], axis=0)
    whole = float(mean.sum()) or 1.0
    order = np.argsort(-mean, kind="stable")
    bars = [
        {
            "column": values.columns[i],
            "value": float(mean[i]),
            "low": float(min(low[i], mean[i])),
            "high": float(max(high[i], mean[i])),
            "share": float(mean[i]) / whole,
            "text": _amount(values, float(mean[i])),
            "rank": place,
        }
        for place, i in enumerate(order[:_BARS])
    ]
    shares = [(values.columns[i], float(mean[i]) / whole) for i in order]
    return View(
        name="importance",
        level=Level.MODEL,
        question="Which columns matter to this model?",
        sentences=_importance_sentences(subject, values, shares, float(mean.max(initial=0.0)), of),
        data={"importance": bars},
        charts=("shap_bar",),
        notes=(*_notes(values), _CAUSE, *_left_out(len(order), _BARS)),
        concept="shap",
        about=_about(subject, of),
        options=_options(subject),
        partial=values.partial,
    )


def _importance_sentences(
    subject: Subject, values: Attribution, shares: list[tuple[str, float]], most: float, of: str | None
) -> tuple[str, ...]:
    what = _what(subject, of)
    if most <= 0:
        return (f"No column matters: {subject.name} gives every row the same answer.",)
    deciding = [shares[0]]
    while len(deciding) < min(3, len(shares)) and sum(share for _, share in deciding) < 0.6:
        if shares[len(deciding)][1] < 0.05:
            break
        deciding.append(shares[len(deciding)])
    names, share = listed([name for name, _ in deciding]), sum(share for _, share in deciding)
    part = f"{100 * share:.0f} % of what moves {what}"
    if share < 0.4:
        first = f"No few columns decide: {names} together make {part}."
    elif len(deciding) == 1:
        first = f"{names} decides: it makes {part}."
    else:
        first = f"{names} decide: together they make {part}."
    second = f"On average {shares[0][0]} moves it by {_amount(values, most)}"
    slight = [name for name, one in shares if one < _HARDLY]
    if slight:
        more = f" and {len(slight) - 4} others" if len(slight) > 5 else ""
        some = f"{', '.join(slight[:4])}{more}" if more else listed(slight)
        second += f"; {some} hardly {'matter' if len(slight) > 1 else 'matters'}"
    return first, f"{second}."


def beeswarm(subject: Subject, values: Attribution, of: str | None = None) -> View:
    """Show which way each column pulls: a point for each row, by contribution, coloured by the cell's value.

    Parameters
    ----------
    subject, values
        What is explained, and SHAP values of some of its rows; at most 120 rows and 10 columns are drawn.
    of
        One of more than two classes; default the one that columns move most.
    """
    code = _code(subject, values, of)
    whole = values.of(code)
    order = np.argsort(-whole.sizes().mean(axis=0), kind="stable")
    some = whole.beginning(_SWARM_ROWS)
    dots: list[dict[str, Any]] = []
    for rank, i in enumerate(order[:_SWARM_COLUMNS]):
        name, cells = values.columns[i], some.table.iloc[:, i]
        scaled, offsets = _scaled(cells), _offsets(some.values[:, i])
        dots += [
            {
                "column": name,
                "rank": rank,
                "shap": float(some.values[j, i]),
                "offset": float(offsets[j]),
                "scaled": None if np.isnan(scaled[j]) else float(scaled[j]),
                "value": shown(cells.iloc[j]),
                "row": int(some.rows[j]),
            }
            for j in range(len(some))
        ]
    pulls = [_pull(whole, int(i)) for i in order[:3] if whole.sizes()[:, i].mean() > 0]
    what = _what(subject, _label(subject, code))
    if not pulls:
        said: tuple[str, ...] = (f"No column pulls {what} either way.",)
    else:
        said = (f"What pulls {what} up or down: {'; '.join(pulls)}.",)
    return View(
        name="beeswarm",
        level=Level.MODEL,
        question="Which way do columns pull the prediction?",
        sentences=said,
        data={"beeswarm": dots},
        charts=("beeswarm",),
        notes=(*_notes(values), *_left_out(len(order), _SWARM_COLUMNS)),
        concept="shap",
        about=_about(subject, _label(subject, code)),
        options=_options(subject),
        partial=values.partial,
    )


def _pull(values: Attribution, i: int) -> str:
    """Say which values of a column pull up and which down."""
    name, cells, pulls = values.columns[i], values.table.iloc[:, i], values.values[:, i]
    if kind_of(cells) in ("number", "date"):
        x = numbers_of(cells)
        along = direction(x, pulls)
        if abs(along) > 0.4:
            first, second = ("raises", "lowers") if along > 0 else ("lowers", "raises")
            sort = "late" if kind_of(cells) == "date" else "high"
            other = "an early one" if sort == "late" else "a low one"
            return f"a {sort} {name} {first} it, {other} {second} it"
        return f"{name} pulls both ways"
    means = _level_means(cells, pulls)
    if len(means) < 2:
        return f"{name} pulls both ways"
    return f"{name} = {means[0][0]} raises it most, {name} = {means[-1][0]} lowers it most"


def dependence(subject: Subject, values: Attribution, column: str, of: str | None = None) -> View:
    """Show what one column does: each row's value against its contribution, coloured by what changes that most.

    Parameters
    ----------
    subject, values
        What is explained, and SHAP values of some of its rows.
    column
        Name of the column.
    of
        One of more than two classes; default the one that columns move most.
    """
    code, i = _code(subject, values, of), subject.place(column)
    mine = values.of(code)
    cells, pulls = mine.table.iloc[:, i], mine.values[:, i]
    kind = kind_of(cells)
    other, strength = _partner(mine, i)
    some = mine.beginning(_DOTS)
    x = numbers_of(cells)[: len(some)]
    tint = _scaled(some.table.iloc[:, other]) if other is not None else np.full(len(some), np.nan)
    names = _named(some.table.iloc[:, other]) if other is not None else ["all rows"] * len(some)
    grouped = "_groups" if np.isnan(tint).all() else ""
    dots = [
        {
            "x": None if kind in ("category", "text") or np.isnan(x[j]) else float(x[j]),
            "level": shown(cells.iloc[j]),
            "shap": float(some.values[j, i]),
            "scaled": None if np.isnan(tint[j]) else float(tint[j]),
            "other": names[j],
            "row": int(some.rows[j]),
        }
        for j in range(len(some))
    ]
    sentences = [_dependence_sentence(values, column, cells, pulls, _what(subject, _label(subject, code)))]
    if other is not None:
        with_ = values.columns[other]
        sentences.append(f"How much depends most on {with_}: rows of the same {column} differ by it.")
    return View(
        name="dependence",
        level=Level.MODEL,
        question=f"What does {column} do to the prediction?",
        sentences=tuple(sentences),
        data={"dependence": dots},
        charts=(("dependence_levels" if kind in ("category", "text") else "dependence") + grouped,),
        notes=_notes(values),
        concept="shap",
        about={
            **_about(subject, _label(subject, code)),
            "column": column,
            "with": None if other is None else values.columns[other],
            "strength": strength,
            "kind": kind,
        },
        options={"column": subject.columns, **_options(subject)},
        partial=values.partial,
    )


def _dependence_sentence(values: Attribution, column: str, cells: pd.Series[Any], pulls: np.ndarray, what: str) -> str:
    if not np.abs(pulls).max(initial=0.0) > 0:
        return f"{column} does nothing to {what}."
    if kind_of(cells) in ("number", "date"):
        x = numbers_of(cells)
        at, mean = _binned(x[np.isfinite(x)], pulls[np.isfinite(x)])
        told = curve_in_words(at, mean, place_in_words(cells, at))
        span = _amount(values, float(np.ptp(mean))) if len(mean) else _amount(values, 0.0)
        return f"As {column} grows, its contribution to {what} {told}; {span} lie between the extremes."
    means = _level_means(cells, pulls)
    if len(means) < 2:
        return f"{column} has one value only in these rows."
    (high, most), (low, least) = means[0], means[-1]
    return (
        f"{column} = {high} raises {what} most ({_signed(values, most)} on average), {low} lowers it most "
        f"({_signed(values, least)})."
        if most > 0 > least
        else f"{column} = {high} goes with the highest contribution ({_signed(values, most)}), {low} with the lowest "
        f"({_signed(values, least)})."
    )


def row(subject: Subject, values: Attribution, number: int, of: str | None = None) -> View:
    """Show one row step by step: from the base, column by column, to its prediction.

    Parameters
    ----------
    subject
        What is explained.
    values
        SHAP values that hold this row, or those of one row that stands nowhere in the table.
    number
        Position in the subject's table, -1 for the row that stands nowhere.
    of
        One of more than two classes; default the likeliest.

    Raises
    ------
    DataError
        When the values do not hold the row.
    """
    places = np.flatnonzero(values.rows == number)
    if not len(places):
        raise DataError(f"These values hold {plural(len(values), 'row')}, and row {number} is not among them.")
    place = int(places[0])
    code = subject.code(of)
    if code is None and values.values.ndim == 3:
        code = int(values.prediction[place].argmax())
    mine = values.of(code)
    pulls, base, end = mine.values[place], float(mine.base[place]), float(mine.prediction[place])
    order = np.argsort(-np.abs(pulls), kind="stable")
    cells = mine.table.iloc[place]
    shown_first = order[:_STEPS] if len(order) > _STEPS + 1 else order
    steps: list[dict[str, Any]] = [_step("start", "", "base", base, base, _say(subject, mine, base, code), 0)]
    at = base
    for i in shown_first:
        steps.append(
            _step(
                values.columns[i],
                shown(cells.iloc[i]),
                "more" if pulls[i] >= 0 else "less",
                at,
                at + float(pulls[i]),
                _signed(mine, float(pulls[i])),
                len(steps),
            )
        )
        at += float(pulls[i])
    if len(shown_first) < len(order):
        rest = end - at
        label = plural(len(order) - len(shown_first), "other column")
        steps.append(_step(label, "", "more" if rest >= 0 else "less", at, end, _signed(mine, rest), len(steps)))
    steps.append(_step("prediction", "", "prediction", end, end, _say(subject, mine, end, code), len(steps)))
    return View(
        name="row",
        level=Level.MODEL,
        question=f"Why this prediction for row {number}?" if number >= 0 else "Why this prediction?",
        sentences=_row_sentences(
            subject, mine, number, base, end, code, [(int(i), float(pulls[i])) for i in order], cells
        ),
        data={"waterfall": steps},
        charts=("waterfall",),
        notes=_row_notes(subject, values, number),
        concept="shap",
        about={**_about(subject, _label(subject, code)), "row": number},
        options=_options(subject),
        partial=False,
    )


def _step(label: str, value: str, kind: str, start: float, end: float, text: str, order: int) -> dict[str, Any]:
    name = f"{label} = {value}" if value else label
    return {"label": name, "kind": kind, "start": start, "end": end, "text": text, "order": order}


def _row_sentences(
    subject: Subject,
    values: Attribution,
    number: int,
    base: float,
    end: float,
    code: int | None,
    pulls: list[tuple[int, float]],
    cells: pd.Series[Any],
) -> tuple[str, ...]:
    who, where = subject.name[:1].upper() + subject.name[1:], f"row {number}" if number >= 0 else "this row"
    first = (
        f"{who} predicts {_say(subject, values, end, code)} for {where}; before looking at any column it starts from "
    )
    first += f"{_say(subject, values, base, code, short=True)}."
    whole = sum(abs(size) for _, size in pulls)
    if not whole > 0:
        return first, "No column moves it."
    told = [(i, size) for i, size in pulls[:4] if abs(size) >= 0.05 * whole][:3] or pulls[:1]
    verb = {True: "adds", False: "takes away"}
    parts = [
        f"{values.columns[i]} = {shown(cells.iloc[i])} {verb[size > 0]} {_amount(values, abs(size))}"
        for i, size in told
    ]
    return first, f"{listed(parts)}."


def _row_notes(subject: Subject, values: Attribution, number: int) -> tuple[str, ...]:
    notes = []
    if number >= 0 and number in set(subject.rows.tolist()):
        truth = subject.y[number]
        said = value_in_words(float(truth)) if subject.regression else subject.labels[int(truth)]
        notes.append(f"In the table {subject.task.target} is {said}.")
    if values.held_out:
        notes.append("By the models that were not fitted on this row.")
    if "sampling" in values.how:
        notes.append("Contributions are estimated by trying the columns in a few random orders.")
    return tuple(notes)


# -- what the views share ----------------------------------------------------------------------------------------------


def _notes(values: Attribution) -> tuple[str, ...]:
    notes = [sampled(len(values), values.whole)]
    if values.held_out:
        notes.append("Each row is explained by the models that were not fitted on it.")
    if "sampling" in values.how:
        notes.append("Contributions are estimated by trying the columns in a few random orders.")
    return tuple(notes)


def _left_out(count: int, most: int) -> tuple[str, ...]:
    return (f"The first {most} of {count} columns are drawn.",) if count > most else ()


def _options(subject: Subject) -> Mapping[str, Any]:
    return {"of": subject.answers} if subject.answers else {}


def _about(subject: Subject, of: str | None) -> Mapping[str, Any]:
    return {**subject.about, "model": subject.name, **({"of": of} if of is not None else {})}


def _code(subject: Subject, values: Attribution, of: str | None) -> int | None:
    code = subject.code(of)
    return values.strongest() if code is None else code


def _label(subject: Subject, code: int | None) -> str | None:
    return None if code is None else subject.labels[code]


def _what(subject: Subject, of: str | None) -> str:
    """Return what is moved: "the predicted price", "the probability of yes"."""
    if subject.regression:
        return f"the predicted {subject.task.target}"
    if subject.answers:
        return f"the probability of {of}" if of is not None else "the probabilities of the classes"
    return f"the probability of {subject.labels[1]}" if len(subject.labels) > 1 else "the probability"


def _amount(values: Attribution, size: float) -> str:
    if values.scale == "probability":
        return points(abs(size))
    return value_in_words(abs(size)) + (" (log-odds)" if values.scale == "log-odds" else "")


def _signed(values: Attribution, size: float) -> str:
    return f"{'+' if size >= 0 else '−'}{_amount(values, size)}"


def _say(subject: Subject, values: Attribution, value: float, code: int | None, short: bool = False) -> str:
    if values.scale == "log-odds":
        return f"{value_in_words(value)} (log-odds)"
    said = subject.in_words(value, code)
    return said.rsplit(" %", 1)[0] + " %" if short and not subject.regression else said


def _scaled(cells: pd.Series[Any]) -> np.ndarray:
    """Return where each number stands among the others, from 0 to 1; NaN for what has no order."""
    x = numbers_of(cells)
    there = np.isfinite(x)
    out = np.full(len(x), np.nan)
    if there.any():
        levels, place = np.unique(x[there], return_inverse=True)
        mean = np.cumsum(np.bincount(place)) - (np.bincount(place) + 1) / 2
        out[there] = mean[place] / max(1, there.sum() - 1) if len(levels) > 1 else 0.5
    return out


def _named(cells: pd.Series[Any], most: int = 5) -> list[str]:
    """Return cells as texts; of categories the commonest, and "others"."""
    texts = [shown(cell) for cell in cells]
    if kind_of(cells) in ("number", "date"):
        return texts
    commonest = set(pd.Series(texts).value_counts().index[:most])
    return [text if text in commonest else "others" for text in texts]


def _offsets(pulls: np.ndarray, bins: int = 60) -> np.ndarray:
    """Return how far aside each point stands so that a crowd looks like one, from -0.45 to 0.45."""
    span = float(np.ptp(pulls)) if len(pulls) else 0.0
    place = (
        np.zeros(len(pulls), np.int64) if span <= 0 else ((pulls - pulls.min()) / span * (bins - 1)).astype(np.int64)
    )
    out, seen = np.zeros(len(pulls)), dict.fromkeys(range(bins), 0)
    for j, one in enumerate(place):
        count = seen[int(one)]
        out[j] = (count + 1) // 2 * (1 if count % 2 else -1)
        seen[int(one)] = count + 1
    widest = float(np.abs(out).max(initial=0.0))
    return np.asarray(out * min(0.06, 0.45 / widest)) if widest else out


def _binned(x: np.ndarray, y: np.ndarray, bins: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Return mean points of bins of about equally many rows."""
    if not len(x):
        return np.empty(0), np.empty(0)
    cuts = np.unique(np.quantile(x, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(cuts, x, side="right")
    found = [place == code for code in np.unique(place)]
    return np.array([np.median(x[one]) for one in found]), np.array([y[one].mean() for one in found])


def _level_means(cells: pd.Series[Any], pulls: np.ndarray, least: int = 3) -> list[tuple[str, float]]:
    """Return levels that a few rows have, with their mean contribution, the highest first."""
    texts = np.array([shown(cell) for cell in cells], object)
    means = [
        (level, float(pulls[texts == level].mean())) for level in np.unique(texts) if (texts == level).sum() >= least
    ]
    return sorted(means, key=lambda item: -item[1])


def _partner(values: Attribution, i: int) -> tuple[int | None, float]:
    """Return the column that most explains why rows of like value get unlike contributions, and how much it explains.

    Rows are put in bins by the column's own value; within them the contribution's variance is divided among thirds, or
    levels, of each other column. What chance would explain is taken off.
    """
    pulls, cells = values.values[:, i], values.table.iloc[:, i]
    own = _grouped(cells, 10)
    _, own = np.unique(own, return_inverse=True)
    rest = pulls - (np.bincount(own, pulls) / np.maximum(np.bincount(own), 1))[own]
    total = float((rest**2).sum())
    if total <= 1e-12 * max(float((pulls**2).sum()), 1e-300) or len(pulls) < 30:
        return None, 0.0
    best, most = None, 0.1
    for j in range(len(values.columns)):
        if j == i:
            continue
        both = own * 100 + np.minimum(_grouped(values.table.iloc[:, j], 3), 99)
        _, cell = np.unique(both, return_inverse=True)
        counts = np.bincount(cell)
        within = float((rest**2).sum() - (np.bincount(cell, rest) ** 2 / counts).sum())
        free = len(rest) - len(counts)
        if free <= len(rest) // 3:
            continue
        explained = 1 - within / free / (total / (len(rest) - own.max() - 1))
        if explained > most:
            best, most = j, explained
    return best, float(most) if best is not None else 0.0


def _grouped(cells: pd.Series[Any], bins: int) -> np.ndarray:
    """Return a group for each cell: bins of numbers, the commonest levels of others; missing cells are one."""
    if kind_of(cells) in ("number", "date"):
        x = numbers_of(cells)
        there = x[np.isfinite(x)]
        cuts = np.unique(np.quantile(there, np.linspace(0, 1, bins + 1)[1:-1])) if len(there) else np.empty(0)
        return np.where(np.isfinite(x), np.searchsorted(cuts, x, side="right"), bins)
    codes, _ = pd.factorize(cells)
    order = np.argsort(-np.bincount(codes + 1), kind="stable")[:8]
    return np.searchsorted(np.sort(order), codes + 1).astype(np.int64)
