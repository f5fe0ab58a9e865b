"""View "Why did this model win?": its lead over the runners-up, with its standard error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hitl_widget.charts.parts import Rows, along, chart, finished, halo, hue, name_axis, zero_line
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.explain.comparison import Comparison, compare, contender_of
from hitl_widget.explain.concepts import CORRECTED_TEST
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.phrases import capital, gap_in_words, listed
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "winner"]

_RIVALS, _DRAWN = 12, 14


def compute(source: Record) -> View:
    """Return the view of the recommended trial."""
    return winner(source.state, source.metric, source.labels, folds=source.task.split.parts)


def winner(state: SessionState, metric: Metric, labels: Mapping[str, str], *, folds: int | None = None) -> View:
    """Return the lead of the winner over the next trials and the best of each other family, with the noise.

    Parameters
    ----------
    state, metric, labels
        As of `course`.
    folds
        Folds of the whole division, for the corrected error.

    Returns
    -------
    View
        ``rivals``, the winner first, then the next ones and the best of each other family: trial, family, score (as
        people read it), gap, error, low, high, level (the interval of the lead holds zero), chosen.
    """
    if state.chosen is None:
        return VIEW.answer(("No trial is complete yet.",))
    best = state.trials[state.chosen]
    ranked = [number for number in state.leaders if number != best.number]
    families = [number for number in state.family_best.values() if state.may_lead(number) and number != best.number]
    order = list(dict.fromkeys((*ranked[:_RIVALS], *families)))
    order.sort(key=lambda number: -(state.trials[number].score or 0.0))
    pairs = [(state.trials[number], _lead(best, state.trials[number], metric, folds)) for number in order]
    rows = [_rival(metric, labels, best, None, True)]
    rows += [_rival(metric, labels, trial, found, False) for trial, found in pairs]
    name = f"{labels.get(best.family, best.family)} (trial {best.number})"
    if not pairs:
        said: tuple[str, ...] = (f"{name} is the only candidate so far.",)
    else:
        said = (_beats(metric, labels, name, *pairs[0]), _against_rivals(metric, labels, pairs))
        if _is_default(state, best):
            family = labels.get(best.family, best.family)
            said += (f"The winner is {family} with its default settings: tuning brought nothing so far.",)
    notes = []
    if state.best != best.number:
        notes.append("Chosen by your preferences, not by the score alone.")
    if len(state.leaders) > 1:
        tried = state.count(TrialState.COMPLETE, TrialState.STOPPED)
        free = " Its score on the holdout is free of this luck." if state.holdout is not None else ""
        notes.append(f"The best of {tried:,} trials is partly lucky: expect a slightly worse score on new data.{free}")
    return VIEW.answer(said, {"rivals": rows}, notes=tuple(notes), about={"trial": best.number, "family": best.family})


def _lead(best: Trial, other: Trial, metric: Metric, folds: int | None) -> Comparison | None:
    return compare(contender_of(best).scores, contender_of(other).scores, metric, folds=folds)


def _rival(
    metric: Metric, labels: Mapping[str, str], trial: Trial, found: Comparison | None, chosen: bool
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "trial": trial.number,
        "family": labels.get(trial.family, trial.family),
        "score": None if trial.score is None else metric.shown(trial.score),
        "chosen": chosen,
        "level": False if found is None else not found.decided,
    }
    return row | {name: None if found is None else getattr(found, name) for name in ("gap", "error", "low", "high")}


def _beats(metric: Metric, labels: Mapping[str, str], name: str, other: Trial, found: Comparison | None) -> str:
    next_one = f"the runner-up (trial {other.number}, {labels.get(other.family, other.family)})"
    if found is None:
        return f"{name} is ahead of {next_one}; one fold cannot tell whether that is more than chance."
    lead, noise = gap_in_words(metric, found.gap), gap_in_words(metric, found.error)
    if found.gap == 0:
        return f"{name} scores the same as {next_one}."
    if found.gap < 0:
        return (
            f"{name} scores {lead} worse than {next_one}. It is recommended because of other objectives, or because "
            "the other trial does not count."
        )
    if found.error == 0:
        return f"{name} beats {next_one} by {lead}, by the same on every fold."
    if found.gap < found.error:
        return f"{name} beats {next_one} by {lead}, less than the standard error of {noise}: either could have won."
    if not found.decided:
        return (
            f"{name} beats {next_one} by {lead}, with a standard error of {noise}: probably better, but not certainly."
        )
    return f"{name} beats {next_one} by {lead}, much more than the standard error of {noise}."


def _against_rivals(metric: Metric, labels: Mapping[str, str], pairs: Sequence[tuple[Trial, Comparison | None]]) -> str:
    """Return a sentence on the trials that the chart draws: how many are tied with the winner, which are behind."""
    known = sorted(((trial, found) for trial, found in pairs if found is not None), key=lambda pair: pair[1].gap)
    drawn = known[:_DRAWN]
    count = sum(not found.decided for _, found in drawn)
    behind = [
        f"{labels.get(trial.family, trial.family)} #{trial.number} (by {gap_in_words(metric, found.gap)})"
        for trial, found in drawn
        if found.low > 0
    ]
    first = (
        f"{count or 'none'} of the {plural(len(drawn), 'trial')} in the chart {'is' if count == 1 else 'are'} "
        "statistically tied with the recommended model"
    )
    if not behind:
        return capital(f"{first}.")
    return capital(f"{first}; {listed(behind)} {'is' if len(behind) == 1 else 'are'} clearly behind.")


def _is_default(state: SessionState, trial: Trial) -> bool:
    """Return whether a trial has the default settings of its family, of which there are some to tune."""
    parameters = state.base.of(trial.family)
    return bool(parameters) and all(trial.config.get(one.name, one.default) == one.default for one in parameters)


def draw(rivals: Rows = ()) -> Any:
    """Draw the lead of the winner over each rival, with intervals; tied ones are gray.

    Parameters
    ----------
    rivals
        Rows of the view of this name.
    """
    import altair as alt

    # A lead of more than 2.5 times the usual one is drawn at the edge, with its figure.
    base = (
        chart("rivals", rivals)
        .transform_filter("!datum.chosen && isValid(datum.gap)")
        .transform_window(place="row_number()", sort=[alt.SortField("gap")])
        .transform_filter(f"datum.place <= {_DRAWN}")
        .transform_calculate(
            name="datum.family + ' (trial ' + datum.trial + ')'",
            size="isValid(datum.low) ? max(abs(datum.low), abs(datum.high)) : abs(datum.gap)",
        )
        .transform_joinaggregate(usual="median(size)")
        .transform_calculate(reach="2.5 * datum.usual")
        .transform_calculate(
            begin="clamp(datum.low, -datum.reach, datum.reach)",
            at="clamp(datum.gap, -datum.reach, datum.reach)",
            end="clamp(datum.high, -datum.reach, datum.reach)",
            far="abs(datum.gap) > datum.reach",
            side="datum.gap < 0 ? -1 : 1",
        )
    )
    y = alt.Y("name:N", sort=alt.SortField("gap"), title=None, axis=name_axis())
    colour = hue("datum.level", "faint", "machine")
    x = along(
        "at:Q", "lead over the rival; below 0 the rival is better (gray: statistically tied)", axis={"format": "+,.3~r"}
    )
    tooltip = [
        alt.Tooltip("name:N"),
        alt.Tooltip("gap:Q", title="lead", format="+,.3~r"),
        alt.Tooltip("error:Q", title="standard error", format=",.2~r"),
    ]
    drawn = [
        zero_line(),
        base.mark_rule(strokeWidth=3, opacity=0.4, color=colour).encode(x=alt.X("begin:Q"), x2="end:Q", y=y),
        base.mark_point(
            filled=True,
            size=70,
            opacity=1,
            color=colour,
            shape=alt.expr("!datum.far ? 'circle' : datum.side < 0 ? 'triangle-left' : 'triangle-right'"),
        ).encode(x=x, y=y, tooltip=tooltip),
        *halo(
            base.transform_filter("datum.far").encode(x=x, y=y),
            alt.Text("gap:Q", format="+,.2~r"),
            align=alt.expr("datum.side < 0 ? 'left' : 'right'"),
            dx=alt.expr("-9 * datum.side"),
        ),
    ]
    return finished(drawn, (560, 300))


VIEW = ViewDefinition(
    name="winner",
    level=Level.SEARCH,
    question="Why did the best model win?",
    summary="Return why the recommended model won: its lead over the runners-up, with its standard error.",
    worker=False,
    compute=compute,
    charts={"winner": draw},
    concept=CORRECTED_TEST,
)
