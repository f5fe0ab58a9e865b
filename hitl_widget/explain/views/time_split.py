"""View "Where does the time go?": seconds of preparing, fitting and predicting."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, along, chart, finished
from hitl_widget.domain.figures import duration, plural
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import listed, percent
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "time_split"]

_PARTS = (("preparing", "prepare_seconds"), ("fitting", "fit_seconds"), ("predicting", "predict_seconds"))


def compute(source: Record) -> View:
    """Return the view of the trial."""
    return time_split(source.trial, source.state, source.labels)


def time_split(trial: Trial, state: SessionState, labels: Mapping[str, str]) -> View:
    """Return the time of a trial by part, beside the typical trial of each family.

    Parameters
    ----------
    trial
        The trial.
    state
        The session.
    labels
        Display names of families.

    Returns
    -------
    View
        ``times``: name ("trial 7", or a family: its median), of ("trial" or "family"), part, seconds a fold, order.
    """
    about = {"trial": trial.number, "family": trial.family}
    if not trial.folds:
        return VIEW.answer(("This trial has no measured folds.",), about=about)
    mine = {part: fmean(getattr(fold, name) for fold in trial.folds) for part, name in _PARTS}
    usual = _usual_times(state, trial)
    rows = _time_rows(f"trial {trial.number}", "trial", mine)
    for family, times in sorted(usual.items(), key=lambda item: sum(item[1].values())):
        rows += _time_rows(labels.get(family, family), "family", times)
    total = sum(mine.values())
    whole = sum(fold.seconds for fold in trial.folds)
    order = sorted(mine.items(), key=lambda item: -item[1])
    shares = [f"{percent(value / total)} {part}" for part, value in order] if total > 0 else []
    first = (
        f"{plural(len(trial.folds), 'fold')} took {duration(whole)} on one core: {listed(shares)}."
        if shares
        else "The trial took no measurable time."
    )
    return VIEW.answer(
        (first, *_time_words(trial, usual, labels, total)),
        {"times": rows},
        notes=("Preparations are shared: only the first trial that needs one spends time on it.",),
        about=about,
    )


def _usual_times(state: SessionState, but: Trial) -> dict[str, dict[str, float]]:
    """Return the median seconds a fold of each part, by family, over the other complete trials."""
    held: dict[str, list[Trial]] = {}
    for trial in state.trials:
        if trial.state is TrialState.COMPLETE and trial.folds and trial.number != but.number:
            held.setdefault(trial.family, []).append(trial)
    return {
        family: {
            part: float(np.median([getattr(fold, name) for one in trials[-100:] for fold in one.folds]))
            for part, name in _PARTS
        }
        for family, trials in held.items()
    }


def _time_rows(name: str, of: str, times: Mapping[str, float]) -> list[dict[str, Any]]:
    return [
        {"name": name, "of": of, "part": part, "seconds": value, "order": i}
        for i, (part, value) in enumerate(times.items())
    ]


def _time_words(
    trial: Trial, usual: Mapping[str, Mapping[str, float]], labels: Mapping[str, str], total: float
) -> tuple[str, ...]:
    own = usual.get(trial.family)
    others = {family: sum(times.values()) for family, times in usual.items() if family != trial.family}
    label = labels.get(trial.family, trial.family)
    if total <= 0 or (own is None and not others):
        return ()
    if own is None:
        slowest = max(others, key=lambda family: others[family])
        return (
            (
                f"No other {label} trial is complete; in other families, a fold takes up to "
                f"{duration(others[slowest])} ({labels.get(slowest, slowest)})."
            ),
        )
    ratio = total / max(sum(own.values()), 1e-9)
    how = (
        f"{ratio:.1f} times as long as"
        if ratio > 1.3
        else f"{percent(ratio)} of the time of"
        if ratio < 0.77
        else "about as long as"
    )
    said = f"That is {how} a typical {label} trial"
    if not others:
        return (said + ".",)
    fast = min(others, key=lambda family: others[family])
    slow = max(others, key=lambda family: others[family])
    if fast == slow:
        return (f"{said}; a fold of {labels.get(fast, fast)} takes {duration(others[fast])}.",)
    return (
        (
            f"{said}; in other families, a fold takes from {duration(others[fast])} ({labels.get(fast, fast)}) to "
            f"{duration(others[slow])} ({labels.get(slow, slow)})."
        ),
    )


def draw(times: Rows = ()) -> Any:
    """Draw the seconds of a fold, split into preparing, fitting and predicting, beside the usual ones of families.

    Parameters
    ----------
    times
        Rows of the view of this name.
    """
    import altair as alt

    base = chart("times", times)
    parts = ["preparing", "fitting", "predicting"]
    colour = alt.Color(
        "part:N",
        scale=alt.Scale(domain=parts, range=[alt.ExprRef("hue_b"), alt.ExprRef("hue_a"), alt.ExprRef("hue_c")]),
        legend=alt.Legend(title=None, orient="bottom"),
        sort=parts,
    )
    ours = alt.Axis(
        ticks=False,
        domain=False,
        labelPadding=8,
        labelLimit=200,
        labelFontWeight=alt.expr("substring(datum.label, 0, 6) === 'trial ' ? 600 : 400"),
    )
    order = alt.Y("name:N", title=None, axis=ours, sort=alt.EncodingSortField("seconds", op="sum", order="ascending"))
    bars = base.mark_bar(cornerRadius=2, height=alt.RelativeBandSize(0.62)).encode(
        x=along("seconds:Q", "seconds per fold"),
        y=order,
        color=colour,
        order="order:Q",
        tooltip=[alt.Tooltip("name:N"), alt.Tooltip("part:N"), alt.Tooltip("seconds:Q", format=".3~g")],
    )
    return finished([bars], (460, 220))


VIEW = ViewDefinition(
    name="time_split",
    level=Level.ALGORITHM,
    question="Where does the time go?",
    summary="Return how the time of a trial splits into preparing, fitting and predicting.",
    options=(TRIAL,),
    worker=False,
    compute=compute,
    charts={"time_split": draw},
    concept=Concept(
        "time",
        "Where time goes",
        "Preparing turns the table into a matrix, which trials with the same preparation share. Fitting happens "
        "once, predicting for each new row: a model that is slow to fit can be fast to use, and the other way "
        "round.",
    ),
)
