"""Verdicts on beliefs: what the evidence says, with its counts, and nothing from too few trials."""

from __future__ import annotations

import numpy as np
import pytest

from hitl_widget.domain.belief import Belief, VerdictKind
from hitl_widget.domain.space import Float, Space
from hitl_widget.domain.trial import Author, Origin, Trial, TrialState
from hitl_widget.sampling.acquisition import Improvement
from hitl_widget.sampling.axes import Axes
from hitl_widget.sampling.evidence import Evidence
from hitl_widget.sampling.priors import Prior
from hitl_widget.sampling.verdicts import on_families, on_parameter, unheard

SPACE = Space(("line", "tree"), (Float("line.x", 0.0, 1.0, 0.5), Float("tree.rate", 0.0, 1.0, 0.5)))


def evidence_of(family, values, scores):
    """Evidence of complete trials at values of the family's only hyperparameter."""
    axes = Axes(SPACE, family)
    found = Evidence(axes)
    for number, (value, score) in enumerate(zip(values, scores, strict=True)):
        config = {"family": family, axes.names[0]: float(value)}
        one = Trial(number, config, Author.MACHINE, Origin.SAMPLER, state=TrialState.COMPLETE, score=float(score))
        found.end(one, counts=True, fits=True)
    return found


def judged(belief, values, score):
    axes = Axes(SPACE, "line")
    (bell,) = Prior(axes, (belief,)).bells
    evidence = evidence_of("line", values, [score(value) for value in values])
    return on_parameter(bell, evidence, Improvement(axes), "line")


BELIEF = Belief("line.x", around=0.8, low=0.7, high=0.9)
SPREAD = np.linspace(0.02, 0.98, 24)


@pytest.mark.parametrize(
    ("best", "kind"), [(0.8, VerdictKind.SUPPORTED), (0.2, VerdictKind.CONTRADICTED)], ids=["right", "wrong"]
)
def test_a_belief_is_judged_by_where_the_best_lies(best, kind):
    """Supported where the function peaks inside, contradicted where it peaks outside, with the counts of both."""
    verdict = judged(BELIEF, SPREAD, lambda x: -((x - best) ** 2))
    assert verdict.kind is kind
    assert verdict.confidence > 0.8
    assert verdict.trials == 24
    numbers = "#19, #18, #20, #17" if best == 0.8 else "#4, #5, #3, #6"
    said = f"of the 4 best line trials ({numbers}) lie in the range that you expect for x, against 10 of all 24;"
    assert said in verdict.sentence


def test_a_verdict_rests_on_trials_of_the_current_space_and_data_alone():
    """The search may borrow others while there are few; a person sees them as history."""
    axes = Axes(SPACE, "line")
    (bell,) = Prior(axes, (BELIEF,)).bells
    evidence = evidence_of("line", SPREAD[:9], -((SPREAD[:9] - 0.2) ** 2))
    for number, value in enumerate(SPREAD, 9):
        config = {"family": "line", axes.names[0]: float(value)}
        one = Trial(number, config, Author.MACHINE, Origin.SAMPLER, state=TrialState.COMPLETE, score=2.0)
        evidence.end(one, counts=True, fits=False)
    verdict = on_parameter(bell, evidence, Improvement(axes), "line", " on the current data")
    assert verdict.trials == 9
    assert verdict.sentence.startswith("0 of 9 line trials on the current data lie in the range")


def test_what_does_not_matter_stays_open():
    """Scores that do not depend on the value neither support nor contradict."""
    verdict = judged(BELIEF, SPREAD, lambda _: 0.5)
    assert verdict.kind is VerdictKind.UNDECIDED
    assert "undecided where the best values lie" in verdict.sentence


def test_few_trials_decide_nothing():
    """Seven trials, or none on one side, leave it open and say which."""
    few = judged(BELIEF, SPREAD[:7], lambda x: x)
    assert (few.kind, few.confidence) == (VerdictKind.UNDECIDED, 0.5)
    assert "too few trials to judge" in few.sentence
    one_side = judged(BELIEF, np.linspace(0.01, 0.4, 12), lambda x: x)
    assert "the other side has not been tried yet" in one_side.sentence


@pytest.mark.parametrize(
    ("line", "kind"), [(0.9, VerdictKind.SUPPORTED), (0.1, VerdictKind.CONTRADICTED), (0.51, VerdictKind.UNDECIDED)]
)
def test_a_belief_about_families_compares_their_best(line, kind):
    """The best of the likely families against the best of the others, in units of the noise."""
    evidence = {
        "line": evidence_of("line", SPREAD[:6], np.linspace(0, line, 6)),
        "tree": evidence_of("tree", SPREAD[:6], np.linspace(0, 0.5, 6)),
    }
    verdict = on_families(Belief("family", likely=("line",)), evidence, {"line": "Straight line"}, noise=0.05)
    assert verdict.kind is kind
    assert "are Straight line, against 6 of all 12" in verdict.sentence


def test_families_without_rivals_are_not_judged():
    """Before another family has a result there is nothing to compare."""
    alone = {"line": evidence_of("line", SPREAD, SPREAD), "tree": Evidence(Axes(SPACE, "tree"))}
    verdict = on_families(Belief("family", likely=("line",)), alone, {}, noise=0.05)
    assert verdict.kind is VerdictKind.UNDECIDED
    assert "too few trials to judge" in verdict.sentence


def test_a_value_that_is_fixed_has_no_evidence():
    """A belief about what the search does not vary is open, and the sentence says why."""
    verdict = unheard(BELIEF)
    assert (verdict.kind, verdict.trials) == (VerdictKind.UNDECIDED, 0)
    assert "does not vary" in verdict.sentence
