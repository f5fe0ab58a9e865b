"""View "Would more data help?": the score of fits on growing shares of the rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from hitl_widget.charts.marks import TRAINING, channels_by_part, with_parts
from hitl_widget.charts.parts import Rows, across, along, chart, finished
from hitl_widget.domain import t_distribution
from hitl_widget.domain.figures import number, plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import FAMILY
from hitl_widget.domain.task import Kind
from hitl_widget.evaluation.cache import Stored
from hitl_widget.evaluation.context import Context
from hitl_widget.evaluation.fitting import FoldUnit, fitted
from hitl_widget.evaluation.fold_models import TrialModel
from hitl_widget.explain.comparison import mean_error
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.model_source import ModelSource
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import from_zero_to_one, gap_in_words, listed
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "Outlook", "grown", "learning_curve", "outlook"]

Matrix: TypeAlias = npt.NDArray[np.float64]
SHARES = (0.1, 0.2, 0.35, 0.6, 1.0)
LEAST_ROWS = 20
_PREDICTED = 2000
_SHAPES = np.geomspace(0.1, 2.0, 25)
_USUAL = (math.log(0.5), 0.7)


def compute(source: ModelSource) -> View:
    """Return the view after as many fits as the step asks for."""
    return source.followed("learning_curve", lambda: learning_curve(source.context, source.model, about=source.about))


@dataclass(frozen=True, slots=True)
class Outlook:
    """A power law through the scores on growing numbers of rows, and its extrapolation; scores, greater is better.

    Parameters
    ----------
    gain, error
        Expected gain of twice the rows, and its standard error.
    rows, mean, deviation
        The law at numbers of rows up to twice those there are.
    """

    gain: float
    error: float
    rows: tuple[float, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]


def outlook(rows: Sequence[float], scores: Matrix, folds: int | None = None, points: int = 40) -> Outlook | None:
    """Fit ``score = ceiling - b rows^-c`` and return the expected gain of twice the rows.

    Parameters
    ----------
    rows
        Numbers of rows, ascending; m of them.
    scores : ndarray of shape (k, m)
        Of k folds.
    folds
        Folds of the whole division, default k.
    points
        At how many numbers of rows to give the law.

    Returns
    -------
    Outlook or None
        None with fewer than three numbers of rows.

    Notes
    -----
    Folds lie at different heights and share one shape c. For each of 25 shapes the slope b of each fold is that of
    least squares; shapes count by how well they fit all folds around their own means, and by what is usual (log-normal
    around 1/2; Viering & Loog 2022 for shapes of such curves). The error of the gain is that of the mean over folds,
    corrected for shared rows, or the noise around the law, whichever is more, and the spread over shapes.
    """
    n, y = np.asarray(rows, np.float64), np.asarray(scores, np.float64)
    k, m = y.shape
    if m < 3:
        return None
    last = float(n[-1])
    x = (n[None, :] / last) ** -_SHAPES[:, None]
    centred = x - x.mean(axis=1, keepdims=True)
    power = np.square(centred).sum(axis=1)
    apart = y - y.mean(axis=1, keepdims=True)
    slopes = centred @ apart.T / power[:, None]
    left = np.square(apart[None] - slopes[:, :, None] * centred[:, None, :]).sum(axis=(1, 2))
    free = max(1, k * (m - 1) - 1)
    left = np.maximum(left, 1e-6 * float(np.square(apart).sum()) + 1e-18)
    logs = -0.5 * free * np.log(left) - 0.5 * np.square((np.log(_SHAPES) - _USUAL[0]) / _USUAL[1])
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()

    def read(at: Matrix) -> tuple[Matrix, Matrix]:
        """Return by how much the law at numbers of rows exceeds that at the last, and the deviation of that."""
        reach = (at[None, :] / last) ** -_SHAPES[:, None] - 1.0
        each = slopes[:, :, None] * reach[:, None, :]
        mean = each.mean(axis=1)
        shared = (1 / k + 1 / (max(folds or k, 2) - 1)) if k > 1 else 0.0
        between = each.var(axis=1, ddof=1) * shared if k > 1 else np.zeros_like(mean)
        noise = (left / free / power / k)[:, None] * np.square(reach)
        whole = weights @ mean
        variance = weights @ (np.maximum(between, noise) + np.square(mean - whole))
        return whole, np.sqrt(variance)

    gain, error = read(np.array([2 * last]))
    grid = np.geomspace(n[0], 2 * last, points)
    mean, deviation = read(grid)
    height = float(y.mean()) - float(weights @ (slopes * (x.mean(axis=1) - 1.0)[:, None]).mean(axis=1))
    return Outlook(
        float(gain[0]),
        float(error[0]),
        tuple(grid.tolist()),
        tuple((height + mean).tolist()),
        tuple(deviation.tolist()),
    )


def learning_curve(
    context: Context,
    model: TrialModel,
    *,
    folds: int = 3,
    shares: Sequence[float] = SHARES,
    about: Mapping[str, Any] | None = None,
) -> Iterator[View]:
    """Fit a configuration on growing shares of the training rows of some folds.

    Parameters
    ----------
    context
        The task. Runs in a worker; preparation and number of rounds are found anew for each share.
    model
        The trial.
    folds
        Number of folds.
    shares
        Of the training rows, ascending; those of fewer than 20 rows are left out.
    about
        The model or trial that the view is of.

    Yields
    ------
    View
        After each fit, all but the last partial. ``points``: rows, fold, part ("training", "validation"), score (as
        people read it). ``law`` (from three shares of a fold on): rows, score, low, high (95%), known (up to the rows
        there are).
    """
    used = list(range(min(folds, len(context.folds))))
    counts = _counts(context, used, shares)
    held: dict[tuple[int, int], tuple[float, float]] = {}
    todo = [(place, fold) for place in range(len(counts)) for fold in used]
    failed = ""
    for step, (place, fold) in enumerate(todo):
        try:
            held[place, fold] = _fit(context, model, fold, counts[place])
        except ValueError as error:
            failed = str(error)
        yield _view(context, model, counts, used, held, about or {}, step + 1 < len(todo), failed)


def _counts(context: Context, used: Sequence[int], shares: Sequence[float]) -> list[int]:
    whole = min(len(context.folds[fold][0]) for fold in used)
    least = max(LEAST_ROWS, 5 * len(context.task.classes))
    return sorted({round(share * whole) for share in shares if share * whole >= least} | {whole})


def grown(context: Context, fold: int, seed: int = 0) -> np.ndarray:
    """Return the training rows of a fold in the order in which a growing share takes them, shape (n,).

    Classes keep their shares, groups stay together, and of rows in time the latest come first, as they would if the
    history were shorter.
    """
    rows, y = context.folds[fold][0], context.y
    rng = np.random.default_rng([abs(seed), abs(context.seed), 32, fold])
    if context.ranks is not None:
        return np.asarray(rows[np.argsort(-context.ranks[rows], kind="stable")])
    if context.groups is not None:
        groups, codes = np.unique(context.groups[rows], return_inverse=True)
        return np.asarray(rows[np.argsort(rng.permutation(len(groups))[codes], kind="stable")])
    shuffled = rows[rng.permutation(len(rows))]
    if context.task.kind is Kind.REGRESSION:
        return np.asarray(shuffled)
    key = np.empty(len(shuffled))
    for code in np.unique(y[shuffled]):
        mine = np.flatnonzero(y[shuffled] == code)
        key[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    return np.asarray(shuffled[np.argsort(key, kind="stable")])


def _fit(context: Context, model: TrialModel, fold: int, count: int) -> tuple[float, float]:
    """Return the scores on training and validation rows of a fit on the first so many rows of a fold."""
    from hitl_widget.learners.fitting import heard, one_thread
    from hitl_widget.learners.scoring import predictions_of

    config = dict(model.config)
    learner = context.learner(config.get(FAMILY))
    rows, valid = grown(context, fold, model.seed)[:count], context.folds[fold][1]
    small = replace(context, folds=tuple((rows, valid) for _ in context.folds))
    whole = count == len(context.folds[fold][0])
    hints = dict(model.hints) if whole else {name: one for name, one in model.hints.items() if name != "rounds"}
    with heard(), one_thread():
        step = context.step(learner.preparation(config))
        arrays = {"train": step.fit_transform(context.rows(rows), context.y[rows])}
        unit = FoldUnit(model.trial, fold, config, hints, model.seed, keep_model=False)
        estimator, _ = fitted(small, learner, unit, Stored(arrays, step, 0.0))
        some = np.linspace(0, count - 1, min(count, _PREDICTED)).astype(int)
        scores = []
        for X, which in ((np.asarray(arrays["train"])[some], rows[some]), (step.transform(context.rows(valid)), valid)):
            given = np.array(X) if learner.foreign else X
            scores.append(context.score(which, predictions_of(estimator, given, context.task)))
    return scores[0], scores[1]


def _view(
    context: Context,
    model: TrialModel,
    counts: Sequence[int],
    used: Sequence[int],
    held: Mapping[tuple[int, int], tuple[float, float]],
    about: Mapping[str, Any],
    partial: bool,
    failed: str,
) -> View:
    metric = context.task.metric
    points = [
        {"rows": counts[place], "fold": context.task.split.number_of(fold), "part": part, "score": metric.shown(score)}
        for (place, fold), both in sorted(held.items())
        for part, score in zip(("training", "validation"), both, strict=True)
    ]
    places = [place for place in range(len(counts)) if all((place, fold) in held for fold in used)]
    scores = np.array([[held[place, fold][1] for place in places] for fold in used])
    law = outlook([counts[place] for place in places], scores, context.task.split.parts) if places else None
    top = places[-1] if places else None
    ends = [held[top, fold] for fold in used] if top is not None else []
    sentences: tuple[str, ...]
    if law is not None and top is not None and counts[top] == counts[-1]:
        sentences = _answer(metric, law, ends, context.task.split.parts, len(context.folds))
    elif partial:
        done = f"on up to {counts[places[-1]]:,} of {counts[-1]:,} training rows" if places else "on no sample yet"
        sentences = (f"No answer yet: the model has been fitted {done}.",)
    else:
        sentences = (
            "There are too few rows for a curve." if not failed else f"The curve could not be computed: {failed}",
        )
    notes = [_folds_note(context, used, ends)] if len(used) < len(context.folds) else []
    if law is not None:
        notes.append("Band: 95% interval of the curve through the scores; dashed: more rows than there are.")
        notes.append("Twice the data means more rows of the same kind; rows of another kind may help more or less.")
    return VIEW.answer(
        sentences,
        {"points": points, "law": [] if law is None else _law_rows(metric, law, counts[-1])},
        notes=tuple(notes),
        about={**about, "trial": model.trial, "family": model.config.get(FAMILY)},
        partial=partial,
    )


def _folds_note(context: Context, used: Sequence[int], ends: Sequence[tuple[float, float]]) -> str:
    """Return a note on the folds that the curve rests on, and on what the model scores on these."""
    names = listed([str(context.task.split.number_of(fold)) for fold in used])
    said = f"The curve rests on folds {names} of {len(context.folds)}"
    if not ends:
        return f"{said}."
    metric = context.task.metric
    end = number(metric.shown(fmean(valid for _, valid in ends)))
    return f"{said}. On these, all training rows give {metric.label} {end}; the score of the trial is over all folds."


def _law_rows(metric: Metric, law: Outlook, rows: int) -> list[dict[str, Any]]:
    found = []
    for at, mean, deviation in zip(law.rows, law.mean, law.deviation, strict=True):
        low, high = sorted((metric.shown(mean - 1.96 * deviation), metric.shown(mean + 1.96 * deviation)))
        row = {"rows": at, "score": metric.shown(mean), "low": low, "high": high, "known": at <= rows * 1.001}
        found.append(row)
    return found


_LITTLE = 0.05
"""A gain below this share of the score, or of what is left to 1, is little."""


def _headline(metric: Metric, law: Outlook, ends: Sequence[tuple[float, float]], size: str) -> str:
    """Return whether more data would help, by how much and how certainly: few folds make a gain of two SE uncertain."""
    height = abs(fmean(valid for _, valid in ends))
    reach = 1 - height if from_zero_to_one(metric) else height
    sure = law.gain > t_distribution.quantile(0.975, max(1, len(ends) - 1)) * law.error
    helps = f"{'would' if sure else 'may'} help{' a little' if law.gain < _LITTLE * reach else ''}"
    doubt = "" if sure else f", which is uncertain with {plural(len(ends), 'fold')}"
    return f"More data {helps}: twice as many rows would improve {metric.label} by about {size}{doubt}."


def _answer(
    metric: Metric, law: Outlook, ends: Sequence[tuple[float, float]], folds: int, every: int
) -> tuple[str, str]:
    """Return sentences that compare the gain of twice the data with the gap between training and validation."""
    gaps = [train - valid for train, valid in ends]
    gap, noise = fmean(gaps), mean_error(gaps, folds) or 0.0
    size = gap_in_words(metric, law.gain, law.error)
    wide = gap > 2 * noise and gap > 0
    apart = gap_in_words(metric, gap, noise or None)
    here = f" on the same {len(ends)} folds" if len(ends) < every else ""
    if law.gain > 2 * law.error:
        first = _headline(metric, law, ends, size)
        if wide and gap > 4 * law.gain:
            second = (
                f"The gap to the training score is {apart}{here}, far more than that: a simpler or more regularized "
                "model may gain as much without new rows."
            )
        else:
            second = "The curve still improves at the end, so new rows may be worth more than tuning."
        return first, second
    sign = "" if law.gain >= 0 else "−"
    gain = f"{metric.label} by about {sign}{size}"
    first = f"More data alone would hardly help: twice as many rows would improve {gain}, which may be chance."
    if wide:
        return first, (f"The score on training rows is {apart} better{here}: try a simpler or more regularized model.")
    if gap > max(abs(law.gain), 2 * law.error):
        return first, (
            f"The score on training rows is {apart} better{here}, which may be noise with so few folds: a simpler or "
            "more regularized model is worth a try."
        )
    even = f"not clearly better on training rows (by {apart})" if gap > 0 else "no better on training rows"
    return first, (
        f"Nor does the model overfit: its score is {even}. To gain more, try other columns or a more flexible model."
    )


def draw(points: Rows = (), law: Rows = ()) -> Any:
    """Draw the score on growing numbers of rows, and the law extrapolated to twice as many.

    Parameters
    ----------
    points, law
        Rows of the view of this name.
    """
    import altair as alt

    dots, curve = chart("points", points), chart("law", law)
    x = along(
        "rows:Q", "rows used for fitting", scale=alt.Scale(type="log", nice=False, padding=10), axis={"format": ",~s"}
    )
    y = across("score:Q", "score", scale=alt.Scale(zero=False, padding=8))
    means = dots.transform_aggregate(score="mean(score)", groupby=["rows", "part"])
    ahead = curve.transform_filter("!datum.known")
    drawn = [
        curve.mark_area(color=alt.expr("hue_a"), opacity=0.13, clip=True).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        curve.transform_filter("datum.known").mark_line(color=alt.expr("hue_a"), strokeWidth=2).encode(x=x, y=y),
        ahead.mark_line(color=alt.expr("hue_a"), strokeWidth=2, strokeDash=[5, 3]).encode(x=x, y=y),
        with_parts(dots).mark_point(filled=True, size=26, opacity=0.5).encode(x=x, y=y, **channels_by_part()),
        means.transform_filter(TRAINING).mark_line(color=alt.expr("hue_b"), strokeWidth=1.5).encode(x=x, y=y),
    ]
    return finished(drawn)


VIEW = ViewDefinition(
    name="learning_curve",
    level=Level.ALGORITHM,
    question="Would more data help?",
    summary="Return whether more rows or a better model would help: the score over growing shares of the rows.",
    options=(TRIAL,),
    compute=compute,
    charts={"learning_curve": draw},
    concept=Concept(
        "learning_curve",
        "Learning curve",
        "The same settings are fitted on a part of the rows, then on more. A curve that still improves at the end "
        "says that more rows would help; a flat one says that better columns or another model would.",
    ),
)
