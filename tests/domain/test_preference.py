from __future__ import annotations

import json

import pytest

from hitl_widget.domain.belief import Strength
from hitl_widget.domain.preference import Comparison, Goals, Judgement, asked


@pytest.mark.parametrize("answer", ["a", "b", "equal", "skip"])
def test_a_comparison_survives_json(answer):
    """What a journal keeps of an answer gives the answer back."""
    one = Comparison(7, 3, answer)
    assert Comparison.from_json(json.loads(json.dumps(one.as_json()))) == one


def test_goals_survive_json():
    """What a journal keeps of goals gives them back."""
    goals = Goals({"roc_auc": 3.0, "predict_ms": 0.0}, Strength.STRONG)
    assert Goals.from_json(json.loads(json.dumps(goals.as_json()))) == goals


def test_mirroring_keeps_what_was_meant():
    """A and B change places, and the preferred trial stays the same."""
    for answer in Judgement:
        one = Comparison(7, 3, answer)
        assert one.mirrored().preferred == one.preferred
        assert one.mirrored().pair == one.pair == (3, 7)
        assert one.mirrored().mirrored() == one


def test_skipped_pairs_count_as_asked():
    """A skipped pair is not asked again, in neither order."""
    assert asked((Comparison(7, 3, Judgement.SKIP), Comparison(1, 2, Judgement.A))) == {(3, 7), (1, 2)}


@pytest.mark.parametrize(
    "wrong", [lambda: Comparison(3, 3, "a"), lambda: Comparison(1, 2, "c"), lambda: Goals({"x": -1})]
)
def test_nonsense_is_refused(wrong):
    """A trial against itself, an unknown answer and a negative weight raise."""
    with pytest.raises(ValueError):
        wrong()
