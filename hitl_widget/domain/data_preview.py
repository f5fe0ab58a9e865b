"""Preview of a data change: what it would do to the trials."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.data_choices import ANY_VIEW, DataChoices
from hitl_widget.domain.figures import duration
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState

__all__ = ["DataPreview", "preview_data"]


@dataclass(frozen=True, slots=True)
class DataPreview:
    """Effect of a data change on the trials.

    Parameters
    ----------
    stay
        Complete trials that keep counting.
    leave
        Complete trials on the current columns that would be set aside.
    back
        Complete trials that were set aside and would count again.
    running
        Running trials, which finish on the current columns.
    best_leaves
        True if the best trial would be set aside.
    seconds
        Estimate, in seconds, of the time to measure the best configuration of each family again; 0 if none is.
    of_rows
        True if the rows change: their division, weights, labels or number.
    of_target
        True if another column is predicted.
    new_holdout
        Rows of another holdout, and how many of them trials have used; None if it stays the same rows.
    facts
        Sentences on what changes besides.
    """

    stay: int
    leave: int
    back: int
    running: int
    best_leaves: bool
    seconds: float = 0.0
    of_rows: bool = False
    of_target: bool = False
    new_holdout: tuple[int, int] | None = None
    facts: str = ""

    def sentence(self) -> str:
        """Return the effect as a sentence."""
        said = []
        if self.of_target:
            return self._of_target()
        what = "rows" if self.of_rows else "columns"
        if self.leave:
            one = "1 trial is" if self.leave == 1 else f"{self.leave:,} trials are"
            them = "it" if self.leave == 1 else "them"
            best = ", including the best one" if self.best_leaves and self.leave > 1 else ""
            said.append(f"{one} set aside{best}, because the {what} differ; undo restores {them}.")
        if self.back:
            one = f"1 trial with exactly these {what} counts" if self.back == 1 else ""
            said.append(f"{one or f'{self.back:,} trials with exactly these {what} count'} again.")
        if self.running:
            one = "1 running trial finishes" if self.running == 1 else f"{self.running:,} running trials finish"
            said.append(f"{one} with the previous {what}.")
        if not said:
            said.append(f"No trial has finished yet, so all trials will use these {what}.")
        if self.leave:
            cost = f": about {duration(self.seconds)}" if self.seconds >= 1 else ""
            again = f"best configuration of each family runs again{cost}."
            same = "Folds and holdout stay the same, so scores remain comparable; the"
            said.append(f"{'The' if self.of_rows else same} {again}")
        return " ".join([*said, *self._of_holdout()])

    def _of_holdout(self) -> list[str]:
        """Return a sentence on another holdout."""
        if self.new_holdout is None:
            return []
        rows, seen = self.new_holdout
        if not rows:
            return ["Without a holdout, no score tells how good the model is on rows that the search has never used."]
        if not seen:
            return [f"The new holdout has {rows:,} rows, which no trial has used."]
        which = f"all {rows:,} rows" if seen == rows else f"{seen:,} of the {rows:,} rows"
        return [f"Trials have used {which} of the new holdout, so its score will be too good."]

    def _of_target(self) -> str:
        """Return the effect of another target as a sentence."""
        said = [self.facts] if self.facts else []
        if self.leave:
            one = "1 trial is" if self.leave == 1 else f"{self.leave:,} trials are"
            them, it = ("its score is", "it") if self.leave == 1 else ("their scores are", "them")
            said.append(f"{one} set aside, because {them} of the former target; undo restores {it}.")
        if self.back:
            one = "1 trial that predicted it counts" if self.back == 1 else ""
            said.append(f"{one or f'{self.back:,} trials that predicted it count'} again.")
        if self.running:
            one = "1 running trial finishes" if self.running == 1 else f"{self.running:,} running trials finish"
            said.append(f"{one} with the former target.")
        if self.leave:
            cost = f": about {duration(self.seconds)}" if self.seconds >= 1 else ""
            said.append(f"The best configuration of each family runs first{cost}.")
        said.append("The holdout stays the same rows, and the former target becomes a column.")
        return " ".join(said)


def preview_data(
    state: SessionState,
    choices: DataChoices,
    workers: int = 1,
    new_holdout: tuple[int, int] | None = None,
    facts: str = "",
) -> DataPreview:
    """Return the effect of changing the data to these choices.

    Parameters
    ----------
    state
        The session's state.
    choices
        The choices after the change.
    workers
        Trials that run at a time, for the estimate of the time.
    new_holdout, facts
        As of `DataPreview`.
    """
    then = state.views.index(choices) if choices in state.views else None
    judged_anew = choices.judged_by != state.steering.data.judged_by
    after_all = (then,) if judged_anew else (then, ANY_VIEW)
    inside = state.space.contains()
    stay = leave = back = running = 0
    again: dict[str, Trial] = {}
    for trial in state.trials:
        if trial.state is TrialState.RUNNING:
            running += trial.view != then
        if trial.state is not TrialState.COMPLETE or trial.view is None or not inside(trial.config):
            continue
        before, after = trial.view in (state.view, ANY_VIEW), trial.view in after_all
        stay += before and after
        leave += before and not after
        if before and not after and trial.score is not None:
            rival = again.get(trial.family)
            if rival is None or trial.score > (rival.score or 0.0):
                again[trial.family] = trial
        back += after and not before
    best = state.best_trial
    seconds = sum(one.seconds for one in again.values()) / max(workers, 1)
    leaves = best is not None and best.view not in after_all
    now = state.steering.data
    of_rows, of_target = choices.rows != now.rows, choices.target_name != now.target_name
    return DataPreview(stay, leave, back, running, leaves, seconds, of_rows, of_target, new_holdout, facts)
