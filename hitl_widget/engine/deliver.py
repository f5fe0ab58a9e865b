"""From fold models on disk to a fitted scikit-learn estimator, and to the one look at the holdout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitl_widget.domain.space import Value
from hitl_widget.domain.trial import Trial

if TYPE_CHECKING:
    from hitl_widget.engine.evaluate import Context

__all__ = ["Member", "blend", "measure_holdout", "member_of", "seed_of"]

_SEED_STEP = 7919


@dataclass(frozen=True, slots=True)
class Member:
    """A trial as part of a blend.

    Parameters
    ----------
    number
        The trial.
    config, hints, seed
        What its fold models are fitted from, where their files are gone.
    weight
        Its share of the average.
    """

    number: int
    config: dict[str, Value]
    hints: dict[str, Any]
    seed: int
    weight: float


def seed_of(seed: int, number: int) -> int:
    """Return the seed of a trial."""
    return seed + _SEED_STEP * (number + 1)


def member_of(trial: Trial, weight: float, seed: int) -> Member:
    """Return a trial as a member of a blend."""
    return Member(trial.number, dict(trial.config), dict(trial.hints), seed_of(seed, trial.number), weight)
