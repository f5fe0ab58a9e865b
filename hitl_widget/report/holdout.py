"""The holdout's scores in sentences. Pure."""

from __future__ import annotations

import math

from hitl_widget.domain.data_choices import NO_CHOICES
from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.event import HoldoutMeasured
from hitl_widget.domain.figures import score_in_words
from hitl_widget.domain.state import SessionState, judged_today
from hitl_widget.domain.task import SplitScheme, Task
from hitl_widget.domain.trial import TrialState
from hitl_widget.report.words import Words, number, plural

__all__ = [
    "evaluations",
    "holdout_gap",
    "holdout_line",
    "holdout_rival",
    "holdout_sentence",
    "not_offered",
    "offered_label",
]

_NOTABLE, _FAR = 0.5, 2.0
"""Standard errors between the scores of cross-validation and the holdout that are mentioned, and that are far."""


def holdout_sentence(words: Words, state: SessionState, caution: str = "") -> str:
    """Return the holdout scores in words, or "" before they are evaluated.

    The holdout is evaluated once, on the models that were offered then; the sentence names the model when another one
    leads now.

    Parameters
    ----------
    words, state
        The vocabulary and the state of the session.
    caution
        The caution that follows the scores, as of `hitl_widget.report.caution.caution`.
    """
    holdout = state.holdout
    if holdout is None:
        return ""
    then = state.trials[holdout.trial]
    model, scores = f"{words.label(then)} #{then.number}", "scores"
    if then.family in words.baselines:
        model = "the constant prediction"
    elif state.on_other_data(then):
        model, scores = f"{model}, fitted before the data changed,", "scored"
    elif holdout.trial == (state.best if state.chosen is None else state.chosen):
        model = f"the recommended model, {model},"
    elif holdout.trial == state.best:
        model = f"the best model in cross-validation, {model},"
    else:
        model = f"{model}, which led then,"
    error = _error(words, holdout.models[0]) if holdout.models else None
    text = f"{_on(state, holdout)}, {model} {scores} {words.metric.label} {words.score(holdout.best, error)}"
    if holdout.models:
        text += _interval(words, holdout.models[0])
    if holdout.ensemble is not None:
        text += f"; the ensemble {scores} {words.score(holdout.ensemble, error)}"
    return f"{text}.{_seen(holdout)} {caution}".strip()


def _on(state: SessionState, holdout: HoldoutMeasured) -> str:
    """Return the beginning of a sentence on holdout scores: the rows, and how often they were used if not once."""
    often = evaluations(state)
    return f"On the holdout ({holdout.rows:,} rows{'' if often == 'once' else f', evaluated {often}'})"


def _seen(holdout: HoldoutMeasured) -> str:
    """Return a sentence on rows of the holdout that are not unseen, or ""."""
    if not holdout.seen:
        return ""
    which = "All its rows" if holdout.seen == holdout.rows else f"{holdout.seen:,} of its rows"
    return f" {which} were used by earlier trials, so this score may be too good."


def evaluations(state: SessionState) -> str:
    """Return how often the holdout was evaluated: once for each metric and set of rows that the session went on by."""
    known = {*state.holdouts, *(() if state.holdout is None else (state.holdout.judged_by,))}
    known = {one for one in known if judged_today(state, one)}
    if len(known) < 2:
        return "once"
    return f"by {len(known)} metrics" if len({rows for _, rows in known}) == 1 else f"{len(known)} times"


def holdout_line(words: Words, state: SessionState, holdout: HoldoutMeasured) -> str:
    """Return the holdout scores of an event in words; by another metric than today's, with its name."""
    if holdout == state.holdout:
        return holdout_sentence(words, state)
    judged = next((one for one in state.views if one.judged_by == holdout.judged_by), NO_CHOICES)
    metric = judged.metric_of(words.given)
    model = f"{words.label(state.trials[holdout.trial])} #{holdout.trial}"
    return f"{_on(state, holdout)}, {model} scored {metric.label} {score_in_words(metric, holdout.best)}."


def _error(words: Words, model: OfferedModel) -> float | None:
    """Return a quarter of the 95% interval, the standard error by which its figures are rounded; None without one."""
    if model.low is None or model.high is None:
        return None
    return abs(words.metric.shown(model.high) - words.metric.shown(model.low)) / 4


def _interval(words: Words, model: OfferedModel) -> str:
    """Return the 95% interval in brackets, or "" where there is none."""
    if model.low is None or model.high is None:
        return ""
    ends = sorted((words.metric.shown(model.low), words.metric.shown(model.high)))
    error = _error(words, model)
    return f" (95% interval {number(ends[0], error)} to {number(ends[1], error)})"


def holdout_gap(words: Words, state: SessionState) -> tuple[str, bool]:
    """Return a sentence if the holdout score is below the cross-validated one, and whether it is far below.

    Far means two standard errors of their difference: that of the holdout from its interval, that of the mean over
    folds corrected for shared training rows (Nadeau & Bengio, 2003). Less than half of one is not mentioned.
    """
    holdout = state.holdout
    if holdout is None or not holdout.models or state.on_other_data(state.trials[holdout.trial]):
        return "", False
    model, trial = holdout.models[0], state.trials[holdout.trial]
    folds = len(trial.folds)
    if trial.score is None or trial.std is None or model.low is None or model.high is None or folds < 2:
        return "", False
    error = math.hypot((model.high - model.low) / 3.92, trial.std * math.sqrt(1 / folds + 1 / (folds - 1)))
    gap, scores = trial.score - model.score, (words.score(model.score, error), words.score(trial.score, error))
    if gap <= _NOTABLE * error:
        return "", False
    if gap > _FAR * error:
        lead = f"The holdout score {scores[0]} is well below the cross-validated {scores[1]}{_units(words)}."
        return f"{lead} {_likely_reason(words.task)}", True
    by = f"{number(gap, error)} ± {number(error, error)} SE"
    why = _possible_reason(words.task, state.count(TrialState.COMPLETE, today=True))
    return (
        f"The holdout score {scores[0]} is worse than the cross-validated {scores[1]} by {by}, within noise. {why}",
        False,
    )


def _possible_reason(task: Task, trials: int) -> str:
    match task.split.scheme:
        case SplitScheme.FORWARD:
            return (
                f"Its rows are the latest by {task.split.column} and may differ from earlier ones: the warnings in "
                "Data name the columns that do."
            )
        case SplitScheme.GROUPED:
            return f"It holds other values of {task.split.column}."
        case _:
            return f"The best of {plural(trials, 'trial')} is also partly lucky in cross-validation."


def holdout_rival(words: Words, state: SessionState) -> str:
    """Return a sentence if another offered model scores better on the holdout than the best one, or "".

    A model that is recommended for other objectives may well score less.
    """
    holdout = state.holdout
    if holdout is None or not holdout.models or any(state.on_other_data(state.trials[n]) for n in _trials(holdout)):
        return ""
    first, *others = holdout.models
    if first.name == "preferred":
        return ""
    top = max(others, key=lambda one: one.score, default=first)
    if top.score <= first.score:
        return ""
    name = offered_label(words, state, top)
    subject = name.replace(", #", " #") if top.name != "ensemble" else f"The {name[0].lower()}{name[1:]}"
    lead = f"{subject} scores better on the holdout ({words.score(top.score)})"
    slower = _slower(first, top)
    recommended = offered_label(words, state, first).replace(", #", " #")
    stay = f"Take {recommended}, the recommended model: {_BEST}{slower[1]}."
    if top.ahead is None:
        return f"{lead}; older versions did not measure whether that is chance. {stay}"
    lead += f", on the same rows by {_difference(words, top.ahead)}"
    if top.ahead[1] <= 0:
        return f"{lead}, which may be chance. {stay}"
    if not slower[0]:
        return f"{lead}. Take it for the best score; {recommended} is the best single model in cross-validation."
    return f"{lead}{slower[0]}. Take it for the best score, or {recommended} if prediction time matters."


_BEST = "it is the best single model in cross-validation"
_MUCH = 1.5
"""Times as long to predict that are mentioned."""


def _slower(first: OfferedModel, top: OfferedModel) -> tuple[str, str]:
    """Return how much slower the second model predicts, and how much faster the first one, in words; or ""."""
    if first.predict_ms is None or top.predict_ms is None or top.predict_ms < _MUCH * first.predict_ms:
        return "", ""
    times = f"{top.predict_ms / first.predict_ms:.2g} times"
    return f", but takes {times} as long to predict", f" and predicts {times} as fast"


def _difference(words: Words, ahead: tuple[float, float, float]) -> str:
    """Return a paired difference with its interval; positive is better."""
    value, low, high = (number(abs(one), (ahead[2] - ahead[1]) / 4) for one in ahead)
    return f"{value} (paired 95% interval {'−' if ahead[1] < 0 else ''}{low} to {high})"


def _trials(holdout: HoldoutMeasured) -> set[int]:
    return {number for one in holdout.models for number, _ in one.members}


def not_offered(words: Words, state: SessionState) -> str:
    """Return a sentence if the trial recommended now was not among the models offered at the end, or ""."""
    holdout, number = state.holdout, state.chosen
    if holdout is None or number is None or number == holdout.trial:
        return ""
    if any(one.members == ((number, 1.0),) for one in holdout.models):
        return ""
    seqs = (record.seq for record in state.story if record.event == holdout)
    known = state.trials[number].ended < next(seqs, 0)
    why = (
        "it was not recommended when the holdout was evaluated"
        if known
        else "the holdout was evaluated before it ended"
    )
    return (
        f"#{number} ({words.label(state.trials[number])}) is recommended now. It has no holdout score, because {why}."
    )


def _units(words: Words) -> str:
    return " (lower is better)" if words.metric.sign < 0 else ""


def _likely_reason(task: Task) -> str:
    match task.split.scheme:
        case SplitScheme.FORWARD:
            return (
                f"Its rows are the latest by {task.split.column}, and they differ from earlier ones; expect the score "
                "to keep changing, and retrain often."
            )
        case SplitScheme.GROUPED:
            return (
                f"It holds other values of {task.split.column}, and these differ from each other; expect similar "
                "differences on new ones."
            )
        case _:
            return (
                "The best of many trials is partly lucky, and equal or related rows on both sides of the folds make "
                "cross-validated scores too good; check the warnings in Data."
            )


def offered_label(words: Words, state: SessionState, model: OfferedModel) -> str:
    """Return the name of an offered model, for example ``"Ensemble of 4 models"`` or ``"LightGBM #12"``."""
    if model.name == "ensemble":
        return f"Ensemble of {plural(len(model.members), 'model')}"
    trial = state.trials[model.members[0][0]]
    return f"{words.label(trial)} #{trial.number}"
