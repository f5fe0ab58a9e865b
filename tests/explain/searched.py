"""Searches over a formula whose truth is known, crowded around the best as real ones are."""

from __future__ import annotations

import math
import random

from tests.advise.states import Story

FLOOR = 0.9


def truth(rate: float, leaves: int, share: float, extra: bool, together: float = 0.02) -> float:
    """Rate decides most, and its best value falls with the leaves; share matters little, leaves alone not."""
    x, z = math.log(rate / 0.04), math.log(leaves / 20)
    return FLOOR - 0.01 * x * x - together * x * z / 2 - 0.002 * z * z - 0.01 * (1 - share) + 0.004 * extra


def crowded(count: int, *, noise: float = 0.002, seed: int = 1, near: float = 0.7, score=truth, story=None) -> Story:
    """Random trials at first, then most of them near the best rate."""
    story, rng = story or Story(), random.Random(seed)
    for i in range(count):
        close = rng.random() < near and i > 15
        rate = 0.04 * math.exp(rng.gauss(0, 0.25)) if close else 0.005 * 60 ** rng.random()
        leaves = round(min(200, max(2, 20 * math.exp(rng.gauss(0, 0.3))))) if close else round(2 * 100 ** rng.random())
        params = {
            "rate": min(0.3, max(0.005, rate)),
            "leaves": leaves,
            "share": rng.uniform(0.8, 1.0) if close else rng.uniform(0.4, 1.0),
            "extra": rng.random() < 0.5,
        }
        story.trial("gbm", score(**params) + rng.gauss(0, noise), jitter=rng.gauss(0, 0.004), **params)
    return story
