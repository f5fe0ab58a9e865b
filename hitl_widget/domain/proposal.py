"""A configuration that the search proposes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hitl_widget.domain.space import Value
from hitl_widget.domain.trial import NO_REASONS, Origin, Reasons

__all__ = ["Proposal"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A configuration that the search would try next, and why.

    Parameters
    ----------
    config
        The whole configuration.
    why
        The reason, in words.
    origin
        `Origin.SAMPLER`, or `Origin.BELIEF` when a belief decided more than half of the choice.
    reasons
        The reason, in values.
    """

    config: Mapping[str, Value]
    why: str
    origin: Origin = Origin.SAMPLER
    reasons: Reasons = NO_REASONS
