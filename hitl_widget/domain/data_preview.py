"""Preview of a data change: what it would do to the trials."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.data_choices import ANY_VIEW, DataChoices
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import TrialState

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
    """

    stay: int
    leave: int
    back: int
    running: int
    best_leaves: bool

    def sentence(self) -> str:
        """Return the effect as a sentence."""
        said = []
        if self.leave:
            one = "1 trial is" if self.leave == 1 else f"{self.leave:,} trials are"
            them = "it" if self.leave == 1 else "them"
            best = ", including the best one" if self.best_leaves and self.leave > 1 else ""
            said.append(f"{one} set aside{best}, because the columns differ; undo restores {them}.")
        if self.back:
            one = "1 trial with exactly these columns counts" if self.back == 1 else ""
            said.append(f"{one or f'{self.back:,} trials with exactly these columns count'} again.")
        if self.running:
            one = "1 running trial finishes" if self.running == 1 else f"{self.running:,} running trials finish"
            said.append(f"{one} with the previous columns.")
        if not said:
            return "No trial has finished yet, so all trials will use these columns."
        if self.leave:
            said.append(
                "Folds and holdout stay the same, so scores remain comparable; the best configurations run again."
            )
        return " ".join(said)


def preview_data(state: SessionState, choices: DataChoices) -> DataPreview:
    """Return the effect of changing the data to these choices.

    Parameters
    ----------
    state
        The session's state.
    choices
        The choices after the change.
    """
    then = state.views.index(choices) if choices in state.views else None
    inside = state.space.contains()
    stay = leave = back = running = 0
    for trial in state.trials:
        if trial.state is TrialState.RUNNING:
            running += trial.view != then
        if trial.state is not TrialState.COMPLETE or trial.view is None or not inside(trial.config):
            continue
        before, after = trial.view in (state.view, ANY_VIEW), trial.view in (then, ANY_VIEW)
        stay += before and after
        leave += before and not after
        back += after and not before
    best = state.best_trial
    return DataPreview(stay, leave, back, running, best is not None and best.view not in (then, ANY_VIEW))
