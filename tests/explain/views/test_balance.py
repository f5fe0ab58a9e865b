"""The view of what balancing the classes brought."""

import json

import pytest

from hitl_widget.domain.balance import with_balance
from hitl_widget.domain.objective import metric_named
from hitl_widget.explain.views.balance import balance, draw
from tests.advise.states import SPACE, Story

F1 = metric_named("f1")
ABLE = dict.fromkeys(("linear", "gbm", "forest"), ("weights", "oversample"))
BALANCED = with_balance(SPACE, ["weights", "oversample"], ABLE)


def test_without_balancing_the_line_of_python_is_said():
    """The search has no such choice, or has not used it yet."""
    story = Story()
    story.trial("gbm", 0.7)
    assert balance(story.state, F1).sentences == (
        "The search does not balance the classes. To try it: session.set_balance('weights', 'oversample').",
    )
    story = Story(space=BALANCED)
    story.trial("gbm", 0.7)
    assert balance(story.state, F1).sentences == ("The search has not compared trials with and without balancing yet.",)


@pytest.mark.slow
def test_each_way_is_compared_with_no_balancing():
    """Gains are differences on the same folds, with their error; pairs differ in nothing else; best first."""
    story = Story(space=BALANCED)
    story.trial("dummy", 0.9)
    plain = story.trial("gbm", 0.60, rate=0.1)
    story.trial("gbm", 0.58, rate=0.2)
    better = story.trial("gbm", 0.70, rate=0.2, balance="weights", jitter=0.001)
    story.trial("linear", 0.5, balance="oversample", jitter=0.05)
    view = balance(story.state, F1, folds=3)
    rows = {row["way"]: row for row in view.data["ways"]}
    assert [row["way"] for row in view.data["ways"]] == ["weights", None, "oversample"]
    assert rows["weights"]["gain"] == pytest.approx(0.1)
    assert (rows["weights"]["pairs"], rows["oversample"]["pairs"]) == (1, 0)
    assert rows["weights"]["pair_gain"] == pytest.approx(0.12)
    assert rows[None]["trials"] == 2
    first, second = view.sentences
    assert first.startswith("Class weights: better by 0.100 ± 0.")
    assert f"; F1 0.700 (#{better}), without balancing 0.600 (#{plain});" in first
    assert first.endswith("with the same settings +0.120 (1 pair).")
    assert second.startswith("Oversampling: no certain difference (−0.100 ±")
    json.dumps(dict(view.data), allow_nan=False)
    assert draw(view.data["ways"]).to_dict()["$schema"]


def test_losses_are_said_in_their_own_direction():
    """With log loss, lower is better: a gain is a gain, and scores are as displayed."""
    story = Story(space=BALANCED)
    story.trial("gbm", -0.5)
    story.trial("gbm", -0.4, balance="weights")
    view = balance(story.state, metric_named("neg_log_loss"))
    assert view.data["ways"][0]["score"] == pytest.approx(0.4)
    assert "better by 0.1" in view.sentences[0]
