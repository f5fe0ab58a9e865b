from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_widget.domain.edit import changed, described, is_fixed, remaining, title_of
from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.errors import CommandError, ConfigError

SPACE = Space(
    ("dummy", "gbm", "knn"),
    (
        Float("gbm.rate", 0.005, 0.3, 0.1, True, 1e-5, 1.0, "learning rate"),
        Int("gbm.leaves", 2, 200, 31, True, 2, 1000, "leaves"),
        Float("gbm.share", 0.4, 1.0, 1.0, False, 0.0, 1.0, "share of columns"),
        Categorical("gbm.mode", ("plain", "dart"), "plain", "mode", ("plain", "dart", "goss")),
        Int("knn.k", 1, 50, 5),
    ),
)


def edit(changes=None, include=(), exclude=(), space=SPACE):
    return changed(space, SPACE, changes or {}, include, exclude, needed=("dummy",))


def test_a_range_is_narrowed_and_its_default_follows():
    """A default outside the new range moves to its nearer end; the others stay."""
    rate = edit({"gbm.rate": (0.01, 0.05)})["gbm.rate"]
    assert (rate.low, rate.high, rate.default, rate.log) == (0.01, 0.05, 0.05, True)
    assert edit({"gbm.rate": (0.01, 0.05)})["gbm.share"] == SPACE["gbm.share"]


def test_a_range_widens_up_to_what_the_estimator_accepts():
    """Beyond the first range is fine; beyond the legal one is refused, with both numbers."""
    assert edit({"gbm.rate": {"low": 0.001}})["gbm.rate"].low == 0.001
    with pytest.raises(ConfigError, match=r"gbm\.rate accepts 1e-05 to 1, so its range cannot include 2"):
        edit({"gbm.rate": {"high": 2.0}})


@pytest.mark.parametrize("form", [31, {"fix": 31}, (31, 31), [31, 31]])
def test_a_value_fixes(form):
    """A value alone, a fix and a range of no width are the same."""
    assert is_fixed(edit({"gbm.leaves": form})["gbm.leaves"])
    assert edit({"gbm.leaves": form})["gbm.leaves"].default == 31


def test_choices_can_be_given_as_they_are_displayed():
    """Journals store other names, which stay valid."""
    one = Categorical("linear.numbers", ("normal scores", "standardise"), "normal scores", "scaling of numbers")
    assert one.check("standardize") == one.check("standardise") == "standardise"
    space = Space(("linear",), (one,))
    for way in ("standardize", {"fix": "standardize"}, {"remove": ["normal scores"]}, {"choices": ["standardise"]}):
        after = changed(space, space, {"linear.numbers": way}, (), ())
        assert after["linear.numbers"].choices == ("standardise",)


def test_choices_are_removed_added_and_keep_their_order():
    """Choices come in the order of what is legal, and an unknown one is refused."""
    assert edit({"gbm.mode": {"add": ["goss"]}})["gbm.mode"].choices == ("plain", "dart", "goss")
    assert edit({"gbm.mode": {"remove": ["plain"]}})["gbm.mode"].default == "dart"
    assert edit({"gbm.mode": ["goss", "plain"]})["gbm.mode"].choices == ("plain", "goss")
    with pytest.raises(ConfigError, match="must be one of 'plain', 'dart', 'goss'; got 'rf'"):
        edit({"gbm.mode": {"add": ["rf"]}})
    with pytest.raises(ConfigError, match="at least one choice"):
        edit({"gbm.mode": {"remove": ["plain", "dart"]}})


def test_none_gives_back_what_was_given():
    """None undoes the edits of one hyperparameter."""
    narrow = edit({"gbm.rate": (0.01, 0.05), "gbm.leaves": 8})
    again = edit({"gbm.rate": None}, space=narrow)
    assert again["gbm.rate"] == SPACE["gbm.rate"]
    assert is_fixed(again["gbm.leaves"])


def test_families_leave_and_come_back_to_their_place():
    """The last family and the baselines stay."""
    without = edit(exclude=["knn"])
    assert without.families == ("dummy", "gbm")
    assert edit(include=["knn"], space=without) == SPACE
    with pytest.raises(CommandError, match="every score is compared with it"):
        edit(exclude=["dummy"])
    with pytest.raises(CommandError, match="At least one family"):
        edit(exclude=["knn", "gbm"])
    with pytest.raises(ConfigError, match="no family 'svm'"):
        edit(exclude=["svm"])
    with pytest.raises(CommandError, match="both"):
        edit(exclude=["knn"], include=["knn"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gbm.rat": 1}, "There is no hyperparameter 'gbm.rat'. There are gbm.rate"),
        ({"gbm.rate": (0.1, 0.01)}, "is empty"),
        ({"gbm.rate": (0.1,)}, r"two numbers, \(low, high\)"),
        ({"gbm.rate": "fast"}, "takes numbers; got 'fast'"),
        ({"gbm.rate": (math.nan, 1)}, "takes numbers"),
        ({"gbm.rate": True}, "takes numbers; got True"),
        ({"gbm.leaves": (2.5, 8)}, "takes whole numbers; got 2.5"),
        ({"gbm.rate": {"lo": 1}}, "change low, high, log or fix"),
        ({"gbm.share": {"log": True, "low": 0.0}}, "lower bound above 0"),
        ({"gbm.mode": {"low": 1}}, "change choices, add, remove or fix"),
        ({"gbm.rate": {"log": "yes"}}, "true or false"),
    ],
)
def test_a_wrong_change_says_what_is_wrong(changes, message):
    """The rule, what came instead, what to do; and nothing is done."""
    with pytest.raises(ConfigError, match=message):
        edit(changes)


def test_an_edit_that_changes_nothing_is_refused():
    """So that no empty generation opens."""
    with pytest.raises(CommandError, match="changes nothing"):
        edit({"gbm.rate": (0.005, 0.3)})


def test_an_edit_in_words():
    """A title says the label, before and after; several families are told apart."""
    assert title_of(SPACE, edit({"gbm.rate": (0.02, 0.08)})) == "learning rate 0.005–0.3 → 0.02–0.08"
    assert title_of(SPACE, edit({"gbm.share": {"log": True}})) == "share of columns 0.4–1 (linear) → 0.4–1 (log)"
    both = edit({"gbm.leaves": 31}, exclude=["knn"])
    assert title_of(SPACE, both, {"knn": "k-NN"}) == "excluded k-NN; gbm leaves 2–200 → 31"
    assert [one.name for one in described(SPACE, both)] == ["family:knn", "gbm.leaves"]


def test_what_remains_is_measured_on_the_scale_of_the_search():
    """On a logarithmic scale a decade is a decade; widening gives more than 1."""
    whole = Float("a.x", 0.001, 1.0, 0.1, log=True, legal_low=1e-9, legal_high=10.0)
    base = Space(("a",), (whole,))
    assert remaining(whole, changed(base, base, {"a.x": (0.01, 0.1)})["a.x"]) == pytest.approx(1 / 3)
    assert remaining(whole, changed(base, base, {"a.x": {"high": 10.0}})["a.x"]) == pytest.approx(4 / 3)
    modes = edit({"gbm.mode": ["dart"]})["gbm.mode"]
    assert remaining(SPACE["gbm.mode"], modes) == 0.5


@pytest.mark.slow
@given(
    st.dictionaries(
        st.sampled_from([one.name for one in SPACE.parameters] + ["gbm", "", "x.y"]),
        st.none()
        | st.floats()
        | st.integers()
        | st.text(max_size=5)
        | st.lists(st.floats() | st.integers() | st.text(max_size=3) | st.booleans(), max_size=3)
        | st.dictionaries(
            st.sampled_from(["low", "high", "log", "fix", "add", "remove", "choices"]),
            st.none() | st.floats() | st.booleans() | st.lists(st.text(max_size=3), max_size=2),
            max_size=3,
        ),
        max_size=3,
    ),
    st.lists(st.sampled_from(["dummy", "gbm", "knn", "?"]), max_size=2),
    st.lists(st.sampled_from(["dummy", "gbm", "knn", "?"]), max_size=2),
)
def test_any_edit_gives_a_sound_space_or_a_sentence(changes, include, exclude):
    """Whatever comes from a browser: a space whose default lies in it and that JSON keeps, or a refusal."""
    space, said = None, ""
    try:
        space = edit(changes, include, exclude)
    except (ConfigError, CommandError) as error:
        said = str(error)
    if space is None:
        assert said.endswith(".")
        return
    for family in space.families:
        assert space.complete({"family": family}) in space
    assert Space.from_json(json.loads(json.dumps(space.as_json(), allow_nan=False))) == space
