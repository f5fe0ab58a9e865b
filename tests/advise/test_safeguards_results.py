"""Safeguards on results: too good, looked at too often, chosen by luck."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hitl_widget.advise.result_view import LabelEvidence, ResultView
from hitl_widget.advise.rules import results
from hitl_widget.advise.rules.labels import wrong_labels
from hitl_widget.advise.safeguards import result_safeguards
from hitl_widget.domain import event as ev
from hitl_widget.domain.safeguard import Safeguard, Severity
from tests.advise.states import TASK, Story, of_metric
from tests.advise.test_safeguards import check_answer, check_drawing


def asked(rule, story, task=TASK):
    view = ResultView(story.state, task)
    found = list(rule(view))
    for one in found:
        check_drawing(rule.draw(view, one))
        for answer in one.answers:
            check_answer(answer)
        assert one.sentence.endswith(".")
        assert one.evidence.endswith(".")
        assert one.remedy.endswith(".")
        assert any(char.isdigit() for char in one.evidence)
        assert one.answers
        assert Safeguard.from_json(json.loads(json.dumps(one.as_json()))) == one
    return found


def only(rule, story, task=TASK):
    (one,) = asked(rule, story, task)
    return one


def begun(*scores, family="gbm", base=0.5):
    story = Story(trials=500)
    story.trial("dummy", base)
    for score in scores:
        story.trial(family, score)
    return story


def test_an_ordinary_search_is_not_warned_of() -> None:
    """Scores between the constant guess and no error, a few of each family, one look at the holdout."""
    story = begun(0.8, 0.82)
    story.trial("linear", 0.79)
    story.trial("forest", 0.81)
    story.tell(ev.Finishing("budget"), ev.HoldoutMeasured(2, 0.81, None, 200), ev.Finished("budget"))
    assert result_safeguards(ResultView(story.state, TASK)) == ()
    assert result_safeguards(ResultView(Story().state, TASK)) == ()


@pytest.mark.parametrize(("wrong", "found"), [(40, 1), (5, 1), (4, 0), (0, 0)])
def test_five_wrong_labels_are_a_warning(wrong, found) -> None:
    """The labels are text, whatever they hold; before the labels are compared, nothing is said."""
    evil = ("12", "<img src=x onerror=alert(1)>", "yes", "0.98")
    view = ResultView(Story().state, TASK, label_evidence=LabelEvidence((1,), 1000, wrong, 300, 0.04, 0.06, (evil,)))
    said = list(wrong_labels(view))
    assert len(said) == found
    for one in said:
        assert one.sentence == f"About {wrong} values of {TASK.target} may be wrong."
        assert (
            "In the 300 rows with the most certain predictions, models contradict 4.0% of the labels; in the more "
            "certain half of all rows, 6.0%." in one.evidence
        )
        assert wrong_labels.draw(view, one).cells == (evil,)
    assert not list(wrong_labels(ResultView(Story().state, TASK)))


@pytest.mark.parametrize(("score", "found"), [(0.9999, True), (0.996, True), (0.98, False)])
def test_a_perfect_score_is_doubted(score, found) -> None:
    """Ninety-nine hundredths of the way from the constant guess to no error."""
    known = asked(results.perfect, begun(0.8, score))
    assert [one.severity for one in known] == [Severity.HIGH] * found


def test_a_perfect_loss_is_doubted() -> None:
    """Losses have no error at 0, and are shown as people read them."""
    one = only(results.perfect, begun(-0.3, -0.001, base=-0.69), of_metric("neg_log_loss"))
    assert "log loss 0.001" in one.evidence


def test_first_models_that_leave_all_behind_are_doubted() -> None:
    """Where every model is nearly without error at once."""
    story = begun(0.96)
    story.trial("linear", 0.97)
    one = only(results.at_once, story)
    assert "92% to 94%" in one.evidence
    late = begun(0.75)
    late.trial("linear", 0.97)
    assert not asked(results.at_once, late)


def test_a_family_far_ahead_is_asked_about() -> None:
    """One that remembers rows, compared with two that do not."""
    story = begun(0.95)
    story.trial("linear", 0.7)
    story.trial("forest", 0.72)
    one = only(results.apart_from_others, story)
    assert "90% against 44%" in one.evidence
    story.trial("forest", 0.9)
    assert not asked(results.apart_from_others, story)


def test_looks_at_the_holdout_are_counted() -> None:
    """One and going on is low, several are graver."""
    story = begun(0.8)
    seen = ev.HoldoutMeasured(1, 0.79, None, 200)
    story.tell(ev.Finishing("budget"), seen, ev.Finished("budget"))
    assert not asked(results.holdout_reused, story)
    story.tell(ev.BudgetSet(None, 900))
    changed = only(results.holdout_reused, story)
    assert changed.sentence.endswith("after the holdout was evaluated; no trial ran since.")
    story.tell(ev.Resumed())
    one = only(results.holdout_reused, story)
    assert one.sentence == "The search continued after the holdout was evaluated."
    assert one.severity is Severity.LOW
    assert "changed or resumed twice" in one.evidence
    story.tell(seen)
    two = only(results.holdout_reused, story)
    assert two.severity is Severity.MEDIUM
    assert two.sentence == "The holdout was evaluated twice."
    story.tell(seen, seen)
    assert only(results.holdout_reused, story).severity is Severity.HIGH


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_luck_of_the_best_is_said(seed) -> None:
    """Among many trials that are level; more noise, more luck."""
    rng = np.random.default_rng(seed)
    told = []
    for noise in (0.002, 0.006):
        story = begun()
        for _ in range(60):
            story.trial("gbm", 0.8 + 0.0005 * rng.normal(), jitter=noise * rng.normal())
        told.append(only(results.winner, story).numbers["luck"])
    assert 0 < told[0] < told[1] < 0.03


def test_a_clear_winner_is_no_luck() -> None:
    """Or few trials."""
    story = begun(*np.linspace(0.6, 0.7, 40), 0.9)
    assert not asked(results.winner, story)
    assert not asked(results.winner, begun(*[0.8] * 12))


def test_trials_bear_the_names_that_people_know() -> None:
    story = Story()
    story.trial("gbm", 0.8)
    story.trial("forest", 0.7)
    view = ResultView(story.state, TASK, labels={"gbm": "LightGBM"})
    assert [view.label(one) for one in story.state.trials] == ["LightGBM (#0)", "forest (#1)"]
