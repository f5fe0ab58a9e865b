"""Functions that stand for the score of a model, with a space as a learner would have it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hitl_widget.domain.space import Categorical, Config, Float, Int, Parameter, Space, Value

__all__ = ["FUNCTIONS", "Function"]


@dataclass(frozen=True)
class Function:
    """A score over a space, with the best configuration known.

    Parameters
    ----------
    name
        Of the function; the family is called ``f``.
    space
        Its whole space.
    score
        Greater is better.
    best
        The configuration with the best score.
    """

    name: str
    space: Space
    score: Callable[[Config], float]
    best: dict[str, Value]

    @property
    def top(self) -> float:
        """The best score."""
        return self.score(self.best)

    def regret(self, config: Config) -> float:
        """Distance of a configuration from the best score."""
        return self.top - self.score(config)


def _space(*parameters: Parameter) -> Space:
    return Space(("f",), parameters)


_H6_A = np.array(
    [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
)
_H6_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)
_H6_C = np.array([1.0, 1.2, 3.0, 3.2])


def _hartmann(config: Config) -> float:
    x = np.array([config[f"f.x{i}"] for i in range(6)], float)
    return float(_H6_C @ np.exp(-(_H6_A * np.square(x - _H6_P)).sum(axis=1)))


def _branin(config: Config) -> float:
    x, y = float(config["f.x"]), float(config["f.y"])
    a = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return -(a * a + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10)


def _boosting(config: Config) -> float:
    """Rate and rounds trade off, leaves and penalty too; all on logarithmic scales, as in boosting."""
    rate, leaves = math.log10(float(config["f.rate"])), math.log2(float(config["f.leaves"]))
    penalty, share = math.log10(float(config["f.penalty"])), float(config["f.share"])
    over = (leaves - 5) + 0.6 * (rate + 1.5)
    return -(
        0.30 * (rate + 1.5) ** 2
        + 0.15 * over**2
        + 0.05 * (penalty + 2 - 0.5 * (leaves - 5)) ** 2
        + 1.5 * (share - 0.7) ** 2
        + 0.05 * (1 - math.cos(3 * (rate + 1.5)))
    )


def _mixed(config: Config) -> float:
    """Two choices move the optimum of three numbers."""
    kind, flag = str(config["f.kind"]), bool(config["f.flag"])
    rate, depth = math.log10(float(config["f.rate"])), float(config["f.depth"])
    z = float(config["f.z"])
    base = {"a": 0.0, "b": 0.15, "c": 0.5}[kind]
    centre = {"a": -2.0, "b": -1.2, "c": -3.0}[kind]
    return -(
        base
        + (0.0 if flag else 0.2)
        + 0.2 * (rate - centre) ** 2
        + 0.01 * (depth - (7 if flag else 4)) ** 2
        + 1.2 * (z - 0.35) ** 2
        + 0.1 * (1 - math.cos(8 * (z - 0.35)))
    )


FUNCTIONS = {
    one.name: one
    for one in (
        Function(
            "hartmann6",
            _space(*(Float(f"f.x{i}", 0.0, 1.0, 0.5) for i in range(6))),
            _hartmann,
            {
                "family": "f",
                **dict(
                    zip(
                        (f"f.x{i}" for i in range(6)),
                        (0.20168952, 0.15001069, 0.47687398, 0.27533243, 0.31165162, 0.65730054),
                        strict=True,
                    )
                ),
            },
        ),
        Function(
            "branin",
            _space(Float("f.x", -5.0, 10.0, 0.0), Float("f.y", 0.0, 15.0, 7.0)),
            _branin,
            {"family": "f", "f.x": math.pi, "f.y": 2.275},
        ),
        Function(
            "boosting4",
            _space(
                Float("f.rate", 1e-3, 1.0, 0.1, log=True),
                Int("f.leaves", 2, 1024, 31, log=True),
                Float("f.penalty", 1e-5, 10.0, 1e-3, log=True),
                Float("f.share", 0.3, 1.0, 0.8),
            ),
            _boosting,
            {"family": "f", "f.rate": 10**-1.5, "f.leaves": 32, "f.penalty": 1e-2, "f.share": 0.7},
        ),
        Function(
            "mixed5",
            _space(
                Categorical("f.kind", ("a", "b", "c"), "a"),
                Categorical("f.flag", (False, True), False),
                Float("f.rate", 1e-5, 1.0, 1e-2, log=True),
                Int("f.depth", 1, 12, 4),
                Float("f.z", 0.0, 1.0, 0.5),
            ),
            _mixed,
            {"family": "f", "f.kind": "a", "f.flag": True, "f.rate": 1e-2, "f.depth": 7, "f.z": 0.35},
        ),
    )
}


def with_ranges(space: Space, ranges: dict[str, tuple[float, float]]) -> Space:
    """Return the space with other bounds."""
    return Space(
        space.families,
        tuple(
            replace(one, low=ranges[one.name][0], high=ranges[one.name][1]) if one.name in ranges else one
            for one in space.parameters
        ),
    )
