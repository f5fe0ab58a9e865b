"""The plan of a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.space import Space, Value
from hitl_widget.domain.success import Success
from hitl_widget.domain.task import Task

__all__ = ["Plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """The inputs of a search.

    Parameters
    ----------
    settings
        JSON of the `Opened` event, sufficient to open the session again.
    space
        The search space.
    starts
        Starting configurations, in order.
    baselines
        Names of the baseline families.
    constant
        Name of the family that predicts a constant.
    labels
        Display names of the installed families.
    folds
        Folds of cross-validation.
    seed
        Seed of the search.
    budget_seconds, budget_trials
        Limits; None for none.
    autonomy
        The autonomy level.
    trial_seconds
        Limit of one trial's wall time, or None for a share of the budget.
    holdout_rows
        Rows in the holdout; 0 for no holdout.
    folder
        The session's scratch folder.
    success
        The success criterion; None without one.
    task
        The task; None for a search without further objectives.
    blobs
        Returns the blobs of the journal by key; called once, on the controller's thread.
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
    success: Success | None = None
    task: Task | None = None
    blobs: Callable[[], dict[str, bytes]] = dict
