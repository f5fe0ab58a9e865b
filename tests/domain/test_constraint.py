from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.objective import Source
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState
from hitl_widget.errors import CommandError


def trial(family="linear", state=TrialState.COMPLETE, score=0.8, **measures):
    return Trial(0, {"family": family}, Author.YOU, Origin.OWN, state=state, score=score, measures=measures)


@pytest.mark.parametrize(
    ("text", "about", "op", "limit"),
    [
        ("predict_ms < 5", "predict_ms", "<", 5.0),
        ("  predict_ms<=5e-1 ", "predict_ms", "<=", 0.5),
        ("roc_auc>=.8", "roc_auc", ">=", 0.8),
        ("gap > -0.05", "gap", ">", -0.05),
        ("rmse <= 1,250,000.5", "rmse", "<=", 1250000.5),
        ("rmse <= 1_000", "rmse", "<=", 1000.0),
        ("worst_group:<img src=x onerror=alert(1)> >= 0.7", "worst_group:<img src=x onerror=alert(1)>", ">=", 0.7),
        ("worst_group:a<b:c < 3", "worst_group:a<b:c", "<", 3.0),
    ],
)
def test_a_limit_is_read_as_people_write_it(text, about, op, limit):
    """Blanks do not matter, thousands may have commas, and a column may be called anything."""
    rule = Constraint.parse(text)
    assert (rule.about, rule.op, rule.limit, rule.hard) == (about, op, limit, True)


@pytest.mark.parametrize(
    "text", ["family in linear, tree", "family in [linear, 'tree']", ' family in ("linear",tree) ']
)
def test_families_are_named_with_or_without_brackets(text):
    """The families that are allowed read back in any spelling."""
    assert Constraint.parse(text, hard=False) == Constraint("family", "in", families=("linear", "tree"), hard=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "must be a string"),
        (5, "must be a string"),
        (["predict_ms < 5"], "must be a string"),
        ("x" * 501, "must be a string"),
        ("", "cannot be parsed"),
        ("predict_ms", "cannot be parsed"),
        ("predict_ms < 5 ms", "cannot be parsed"),
        ("5 > predict_ms", "cannot be parsed"),
        ("predict_ms == 5", "cannot be parsed"),
        ("predict_ms => 5", "cannot be parsed"),
        ("predict_ms < 1e999", "must be a number"),
        ("predict_ms < --5", "must be a number"),
        ("predict_ms < nan", "cannot be parsed"),
        ("gap < 0,05", "decimal point"),
        ("gap < 0,050", "decimal point"),
        ("rmse < 12,34", "decimal point"),
        ("family in ", "cannot be parsed"),
        ("family in linear,,tree", "must list families"),
    ],
)
def test_what_is_no_constraint_is_refused_with_an_example(text, said):
    """The sentence names the rule, what came, and a constraint that can be read."""
    with pytest.raises(CommandError, match=said) as refusal:
        Constraint.parse(text)
    assert "'predict_ms < 5'" in str(refusal.value)
    assert repr(text)[:50] in str(refusal.value)


def test_a_long_text_takes_no_long_time():
    """A hostile text of many blanks and signs is refused as quickly as another."""
    for text in ("a" + " " * 498, "a:" + "<" * 490, "a:" + " <" * 240, "family in" + " " * 480):
        with pytest.raises(CommandError):
            Constraint.parse(text)


@pytest.mark.parametrize(
    ("op", "value", "violation"),
    [
        ("<", 4.9, 0.0),
        ("<", 5.0, 1e-12),
        ("<", 7.0, 2.0),
        ("<=", 5.0, 0.0),
        ("<=", 6.0, 1.0),
        (">", 5.0, 1e-12),
        (">", 5.1, 0.0),
        (">=", 5.0, 0.0),
        (">=", 3.0, 2.0),
    ],
)
def test_a_violation_is_the_distance_to_the_limit(op, value, violation):
    """It is 0 exactly where the limit is kept."""
    rule = Constraint("predict_ms", op, 5.0)
    assert rule.violation(trial(predict_ms=value)) == pytest.approx(violation, abs=1e-15)


def test_what_is_not_known_has_no_violation():
    """Neither an objective that was not measured, nor one of a trial that did not finish."""
    rule = Constraint("predict_ms", "<", 5.0)
    assert rule.violation(trial()) is None
    assert rule.violation(trial(state=TrialState.STOPPED, predict_ms=3.0)) is None


def test_a_limit_on_a_loss_is_held_against_what_people_read():
    """A score of -30 is an RMSE of 30."""
    rule = Constraint("neg_root_mean_squared_error", "<=", 30.0, source=Source.SCORE, sign=-1)
    assert rule.value(trial(score=-30.0)) == 30.0
    assert rule.violation(trial(score=-30.0)) == 0.0
    assert rule.violation(trial(score=-32.0)) == pytest.approx(2.0)
    assert rule.text == "root_mean_squared_error <= 30"


def test_a_family_is_allowed_or_not():
    """A trial of another family breaks the constraint by 1, also before it is complete."""
    rule = Constraint.parse("family in linear, tree")
    assert rule.violation(trial("tree")) == 0.0
    assert rule.violation(trial("svm")) == 1.0
    assert rule.violation(trial("svm", TrialState.STOPPED)) == 1.0


_rules = st.one_of(
    st.builds(
        Constraint,
        st.sampled_from(["predict_ms", "gap", "worst_group:a <= b"]),
        st.sampled_from(["<", "<=", ">", ">="]),
        st.floats(allow_nan=False, allow_infinity=False),
        hard=st.booleans(),
        source=st.sampled_from(list(Source)),
        sign=st.sampled_from([-1, 1]),
    ),
    st.builds(
        Constraint,
        st.just("family"),
        st.just("in"),
        families=st.lists(st.sampled_from("abc"), min_size=1).map(tuple),
        hard=st.booleans(),
    ),
)


@given(_rules)
def test_a_constraint_survives_json_and_its_own_text(rule):
    """The journal gives it back, and its text reads as the same limit."""
    assert Constraint.from_json(json.loads(json.dumps(rule.as_json(), allow_nan=False))) == rule
    again = Constraint.parse(rule.text, rule.hard)
    assert (again.about, again.op, again.families) == (rule.about, rule.op, rule.families)
    assert math.isclose(again.limit, rule.limit, rel_tol=1e-11)
