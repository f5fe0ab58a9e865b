"""How good a model is: confusion, ROC and precision-recall, calibration, residuals. Numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.task import Kind, Task
from hitl_widget.explain.intervals import Interval, decided, score_interval, wilson
from hitl_widget.explain.phrases import need, percent, plain, share_in_words
from hitl_widget.explain.pictures import CalibrationPoint, calibration_points, residual_points, roc_points
from hitl_widget.explain.view import Level, View

__all__ = ["calibration", "confusion", "residuals", "roc_pr"]

MOST_CLASSES = 15
"""More classes are too many for one picture: those with the fewest mistakes go together."""

_CURVES = 6
_SIMULATED = 200
_BINS = 10
_OTHERS = "other classes"
_EXAMPLES = 12


def confusion(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    *,
    threshold: float = 0.5,
    about: Mapping[str, Any] | None = None,
    positions: np.ndarray | None = None,
) -> View:
    """Count which classes are taken for which, with rates of each class and the commonest mistake.

    Parameters
    ----------
    task
        A task with classes.
    y : ndarray of shape (n,)
        Codes of classes.
    predictions : ndarray of shape (n,) or (n, K)
        P(code 1), or probabilities of classes, of rows that the model was not fitted on.
    threshold
        Two classes: from which probability on the positive class is said.
    about
        What the view is of.
    positions : ndarray of int of shape (n,)
        Where each row stands in the table.

    Returns
    -------
    View
        ``cells``: truth, predicted, rows, share (of the truth's rows), right, both places in order, and where positions
        are given, in ``examples`` those of a dozen rows, the ones it was surest of first. ``classes``:
        label, rows, and recall (of its rows, those found) and precision (of those said to be it, the right ones), each
        with Wilson's 95 % interval.

    Raises
    ------
    DataError
        When the target is a number.
    """
    need(task, Kind.BINARY, Kind.MULTICLASS, view="confusion")
    y = np.asarray(y, np.int64)
    said = np.asarray(predictions >= threshold, np.int64) if predictions.ndim == 1 else decided(predictions)
    K = len(task.classes)
    counts = np.bincount(y * K + said, minlength=K * K).reshape(K, K)
    labels, shown, to = _lumped(task.classes, counts)
    sure = np.where(said == 1, predictions, 1 - predictions) if predictions.ndim == 1 else predictions.max(axis=1)
    cells: list[dict[str, Any]] = [
        {
            "truth": labels[i],
            "predicted": labels[j],
            "rows": int(shown[i, j]),
            "share": plain(shown[i, j] / max(shown[i].sum(), 1)),
            "right": i == j,
            "row": i,
            "column": j,
        }
        for i in range(len(labels))
        for j in range(len(labels))
    ]
    if positions is not None:
        ranked = np.argsort(-sure, kind="stable")
        here = to[y[ranked]] * len(labels) + to[said[ranked]]
        for cell in cells:
            first = ranked[np.flatnonzero(here == cell["row"] * len(labels) + cell["column"])[:_EXAMPLES]]
            cell["examples"] = [int(one) for one in positions[first]]
    classes = [_rates(task.classes[k], counts, k) for k in range(K)]
    notes = (
        [f"{_OTHERS.capitalize()} are the {K - MOST_CLASSES + 1} that it mistakes least."] if K > MOST_CLASSES else []
    )
    few = [one["label"] for one in classes if one["rows"] < 30]
    if few:
        notes.append(f"Fewer than 30 rows are {few[0]}{' or one of others' if len(few) > 1 else ''}: rates say little.")
    return View(
        "confusion",
        Level.MODEL,
        "Which classes does it take for which?",
        (_rightness(counts), _commonest(task, counts)),
        {"cells": cells, "classes": classes},
        ("confusion",),
        tuple(notes),
        "confusion",
        {**(about or {}), "threshold": threshold},
    )


def _lumped(classes: tuple[str, ...], counts: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return labels and counts of at most so many classes, those with most mistakes and the others together.

    Also returns where each class went.
    """
    if len(classes) <= MOST_CLASSES:
        return list(classes), counts, np.arange(len(classes))
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    kept = np.sort(np.argsort(-wrong, kind="stable")[: MOST_CLASSES - 1])
    to = np.full(len(classes), len(kept))
    to[kept] = np.arange(len(kept))
    shown = np.zeros((len(kept) + 1,) * 2, np.int64)
    np.add.at(shown, (to[:, None], to[None, :]), counts)
    return [*(classes[k] for k in kept), _OTHERS], shown, to


def _rates(label: str, counts: np.ndarray, k: int) -> dict[str, Any]:
    found: dict[str, Any] = {"label": label, "rows": int(counts[k].sum()), "said": int(counts[:, k].sum())}
    for name, total in (("recall", found["rows"]), ("precision", found["said"])):
        one = wilson(float(counts[k, k]), total)
        ends = (None, None, None) if one is None else (one.value, one.low, one.high)
        found |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
    return found


def _rightness(counts: np.ndarray) -> str:
    n = int(counts.sum())
    right = wilson(float(np.trace(counts)), n)
    if right is None:
        return "There are no rows to count."
    most = counts.sum(axis=1).max() / n
    return (
        f"It is right on {share_in_words(right)} of {n:,} rows; saying the commonest class always would "
        f"be {percent(most)}."
    )


def _commonest(task: Task, counts: np.ndarray) -> str:
    """Say the commonest mistake, and what the other direction is like between two classes."""
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return "It made no mistake on these rows."
    i, j = np.unravel_index(int(wrong.argmax()), wrong.shape)
    rows = int(counts[i].sum())
    text = (
        f"The commonest mistake: {wrong[i, j]:,} of {rows:,} rows that are {task.classes[i]} are taken for "
        f"{task.classes[j]} ({percent(wrong[i, j] / rows)})"
    )
    back, total = int(wrong[j, i]), int(counts[j].sum())
    if total:
        text += f"; the other way round it is {back:,} of {total:,} ({percent(back / total)})"
    return text + "."


def roc_pr(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    *,
    found: float = 0.8,
    seed: int = 0,
    about: Mapping[str, Any] | None = None,
) -> View:
    """Draw how well probabilities rank: true against false positive rate, precision against recall.

    Parameters
    ----------
    task, y, predictions, about
        As of `confusion`.
    found
        Share of the positives to find, for the sentence on false alarms.
    seed
        Seed of the bootstrap.

    Returns
    -------
    View
        ``roc`` and ``pr``: curve (the positive class; for more classes each against the rest, at most 6 that are ranked
        worst, and "mean" of all), x, y, order. ``areas``: curve, roc_auc, average_precision, base (share of its rows).
    """
    need(task, Kind.BINARY, Kind.MULTICLASS, view="roc_pr")
    y, p = np.asarray(y, np.int64), np.asarray(predictions, np.float64)
    rng = np.random.default_rng([abs(seed), 11])
    if p.ndim == 1:
        single = {str(task.positive or task.classes[-1]): (y == 1, p)}
    else:
        single = {label: (y == k, p[:, k]) for k, label in enumerate(task.classes)}
    areas: list[dict[str, Any]] = []
    roc: list[dict[str, Any]] = []
    pr: list[dict[str, Any]] = []
    for name, (positive, chance) in single.items():
        curve = roc_points(positive.astype(np.int64), chance)
        if curve is None:
            continue
        recall, precision, average = _precision_recall(positive, chance)
        areas.append(
            {"curve": name, "roc_auc": curve.area, "average_precision": average, "base": float(positive.mean())}
        )
        roc += _line(name, curve.false_positive_rate, curve.true_positive_rate)
        pr += _line(name, recall, precision)
    if not areas:
        sentence = f"All {len(y):,} rows are of one class, so there is nothing to rank."
        return View("roc_pr", Level.MODEL, _RANK, (sentence,), concept="roc", about=about or {})
    if p.ndim == 2:
        worst = {one["curve"] for one in sorted(areas, key=lambda one: one["roc_auc"])[:_CURVES]}
        mean = roc_points(y, p)
        assert mean is not None
        roc = [one for one in roc if one["curve"] in worst] + _line(
            "mean", mean.false_positive_rate, mean.true_positive_rate
        )
        pr = [one for one in pr if one["curve"] in worst]
        sentences = _ranks_of_classes(areas, mean.area)
    else:
        sentences = _ranks(areas[0], y, p, found, rng)
    data = {"roc": roc, "pr": pr, "areas": areas}
    options = {"found": (0.5, 0.8, 0.9, 0.95)} if p.ndim == 1 else {}
    return View("roc_pr", Level.MODEL, _RANK, sentences, data, ("roc_pr",), (), "roc", about or {}, options)


_RANK = "How well does it rank rows?"


def _line(name: str, x: Any, y: Any) -> list[dict[str, Any]]:
    return [
        {"curve": name, "x": float(a), "y": float(b), "order": i} for i, (a, b) in enumerate(zip(x, y, strict=True))
    ]


def _steps(positive: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return hits and alarms when alarm is given from each distinct probability down, and these probabilities."""
    order = np.argsort(-p, kind="stable")
    ends = np.r_[np.flatnonzero(np.diff(p[order])), len(p) - 1]
    return np.cumsum(positive[order])[ends], ends + 1, p[order][ends]


def _precision_recall(positive: np.ndarray, p: np.ndarray, most: int = 120) -> tuple[np.ndarray, np.ndarray, float]:
    """Return recalls, precisions (thinned) and average precision, the step sum of scikit-learn."""
    hits, alarms, _ = _steps(positive, p)
    recall, precision = hits / hits[-1], hits / alarms
    average = float(np.sum(np.diff(np.r_[0.0, recall]) * precision))
    kept = np.unique(np.linspace(0, len(recall) - 1, most).astype(int)) if len(recall) > most else slice(None)
    first = precision[np.flatnonzero(hits > 0)[:1]]
    return np.r_[0.0, recall[kept]], np.r_[first, precision[kept]], average


def _ranks(
    area: Mapping[str, Any], y: np.ndarray, p: np.ndarray, found: float, rng: np.random.Generator
) -> tuple[str, str]:
    name = area["curve"]
    interval = score_interval("roc_auc", y, p, rng) or Interval(
        area["roc_auc"], area["roc_auc"], area["roc_auc"], len(y)
    )
    pairs = round(100 * interval.value)
    first = (
        f"Of a row that is {name} and one that is not, it gives the first the higher probability in "
        f"{pairs} of 100 pairs "
        f"(ROC AUC {number(interval.value)}, {number(interval.low)} to {number(interval.high)}; a guess gets 50)."
    )
    hits, alarms, _ = _steps(y == 1, p)
    place = int(np.searchsorted(hits, found * hits[-1] - 1e-9))
    false = 1 - hits[place] / alarms[place]
    second = (
        f"To find {percent(found)} of the rows that are {name}, it must point at {alarms[place]:,} of "
        f"{len(y):,} rows, and "
        f"{percent(false)} of these are false alarms; pointing blindly, {percent(1 - area['base'])} would be."
    )
    return first, second


def _ranks_of_classes(areas: list[dict[str, Any]], mean: float) -> tuple[str, ...]:
    low, high = (pick(areas, key=lambda one: one["roc_auc"]) for pick in (min, max))
    first = (
        f"Each class against the rest, it ranks a pair of rows rightly in {round(100 * mean)} of 100 cases on average"
    )
    return (
        f"{first} (ROC AUC {number(mean)}; a guess gets 50).",
        (
            f"It tells {high['curve']} best ({number(high['roc_auc'])}) and {low['curve']} worst "
            f"({number(low['roc_auc'])})."
        ),
    )


def calibration(
    task: Task, y: np.ndarray, predictions: np.ndarray, *, seed: int = 0, about: Mapping[str, Any] | None = None
) -> View:
    """Hold predicted probabilities against what happened, and the distance against what chance alone would make.

    Parameters
    ----------
    task, y, predictions, about
        As of `confusion`; for more than two classes each row counts once for each class.
    seed
        Seed of the simulation.

    Returns
    -------
    View
        ``bins``: predicted, share, low, high, rows. Its sentences give the mean distance of the bins (expected
        calibration error) beside that of 200 tables drawn from the probabilities themselves.
    """
    need(task, Kind.BINARY, Kind.MULTICLASS, view="calibration")
    y, p = np.asarray(y, np.int64), np.asarray(predictions, np.float64)
    bins = max(1, min(_BINS, len(y) // 10))
    points = calibration_points(y, p, bins)
    data = {
        "bins": [
            {"predicted": one.predicted, "share": one.share, "low": one.low, "high": one.high, "rows": one.rows}
            for one in points
        ]
    }
    if not points:
        return View("calibration", Level.MODEL, _TRUST, ("There are no rows to hold them against.",), data)
    error, chance = _distance(points), _by_chance(p, bins, np.random.default_rng([abs(seed), 12]))
    beyond = error > np.quantile(chance, 0.95)
    usual = f"{100 * float(np.mean(chance)):.1f}"
    if beyond:
        first = (
            f"On average a probability is {100 * error:.1f} points off what happens, more than the {usual} points that "
            "chance makes of true ones."
        )
        second = _where(points, task)
    else:
        first = (
            f"Probabilities can be taken at their word: they are {100 * error:.1f} points off on average, and chance "
            f"alone makes {usual} on so many rows."
        )
        held = sum(one.low <= one.predicted <= one.high for one in points)
        second = f"In {held} of {plural(len(points), 'range')} the share that came true agrees within its interval."
    return View(
        "calibration",
        Level.MODEL,
        _TRUST,
        (first, second),
        data,
        ("reliability",),
        ("A row counts once for each class.",) if p.ndim == 2 else (),
        "calibration",
        about or {},
    )


_TRUST = "Do its probabilities come true?"


def _distance(points: tuple[CalibrationPoint, ...]) -> float:
    return sum(one.rows * abs(one.predicted - one.share) for one in points) / sum(one.rows for one in points)


def _by_chance(p: np.ndarray, bins: int, rng: np.random.Generator) -> np.ndarray:
    """Return the mean distance on tables whose classes are drawn from the probabilities, shape (200,)."""
    if len(p) > 2000:  # the distance shrinks with the root of the rows
        part = p[rng.permutation(len(p))[:2000]]
        return np.asarray(_by_chance(part, bins, rng) * np.sqrt(2000 / len(p)))
    if p.ndim == 2:
        whole = np.cumsum(p / np.maximum(p.sum(axis=1, keepdims=True), 1e-12), axis=1)
        drawn = (rng.random((_SIMULATED, len(p), 1)) > whole[None, :, :-1]).sum(axis=2)
        happened = (drawn[:, :, None] == np.arange(p.shape[1])).reshape(_SIMULATED, -1).astype(np.float64)
    else:
        happened = (rng.random((_SIMULATED, len(p))) < p).astype(np.float64)
    flat = p.ravel()
    cuts = np.unique(np.quantile(flat, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(cuts, flat, side="right")
    inside = (place[:, None] == np.arange(len(cuts) + 1)).astype(np.float64)
    return np.asarray(np.abs((happened - flat) @ inside).sum(axis=1) / len(flat))


def _where(points: tuple[CalibrationPoint, ...], task: Task) -> str:
    """Say which bin is furthest off, beyond its interval, or whether all hold."""
    what = f"were {task.positive}" if task.kind is Kind.BINARY else "came true"
    off = [one for one in points if not one.low <= one.predicted <= one.high]
    if not off:
        return "In every range of probability the share that came true agrees within its interval."
    one = max(off, key=lambda one: abs(one.predicted - one.share))
    how = "too sure" if one.predicted > one.share else "too shy"
    return (
        f"It is furthest off where it says about {percent(one.predicted)}: {percent(one.share)} of "
        f"those {one.rows:,} rows "
        f"{what} ({percent(one.low).removesuffix(' %')} to {percent(one.high)}), so there it is {how}."
    )


def residuals(
    task: Task,
    y: np.ndarray,
    predictions: np.ndarray,
    *,
    seed: int = 0,
    about: Mapping[str, Any] | None = None,
    positions: np.ndarray | None = None,
) -> View:
    """Show how far numbers are missed, and whether that hangs on what is predicted.

    Parameters
    ----------
    task
        A task with numbers.
    y, predictions : ndarray of shape (n,)
        Numbers, of rows that the model was not fitted on.
    seed
        Seed of the sample that is drawn.
    about
        What the view is of.
    positions : ndarray of int of shape (n,)
        Where each row stands in the table.

    Returns
    -------
    View
        ``points``: x (prediction), y (truth less prediction), of at most 400 rows, and the row of each where positions
        are given. ``bins``: tenths by prediction: x, mean, low, high (95 % interval of the mean), quarter,
        three_quarters, rows.
    """
    need(task, Kind.REGRESSION, view="residuals")
    y, p = np.asarray(y, np.float64), np.asarray(predictions, np.float64)
    points = residual_points(y, p, seed=seed)
    drawn: list[dict[str, Any]] = [{"x": x, "y": r} for x, r in zip(points.prediction, points.residual, strict=True)]
    if positions is not None:
        drawn = [{"row": int(positions[i]), **one} for i, one in zip(points.places, drawn, strict=True)]
    data = {"points": drawn, "bins": _bins(p, y - p)}
    sizes = np.abs(y - p)
    half, most = np.quantile(sizes, [0.5, 0.9])
    first = f"Half of the predictions are within {_of(half)} of the truth, nine of ten within {_of(most)}."
    notes = ["The points are a sample of the rows."] if points.rows > len(points.residual) else []
    return View(
        "residuals",
        Level.MODEL,
        "How far off are its numbers?",
        (first, _shape(data["bins"], p, y - p)),
        data,
        ("residual_bands",),
        tuple(notes),
        "residuals",
        about or {},
    )


def _of(value: float) -> str:
    """Write an error with two or three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _bins(p: np.ndarray, residual: np.ndarray) -> list[dict[str, Any]]:
    order = np.argsort(p, kind="stable")
    found = []
    for rows in np.array_split(order, max(1, min(_BINS, len(p) // 20))):
        r = residual[rows]
        half = 1.96 * float(r.std(ddof=1)) / len(r) ** 0.5 if len(r) > 1 else 0.0
        quarter, upper = np.quantile(r, [0.25, 0.75])
        mean = float(r.mean())
        row = {"x": float(p[rows].mean()), "mean": mean, "low": mean - half, "high": mean + half}
        found.append(row | {"quarter": float(quarter), "three_quarters": float(upper), "rows": len(r)})
    return found


def _shape(bins: list[dict[str, Any]], p: np.ndarray, residual: np.ndarray) -> str:
    """Say the plainest pattern: a lean over all, at the top, at the bottom, or errors that grow."""
    off = [one for one in bins if one["low"] > 0 or one["high"] < 0]
    n, mean = len(residual), float(residual.mean())
    lean = 2.58 * float(residual.std(ddof=1)) / n**0.5 if n > 1 else 0.0
    for one, where in ((bins[-1], "largest"), (bins[0], "smallest")):
        if one in off and len(bins) > 2 and abs(one["mean"]) > 2 * abs(mean):
            low = "low" if one["mean"] > 0 else "high"
            return f"Among its {where} predictions it is too {low}, by {_of(abs(one['mean']))} on average."
    if abs(mean) > lean and n > 1:
        return f"Over all it predicts too {'low' if mean > 0 else 'high'}, by {_of(abs(mean))} on average."
    sizes, lower = np.abs(residual), p <= np.median(p)
    small = float(sizes[lower].mean()) if lower.any() else 0.0
    large = float(sizes[~lower].mean()) if not lower.all() else 0.0
    if large > 1.5 * small > 0:
        return (
            f"The larger the number, the larger its error: {_of(large)} on average in the upper half, "
            f"{_of(small)} below."
        )
    if len(off) > 2:
        return f"In {len(off)} of {len(bins)} ranges of prediction it leans to one side, in no simple pattern."
    held = len(bins) - len(off)
    return (
        f"No lean is left to mend: in {held} of {plural(len(bins), 'range')} of prediction the mean error may be none."
    )
