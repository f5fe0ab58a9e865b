from __future__ import annotations

import re

import numpy as np
import pytest

from hitl_widget.domain.preference import Axis, Comparison
from hitl_widget.preference.summary import Extent, summarize
from hitl_widget.preference.utility import learn

AXES = (Axis("auc", label="ROC AUC", resolution=0.001), Axis("ms", "lower", True, label="prediction time"))
RNG = np.random.default_rng(0)
SPEED = RNG.uniform(0, 7, 60)
VALUES = np.stack([0.9 - 0.2 * (SPEED / 7) ** 2 + RNG.uniform(0, 0.01, 60), 100 * 0.5**SPEED], axis=1)


def talk(utility, pairs=25, axes=AXES):
    """The summary after answers from a utility of (points of score, halvings of time)."""
    worth = utility(100 * VALUES[:, 0], np.log2(VALUES[:, 1]))
    rng = np.random.default_rng(1)
    chosen = [rng.choice(60, 2, replace=False).tolist() for _ in range(pairs)]
    given = [Comparison(a, b, "a" if worth[a] > worth[b] else "b") for a, b in chosen]
    return summarize(learn(axes, range(60), VALUES, given))


def test_a_rate_of_exchange_is_recovered():
    """A person who gives two points to halve the time is told so in the units of the score, within a factor of two."""
    found = talk(lambda points, halvings: points - 2.0 * halvings, 40)
    trade = found.trade_offs[0]
    assert trade.known
    assert 0.01 < trade.amount < 0.04
    assert trade.confidence > 0.7
    assert re.search(r"give up about 0\.0\d+ of ROC AUC to halve the prediction time", trade.sentence)


def test_what_is_not_known_is_not_said():
    """Without answers, no sentence claims a trade-off; the unknown ones have their own."""
    found = talk(lambda points, halvings: points, 0)
    assert not found.trade_offs[0].known
    assert found.trade_offs[0].sentence.startswith("Not yet known")
    assert found.sentences == ("No answers so far: treat this as a rough guess.",)
    assert found.unknown == found.trade_offs[0].sentence


def test_nothing_and_everything_are_told_apart():
    """A person who cares only about the score gives up little for speed; one who cares only about speed, all of it."""
    score_only = talk(lambda points, halvings: points, 40).trade_offs[0]
    assert score_only.amount < 0.003
    speed_only = talk(lambda points, halvings: -halvings, 40).trade_offs[0]
    assert speed_only.extent is Extent.EVERYTHING
    assert speed_only.low > 0.02


def test_a_limit_is_recognised():
    """A person who wants at most 10 ms, then the score, is told a limit near 10 ms."""
    found = talk(lambda points, halvings: 100.0 * (halvings <= np.log2(10)) + points, 60)
    limits = [limit for limit in found.limits if limit.name == "ms"]
    assert limits
    assert 4 < limits[0].value < 25
    assert "at most" in limits[0].sentence


def test_weights_are_shares():
    """The weights sum to one and lie within their intervals."""
    weights = talk(lambda points, halvings: points - halvings).weights
    assert sum(weight.share for weight in weights) == pytest.approx(1.0)
    assert all(weight.low <= weight.share <= weight.high for weight in weights)


def test_units_are_said_as_people_read_them():
    """Logarithmic objectives are described by factors."""
    axes = (Axis("rmse", "lower", label="RMSE", unit="$"), Axis("size", "higher", True, label="coverage"))
    given = [Comparison(a, a + 1, "a") for a in range(0, 40, 2)]
    values = np.stack([RNG.uniform(1e4, 2e4, 60), RNG.uniform(1, 100, 60)], axis=1)
    sentence = summarize(learn(axes, range(60), values, given)).trade_offs[0].sentence
    assert "double the coverage" in sentence
