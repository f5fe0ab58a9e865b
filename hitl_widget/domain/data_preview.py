"""What a change of the data would do to the record, before it is made."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.data_choices import ANY_VIEW, DataChoices
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import TrialState

__all__ = ["DataPreview", "preview_data"]


@dataclass(frozen=True, slots=True)
class DataPreview:
    """What becomes of the trials.

    Parameters
    ----------
    stay
        Complete trials that go on counting.
    leave
        Complete trials that were measured on today's columns and would be kept aside.
    back
        Complete trials that were kept aside and would count again.
    running
        Trials in work, which finish on today's columns.
    best_leaves
        Whether the best trial of today is among those that leave.
    """

    stay: int
    leave: int
    back: int
    running: int
    best_leaves: bool

    def sentence(self) -> str:
        """Say it in words."""
        said = []
        if self.leave:
            one = "1 trial was" if self.leave == 1 else f"{self.leave:,} trials were"
            kept = "it stays" if self.leave == 1 else "they stay"
            them = "it" if self.leave == 1 else "them"
            best = ", the best one among them" if self.best_leaves and self.leave > 1 else ""
            said.append(f"{one} measured on other columns{best}: {kept} in the record, grey; undo brings {them} back.")
        if self.back:
            one = "1 trial was" if self.back == 1 else f"{self.back:,} trials were"
            said.append(f"{one} measured on exactly these columns and will count again.")
        if self.running:
            one = "1 trial in work finishes" if self.running == 1 else f"{self.running:,} trials in work finish"
            said.append(f"{one} on the columns as they were.")
        if not said:
            return "Nothing was measured yet: all trials will read the columns so."
        if self.leave:
            said.append("Folds and holdout stay as they are, so scores compare; the best settings are measured anew.")
        return " ".join(said)


def preview_data(state: SessionState, choices: DataChoices) -> DataPreview:
    """Return what a change of the data to these choices would do.

    Parameters
    ----------
    state
        The state of the session.
    choices
        How the columns would enter the models.
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
