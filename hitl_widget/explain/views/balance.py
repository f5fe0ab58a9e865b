"""View "Does balancing the classes help?": the best trial with each way against the best without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from hitl_widget.charts.parts import Rows, along, chart, finished, name_axis
from hitl_widget.domain.balance import SUFFIX, WAYS, parameters_of_balance
from hitl_widget.domain.figures import plural, score_in_words
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.explain.comparison import mean_error
from hitl_widget.explain.definition import CLASSES, Concept, ViewDefinition
from hitl_widget.explain.phrases import capital, gap_in_words
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "balance"]

_NONE = "no balancing"


def compute(source: Record) -> View:
    """Return the view of the session."""
    return balance(source.state, source.metric, folds=source.task.split.parts)


def balance(state: SessionState, metric: Metric, *, folds: int | None = None) -> View:
    """Return what each way to balance the classes brought.

    Parameters
    ----------
    state
        The session; complete trials on today's data count.
    metric
        The metric to display.
    folds
        Folds of the whole division, for the standard error.

    Returns
    -------
    View
        ``ways``: way (None for no balancing), label, score (as displayed) and number of the best trial, gain over the
        best trial without balancing with its standard error over folds, trials; and the same for the pairs of trials
        that differ in nothing else: pair_gain, pair_error, pairs.
    """
    if not parameters_of_balance(state.space):
        said = "The search does not balance the classes. To try it: session.set_balance('weights', 'oversample')."
        return VIEW.answer((said,))
    able = {one.name.removesuffix(SUFFIX) for one in parameters_of_balance(state.base)}
    each: dict[Value, list[Trial]] = {}
    for trial in state.trials:
        if trial.family in able and trial.state is TrialState.COMPLETE and state.informs(trial):
            each.setdefault(trial.config.get(trial.family + SUFFIX), []).append(trial)
    if None not in each or len(each) < 2:
        return VIEW.answer(("The search has not compared trials with and without balancing yet.",))
    best = {way: max(them, key=lambda one: one.score or 0.0) for way, them in each.items()}
    rows = [_row(metric, way, each, best, folds) for way in sorted(best, key=lambda way: -(best[way].score or 0.0))]
    note = (
        "The best trial with each way is compared with the best without, on the same folds. A way that was tried more "
        "often had more chances to be the best."
    )
    plain = next(row for row in rows if row["way"] is None)
    ways = [row for row in rows if row["way"] is not None]
    sentences = tuple(_sentence(metric, row, plain if row is ways[0] else None) for row in ways)
    return VIEW.answer(sentences, {"ways": rows}, notes=(note,))


def _row(
    metric: Metric, way: Value, each: Mapping[Value, Sequence[Trial]], best: Mapping[Value, Trial], folds: int | None
) -> dict[str, Any]:
    gains = _gains(best[way], best[None])
    pairs = [] if way is None else _pairs(each[way], each[None])
    matched = [fmean(_gains(*pair)) for pair in pairs]
    error = mean_error(gains, folds or len(gains))
    return {
        "way": way,
        "label": _NONE if way is None else WAYS.get(str(way), str(way)),
        "score": metric.shown(best[way].score or 0.0),
        "trial": best[way].number,
        "gain": fmean(gains) if way is not None and gains else 0.0,
        "error": error if way is not None else 0.0,
        "trials": len(each[way]),
        "pair_gain": fmean(matched) if matched else None,
        "pairs": len(pairs),
    }


def _gains(one: Trial, other: Trial) -> list[float]:
    """Return by how much the first is better on each fold that both have."""
    known = {fold.fold: fold.score for fold in other.folds}
    return [fold.score - known[fold.fold] for fold in one.folds if fold.fold in known]


def _pairs(trials: Sequence[Trial], without: Sequence[Trial]) -> list[tuple[Trial, Trial]]:
    """Return the trials that differ from one without balancing in nothing else, with it."""
    plain = {_rest(one): one for one in without}
    return [(one, plain[_rest(one)]) for one in trials if _rest(one) in plain]


def _rest(trial: Trial) -> frozenset[tuple[str, Value]]:
    return frozenset(item for item in trial.config.items() if not item[0].endswith(SUFFIX))


def _sentence(metric: Metric, row: Mapping[str, Any], plain: Mapping[str, Any] | None) -> str:
    """Return the gain of a way; the first sentence names the scores with it and without balancing."""
    gain, error = row["gain"], row["error"]
    size = gap_in_words(metric, gain, error)
    label = capital(row["label"])
    score = f"{metric.label} {score_in_words(metric, metric.sign * row['score'])} (#{row['trial']})"
    if plain is not None:
        score += f", without balancing {score_in_words(metric, metric.sign * plain['score'])} (#{plain['trial']})"
    if error is None or abs(gain) < 2 * error:
        start = f"{label}: no certain difference ({'+' if gain >= 0 else '−'}{size})"
    else:
        start = f"{label}: {'better' if gain > 0 else 'worse'} by {size}"
    pairs = ""
    if row["pairs"]:
        side = "+" if row["pair_gain"] >= 0 else "−"
        pairs = (
            f"; with the same settings {side}{gap_in_words(metric, row['pair_gain'])} ({plural(row['pairs'], 'pair')})"
        )
    return f"{start}; {score}{pairs}."


def draw(ways: Rows = ()) -> Any:
    """Draw the gain of each way over no balancing, with its 95% interval.

    Parameters
    ----------
    ways
        Rows of the view of this name.
    """
    import altair as alt

    base = (
        chart("ways", ways)
        .transform_filter("datum.way !== null")
        .transform_calculate(
            low="datum.gain - 1.96 * (isValid(datum.error) ? datum.error : 0)",
            high="datum.gain + 1.96 * (isValid(datum.error) ? datum.error : 0)",
        )
    )
    y = alt.Y("label:N", sort=alt.SortField("gain", order="descending"), title=None, axis=name_axis())
    scale = alt.Scale(zero=True, padding=14)
    tooltip = [
        alt.Tooltip("label:N"),
        alt.Tooltip("gain:Q", title="gain", format="+.3~g"),
        alt.Tooltip("error:Q", title="standard error", format=".2~g"),
        alt.Tooltip("score:Q", title="best score", format=".4~g"),
        alt.Tooltip("trial:Q", title="trial"),
        alt.Tooltip("trials:Q", title="trials", format=","),
    ]
    zero = base.transform_aggregate(count="count()").transform_calculate(zero="0")
    drawn = [
        zero.mark_rule(color=alt.expr("faint"), strokeDash=[4, 3]).encode(x=alt.X("zero:Q", scale=scale)),
        base.mark_rule(strokeWidth=2, color=alt.expr("hue_a"), opacity=0.5).encode(
            x=alt.X("low:Q", scale=scale), x2="high:Q", y=y
        ),
        base.mark_point(filled=True, size=80, opacity=1, color=alt.expr("hue_a")).encode(
            x=along("gain:Q", "gain over no balancing (95% interval)", scale=scale), y=y, tooltip=tooltip
        ),
    ]
    return finished(drawn, (460, 150))


VIEW = ViewDefinition(
    name="balance",
    level=Level.SEARCH,
    question="Does balancing the classes help?",
    summary="Return what each way to balance the classes brought, against no balancing.",
    kinds=CLASSES,
    worker=False,
    compute=compute,
    charts={"balance": draw},
    concept=Concept(
        "class_balance",
        "Class balance",
        "If one class is rare, a model can be right most of the time without ever predicting it. Class weights, "
        "repeated rows of the rare class or fewer rows of the others make its errors count more while the model "
        "learns; a tuned threshold predicts the rare class earlier without another fit. Whether this helps depends "
        "on the metric: the order of the rows, and so ROC AUC, hardly changes.",
    ),
)
