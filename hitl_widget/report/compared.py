"""Several trials side by side: the settings that differ, the score of each fold, and the lead over the best. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hitl_widget.domain.figures import plural
from hitl_widget.domain.space import Value
from hitl_widget.domain.spelling import is_count
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial
from hitl_widget.errors import CommandError
from hitl_widget.explain.comparison import MOST_COMPARED, compare

if TYPE_CHECKING:
    import pandas as pd

    from hitl_widget.report.words import Words

__all__ = ["ComparedTrials", "compared_frame", "compared_trials"]


@dataclass(frozen=True, slots=True)
class ComparedTrials:
    """Trials side by side.

    Parameters
    ----------
    trials
        The trials, in the order of the request.
    settings
        By name, the value of each trial for each setting that differs. A setting that the family of a trial does not
        have is None there.
    same
        Number of settings that have the same value in all trials.
    folds
        Indices of the folds that at least one trial was scored on.
    best
        Position of the trial with the highest score; None without scores.
    leads
        For each trial, how it compares with the best one on the same folds; empty for the best itself.
    """

    trials: tuple[Trial, ...]
    settings: dict[str, tuple[Value, ...]]
    same: int
    folds: tuple[int, ...]
    best: int | None
    leads: tuple[str, ...]

    def score(self, position: int, fold: int) -> float | None:
        """Return the score of a trial on a fold; None if it was not scored there."""
        return next((one.score for one in self.trials[position].folds if one.fold == fold), None)


def compared_trials(words: Words, state: SessionState, numbers: Sequence[int]) -> ComparedTrials:
    """Return two to five trials side by side.

    Raises
    ------
    CommandError
        If fewer than two or more than five trials are given, if one is given twice, does not exist or predicts another
        target.
    """
    trials = _checked(state, numbers)
    other = next((one for one in trials if state.of_other_target(one)), None)
    if other is not None:
        target = state.view_of(other).choices.scored(words.given).target
        raise CommandError(
            f"Trial {other.number} predicts {target}, not {words.task.target}, so its scores do not compare. Compare "
            "trials of the current target."
        )
    names = [one.name for one in state.base.parameters if any(one.name in trial.config for trial in trials)]
    values = {name: tuple(trial.config.get(name) for trial in trials) for name in names}
    settings = {name: found for name, found in values.items() if any(one != found[0] for one in found)}
    split = words.task.split
    folds = tuple(sorted({fold.fold for trial in trials for fold in trial.folds}, key=split.number_of))
    scored = [(trial.score, -i) for i, trial in enumerate(trials) if trial.score is not None]
    best = -max(scored)[1] if scored else None
    leads = tuple("" if best is None else _lead(words, trials[best], trial) for trial in trials)
    return ComparedTrials(trials, settings, len(values) - len(settings), folds, best, leads)


def compared_frame(found: ComparedTrials, words: Words) -> pd.DataFrame:
    """Return the comparison as a table with a column for each trial."""
    import pandas as pd

    rows: dict[str, list[object]] = {"family": [trial.family for trial in found.trials]}
    label, sign = words.metric.label, words.metric.sign
    rows[label] = [None if trial.score is None else sign * trial.score for trial in found.trials]
    rows["std"] = [trial.std for trial in found.trials]
    for fold in found.folds:
        scores = [found.score(i, fold) for i in range(len(found.trials))]
        rows[f"fold {words.task.split.number_of(fold)}"] = [None if one is None else sign * one for one in scores]
    rows |= {name: list(values) for name, values in found.settings.items()}
    numbers = [trial.number for trial in found.trials]
    return pd.DataFrame.from_dict(rows, orient="index", columns=numbers, dtype=object)


def _checked(state: SessionState, numbers: Sequence[int]) -> tuple[Trial, ...]:
    if not 2 <= len(numbers) <= MOST_COMPARED:
        raise CommandError(f"Two to {MOST_COMPARED} trials can be compared; got {len(numbers)}.")
    for number in numbers:
        if not is_count(number):
            raise CommandError(f"A trial must be given by its number; got {number!r}.")
        if not 0 <= number < len(state.trials):
            raise CommandError(f"There is no trial {number}; the record has {plural(len(state.trials), 'trial')}.")
    if len(set(numbers)) < len(numbers):
        raise CommandError("Each trial can be compared once; one number was given twice.")
    return tuple(state.trials[number] for number in numbers)


def _lead(words: Words, best: Trial, trial: Trial) -> str:
    if trial is best:
        return ""
    ahead, behind = ({fold.fold: fold.score for fold in one.folds} for one in (best, trial))
    names = (f"#{best.number}", f"#{trial.number}")
    found = compare(ahead, behind, words.task.metric, names=names, folds=words.task.split.parts)
    return "The trials have fewer than two folds in common." if found is None else found.sentence
