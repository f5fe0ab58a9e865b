"""What a search starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.space import Space, Value
from hitl_widget.domain.task import Task

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a search starts from.

    Parameters
    ----------
    settings
        JSON that the `Opened` event keeps, enough to open the session again.
    space
        The search space.
    starts
        Starting configurations, in order.
    baselines
        Names of the baseline families.
    constant
        Name of the family that predicts a constant.
    labels
        Names of the installed families as people know them.
    folds
        Folds of cross-validation.
    seed
        Seed of the search.
    budget_seconds, budget_trials
        Limits; None for none.
    autonomy
        Who takes the next step.
    trial_seconds
        Limit of one trial's wall time, or None for a share of the budget.
    holdout_rows
        Rows kept aside; 0 for none.
    folder
        The session's scratch folder.
    task
        What is learnt; None for a search that knows no further objectives.
    blobs
        What the journal keeps beside the events, by key; called once, on the controller's thread.
    """

    settings: dict[str, Any]
    space: Space
    starts: tuple[dict[str, Value], ...]
    baselines: frozenset[str]
    constant: str
    labels: Mapping[str, str]
    folds: int
    seed: int
    budget_seconds: float | None
    budget_trials: int | None
    autonomy: Autonomy = Autonomy.CRUISE
    trial_seconds: float | None = None
    holdout_rows: int = 0
    folder: Path = Path()
    task: Task | None = None
    blobs: Callable[[], dict[str, bytes]] = dict
