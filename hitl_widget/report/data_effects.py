"""The effect of a data change: the same configuration on the same folds, before and after. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.steering import Act, Generation
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.preference.challenge import within_noise
from hitl_widget.report.words import Words, number

__all__ = ["DataEffect", "effect_in_words", "effect_of", "effect_of_generation", "repeat_in_words", "signed_change"]


@dataclass(frozen=True, slots=True)
class DataEffect:
    """A configuration that was evaluated before and after a data change.

    Parameters
    ----------
    before, after
        The two trials.
    change
        Mean change of the score over their common folds, greater is better.
    error
        Its standard error.
    folds
        Number of common folds.
    """

    before: Trial
    after: Trial
    change: float
    error: float
    folds: int


def effect_of(state: SessionState, act: Act) -> DataEffect | None:
    """Return the effect of a change of the columns on the best configuration that was evaluated again, if there is one.

    A change of the rows has none: scores on other rows do not compare fold by fold.
    """
    if act.before.data == act.after.data or act.before.data.rows != act.after.data.rows:
        return None
    was, now = state.views.index(act.before.data), state.views.index(act.after.data)
    again = (one for one in state.trials if one.parent is not None and one.view == now)
    pairs = [(former, one) for one in again if (former := state.repeated(one)) is not None and former.view == was]
    complete = [pair for pair in pairs if all(one.state is TrialState.COMPLETE for one in pair)]
    ordered = sorted(complete, key=lambda pair: (-(pair[0].score or 0.0), pair[1].number))
    return next((found for pair in ordered if (found := _compared(*pair)) is not None), None)


def _compared(before: Trial, after: Trial) -> DataEffect | None:
    found = within_noise(after, before)
    if found is None:
        return None
    folds = {one.fold for one in before.folds} & {one.fold for one in after.folds}
    return DataEffect(before, after, *found, len(folds))


def effect_of_generation(state: SessionState, generation: Generation) -> DataEffect | None:
    """Return the effect of the data change that started a generation, or None."""
    act = None if generation.act is None else state.act(generation.act)
    if act is None or state.views.index(act.after.data) != generation.view:  # it was undone
        return None
    return effect_of(state, act)


def effect_in_words(words: Words, state: SessionState, act: Act) -> str:
    """Return a sentence on the effect of a data change, or "" for another act and while nothing is measured.

    A lower score without a column that a warning called leakage is no loss, and the sentence says so.
    """
    if act.undone or act.before.data == act.after.data or not _of_today(state, act):
        return ""
    if act.before.data.rows != act.after.data.rows:
        return _of_rows(words, state, act)
    found = effect_of(state, act)
    if found is None:
        waits = state.phase is Phase.RUNNING and act.after.data == state.steering.data
        return "Not measured yet: the best configuration of each family is evaluated again first." if waits else ""
    return _said(words, act, found)


def repeat_in_words(words: Words, state: SessionState, trial: Trial) -> str:
    """Return a sentence on the effect of a data change on the configuration that a trial evaluates again, or ""."""
    act, former = _change_shown_by(state, trial), state.repeated(trial)
    if act is not None and not _of_today(state, act):
        return ""
    if act is not None and former is not None and act.before.data.rows != act.after.data.rows:
        return f"Effect of “{act.title}”: {_on_other_rows(words, former, trial)}"
    found = None if act is None or former is None else _compared(former, trial)
    if act is None or found is None:
        return ""
    return f"Effect of “{act.title}”: {_said(words, act, found)}"


def _of_today(state: SessionState, act: Act) -> bool:
    """Return whether both sides of a change predict today's target, so that their scores can be told."""
    today = state.steering.data.target_name
    return act.before.data.target_name == act.after.data.target_name == today


def _said(words: Words, act: Act, found: DataEffect) -> str:
    before, after = (words.score(one.score or 0.0, found.error) for one in (found.before, found.after))
    change = signed_change(words, found)
    verb = "fell" if change.startswith("−") else "rose"
    said = (
        f"{words.metric.label} {verb} from {before} ({words.label(found.before)} #{found.before.number}) to {after} "
        f"(#{found.after.number}, same configuration, same {found.folds} folds), "
        f"{change} ± {number(found.error, found.error)} SE."
    )
    if act.leaks and found.change < 0:
        columns = " and ".join(f"“{name}”" for name in act.leaks)
        said += f" A warning called {columns} possible target leakage: the score without it is the honest one."
    return said


def _of_rows(words: Words, state: SessionState, act: Act) -> str:
    """Return a sentence on the best configuration that was evaluated again on other rows, or ""."""
    was, now = state.views.index(act.before.data), state.views.index(act.after.data)
    again = [one for one in state.trials if one.view == now and one.state is TrialState.COMPLETE]
    pairs = [(former, one) for one in again if (former := state.repeated(one)) is not None and former.view == was]
    if not pairs:
        waits = state.phase is Phase.RUNNING and act.after.data == state.steering.data
        return "Not measured yet: the best configuration of each family is evaluated again first." if waits else ""
    return _on_other_rows(words, *max(pairs, key=lambda pair: (pair[0].score or 0.0, -pair[1].number)))


def _on_other_rows(words: Words, former: Trial, trial: Trial) -> str:
    scores = [words.score(one.score or 0.0, one.std) for one in (former, trial)]
    return (
        f"{words.metric.label} {scores[0]} ({words.label(former)} #{former.number}) became {scores[1]} "
        f"(#{trial.number}, same configuration). The rows differ, so only the later score tells how good the model is."
    )


def signed_change(words: Words, effect: DataEffect) -> str:
    """Return the change of the displayed score with its sign, for example ``"−0.138"``.

    It is the difference of the two scores as displayed, so that they add up.
    """
    change = words.metric.sign * effect.change
    if effect.folds == len(effect.before.folds) == len(effect.after.folds):
        before, after = (_rounded(words, one, effect.error) for one in (effect.before, effect.after))
        change = after - before
    return f"{'−' if change < 0 else '+'}{number(abs(change), effect.error)}"


def _rounded(words: Words, trial: Trial, error: float) -> float:
    return float(words.score(trial.score or 0.0, error).replace(",", ""))


def _change_shown_by(state: SessionState, trial: Trial) -> Act | None:
    """Return the data change whose effect a repeated trial shows, or None."""
    former = state.repeated(trial)
    if former is None or trial.state is not TrialState.COMPLETE:
        return None
    opened = (one for one in reversed(state.generations) if one.number <= trial.generation and one.view == trial.view)
    acts = (state.act(one.act) for one in opened if one.act is not None)
    views = state.views
    shown = (one for one in acts if one is not None and views.index(one.after.data) == trial.view)
    return next((one for one in shown if views.index(one.before.data) == former.view), None)
