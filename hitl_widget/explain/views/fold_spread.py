"""View "How much does the score depend on the split?": the score of each fold."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean, stdev
from typing import Any

from hitl_widget.charts.parts import Rows, along, chart, finished
from hitl_widget.domain.figures import number, plural, score_in_words
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Split
from hitl_widget.domain.trial import Trial
from hitl_widget.explain.comparison import mean_error
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.evidence import fold_effects
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import gap_in_words
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "fold_spread"]

_ODD, _ADDED = 2.5, 0.15


_UNCERTAINTY = (
    "SD is the spread of the folds. SE, the standard error, is the uncertainty of their mean; it is corrected because "
    "folds share training rows, so it is more than SD divided by the root of their number."
)


def compute(source: Record) -> View:
    """Return the view of the trial."""
    return fold_spread(source.state, source.trial, source.metric, source.task.split)


def fold_spread(state: SessionState, trial: Trial, metric: Metric, split: Split) -> View:
    """Return the score of each fold, and whether a hard fold is hard for other trials too.

    Parameters
    ----------
    state
        The session, for how hard each fold is for other trials.
    trial
        The trial.
    metric
        The metric to display.
    split
        The folds.

    Returns
    -------
    View
        ``folds``: fold (from 1), score and usual (as displayed: usual is the mean of the trial, moved by how easy
        the fold is), rows, seconds.
    """
    about = {"trial": trial.number, "family": trial.family}
    if not trial.folds:
        return VIEW.answer(("This trial has no scored folds.",), about=about)
    scores = {one.fold: one.score for one in trial.folds}
    mean = fmean(scores.values())
    effects = fold_effects(state)
    here = fmean(effects.get(fold, 0.0) for fold in scores)
    rows = [
        {
            "fold": split.number_of(one.fold),
            "score": metric.shown(one.score),
            "usual": metric.shown(mean + effects.get(one.fold, 0.0) - here),
            "rows": one.rows,
            "seconds": one.seconds,
        }
        for one in sorted(trial.folds, key=lambda one: split.number_of(one.fold))
    ]
    return VIEW.answer(
        _spread_words(metric, scores, effects, split),
        {"folds": rows},
        notes=((_UNCERTAINTY,) if len(scores) > 1 else ())
        + (("With so few folds, the spread is uncertain.",) if len(scores) < 4 else ()),
        about=about,
    )


def _spread_words(
    metric: Metric, scores: Mapping[int, float], effects: Mapping[int, float], split: Split
) -> tuple[str, ...]:
    values = list(scores.values())
    if len(values) < 2:
        return (f"One fold scored {score_in_words(metric, values[0])}; the spread between folds is not known.",)
    mean, spread, error = fmean(values), stdev(values), mean_error(values, split.parts)
    low, high = sorted((metric.shown(min(values)), metric.shown(max(values))))
    first = (
        f"Over {plural(len(values), 'fold')}, {metric.label} ranges from {number(low, spread)} to "
        f"{number(high, spread)}; the mean is {score_in_words(metric, mean, error)} ± {number(error or 0.0, error)} SE."
    )
    worst = min(scores, key=lambda fold: scores[fold])
    ease = effects.get(worst, 0.0)
    below = scores[worst] - mean
    if below == 0:
        return (first,)
    if effects and ease < 0.5 * below:
        usual = "the hardest for most trials" if ease == min(effects.values()) else "hard for most trials, too"
        second = f"Fold {split.number_of(worst)} scores worst. It is {usual}"
        second += _share_of_rows(metric, scores, effects, worst)
    else:
        others = [value for fold, value in scores.items() if fold != worst]
        odd = len(others) > 1 and below < -_ODD * stdev(others)
        name = split.number_of(worst)
        second = (
            f"Fold {name} is far worse than the others, but not hard for other trials: look at its rows."
            if odd
            else f"No fold stands out; fold {name} scores worst."
        )
    return first, second


def _share_of_rows(metric: Metric, scores: Mapping[int, float], effects: Mapping[int, float], worst: int) -> str:
    """Return the end of a sentence: whether the rows of a fold explain its low score, or this model adds to it."""
    level = fmean(scores[fold] - effects.get(fold, 0.0) for fold in scores)
    own = {fold: score - level - effects.get(fold, 0.0) for fold, score in scores.items()}
    if own[worst] < -_ADDED * (fmean(scores.values()) - scores[worst]) and own[worst] == min(own.values()):
        return (
            f", but its rows are only part of the cause: this model falls {gap_in_words(metric, own[worst])} further "
            "behind on it than the typical trial does, more than on any other fold."
        )
    return ": its rows are the cause, not this model."


def draw(folds: Rows = ()) -> Any:
    """Draw the score of each fold, with a tick where its ease would put it.

    Parameters
    ----------
    folds
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("folds", folds).transform_calculate(name="'fold ' + datum.fold")
    y = alt.Y("name:N", title=None, axis=alt.Axis(ticks=False, domain=False, labelPadding=8))
    scale = alt.Scale(zero=False, padding=14)
    tooltip = [
        alt.Tooltip("score:Q", format=",.4~r"),
        alt.Tooltip("usual:Q", title="expected from other trials", format=",.4~r"),
        alt.Tooltip("rows:Q", format=","),
    ]
    drawn = [
        base.mark_rule(color=alt.expr("faint"), strokeDash=[4, 3]).encode(x=alt.X("mean(score):Q", scale=scale)),
        base.mark_tick(thickness=2, height=16, color=alt.expr("faint")).encode(x=alt.X("usual:Q"), y=y),
        base.mark_point(filled=True, size=80, opacity=1, color=alt.expr("hue_a")).encode(
            x=along("score:Q", "score (tick: typical score of this fold over all trials)", scale=scale),
            y=y,
            tooltip=tooltip,
        ),
    ]
    return finished(drawn, (460, 190))


VIEW = ViewDefinition(
    name="fold_spread",
    level=Level.ALGORITHM,
    question="How much does the score depend on the split?",
    summary="Return how much the score of a trial varies between folds.",
    options=(TRIAL,),
    worker=False,
    compute=compute,
    charts={"fold_spread": draw},
    concept=Concept(
        "cross_validation",
        "Cross-validation",
        "The rows are split into folds; each fold is predicted by a model fitted on the others. The mean is the "
        "score, and the spread shows how much it depends on the split. A fold that is hard for most models has "
        "difficult rows; that is not a fault of this model.",
    ),
)
