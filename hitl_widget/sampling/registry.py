"""The samplers by name. Other packages add theirs through the entry points ``hitl_widget.samplers``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from hitl_widget.domain.space import Space
from hitl_widget.errors import ConfigError
from hitl_widget.plugins import Registry
from hitl_widget.sampling.contract import Sampler

__all__ = ["DEFAULT", "SAMPLERS", "SamplerFactory", "checked_sampler"]

DEFAULT = "tpe"


class SamplerFactory(Protocol):
    """A class or a function that makes a sampler; an entry point names it."""

    def __call__(self, space: Space, *, never: frozenset[str], seed: int, labels: Mapping[str, str]) -> Sampler:
        """Return a sampler.

        Parameters
        ----------
        space
            The search space until the first `Sampler.read`.
        never
            Families that must not be proposed: baselines and those that are not installed.
        seed
            Makes the proposals repeatable for the same calls.
        labels
            Names of the families, for the reasons.
        """
        ...


def _tpe(space: Space, *, never: frozenset[str], seed: int, labels: Mapping[str, str]) -> Sampler:
    from hitl_widget.sampling.sampler import TpeSampler

    return TpeSampler(space, never=never, seed=seed, labels=labels)


def _checked(name: str, given: Any) -> SamplerFactory:
    if not callable(given):
        raise ConfigError(f"A sampler's entry point names a class or a function that makes one; got {given!r:.100}")
    factory: SamplerFactory = given
    return factory


SAMPLERS: Registry[SamplerFactory] = Registry("hitl_widget.samplers", {DEFAULT: _tpe}, _checked)
"""The factory of each sampler, by name."""


def checked_sampler(name: object) -> str:
    """Return the name of a sampler, the default for None.

    Raises
    ------
    ConfigError
        When there is no such sampler.
    """
    if name is None:
        return DEFAULT
    if not isinstance(name, str) or name not in SAMPLERS:
        raise ConfigError(
            f"There is no sampler {name!r}; choose from {', '.join(SAMPLERS)}. "
            "Install the package that adds it, or leave sampler= away."
        )
    return name
