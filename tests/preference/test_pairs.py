from __future__ import annotations

import numpy as np

from hitl_widget.domain.preference import Axis, Comparison
from hitl_widget.preference.pairs import next_question
from hitl_widget.preference.utility import learn
from tests.preference.people import AXES, Person, front

VALUES = front(count=8)


def known(given, values=VALUES, **how):
    return learn(AXES, range(len(values)), values, given, **how)


def test_no_pair_comes_twice():
    """Every pair of the front is asked once, skipped or answered; then no questions are left."""
    person, given = Person("linear", VALUES), []
    while (question := next_question(known(given), enough=0.0)) is not None:
        given.append(
            person.answer(question.first, question.second)
            if len(given) % 3
            else Comparison(question.second, question.first, "skip")
        )
    on_front = int(known([]).front.sum())
    assert len({one.pair for one in given}) == len(given) == on_front * (on_front - 1) // 2


def test_questions_are_about_the_front():
    """A dominated candidate is never shown."""
    values = front(3)
    utility = known([], values)
    question = next_question(utility)
    assert utility.front[question.first]
    assert utility.front[question.second]


def test_no_pair_is_asked_that_nobody_can_tell_apart():
    """Two models that are equal in every objective are not asked about."""
    axes = [Axis("auc", resolution=0.01), Axis("ms", "lower", log=True, resolution=0.15)]
    values = [[0.900, 5.0], [0.902, 5.2], [0.85, 1.0], [0.95, 60.0]]
    given = []
    while (question := next_question(learn(axes, range(4), values, given), enough=0.0)) is not None:
        given.append(Comparison(question.first, question.second, "a"))
    assert len(given) == 5
    assert (0, 1) not in {one.pair for one in given}


def test_it_stops_when_another_answer_would_hardly_change_anything():
    """After enough answers no further pair is asked, long before the pairs run out."""
    values = front(1)
    person, given = Person("linear", values), []
    while (question := next_question(known(given, values))) is not None:
        given.append(person.answer(question.first, question.second))
        assert 0.0 <= question.gain <= question.left + 1e-12
    assert 3 < len(given) < 40
    assert person.share(known(given, values).recommendation()) > 0.9


def test_pairs_on_the_screen_are_left_out():
    """A pair that is not to be asked is replaced by another."""
    first = next_question(known([]))
    second = next_question(known([]), never=[(first.first, first.second)])
    assert (second.first, second.second) != (first.first, first.second)


def test_one_candidate_leaves_nothing_to_ask():
    """Without two candidates there is no question."""
    assert next_question(known([], VALUES[:1]), enough=0.0) is None
    assert next_question(known([], VALUES[:0]), enough=0.0) is None


def test_the_order_of_candidates_does_not_matter():
    """The order of the candidates does not change the pair that is asked."""
    given = [Comparison(0, 1, "a"), Comparison(2, 5, "b")]
    order = np.random.default_rng(0).permutation(len(VALUES))
    shuffled = learn(AXES, order.tolist(), VALUES[order], given)
    assert next_question(shuffled) == next_question(known(given))
