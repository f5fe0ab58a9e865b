from __future__ import annotations

from hitl_widget.domain.preference import Comparison, Judgement
from hitl_widget.preference.inconsistencies import inconsistencies
from hitl_widget.preference.utility import learn
from tests.preference.people import AXES, Person, front, random_answers

VALUES = front(2)
PERSON = Person("linear", VALUES, tie=0.0)


def known(given):
    return learn(AXES, range(len(VALUES)), VALUES, given)


def clear(answers):
    return [one for one in answers if abs(PERSON.utility[one.first] - PERSON.utility[one.second]) > 0.1]


def test_a_wrong_answer_is_pointed_out():
    """One flipped answer among consistent ones is found, with the answer that was expected."""
    given = clear(random_answers(PERSON, 40))[:20]
    far = max(range(20), key=lambda i: abs(PERSON.utility[given[i].first] - PERSON.utility[given[i].second]))
    said = {Judgement.A: Judgement.B, Judgement.B: Judgement.A}[given[far].answer]
    given[far] = Comparison(given[far].first, given[far].second, said)
    found = inconsistencies(known(given))
    assert found[0].position == far
    assert found[0].probability > 0.9
    assert found[0].otherwise is not said


def test_consistent_answers_are_not_doubted():
    """Answers that one utility explains do not contradict each other."""
    assert inconsistencies(known(clear(random_answers(PERSON, 40))[:20])) == ()


def test_few_answers_are_not_doubted():
    """One answer, or two answers about unrelated pairs, are not inconsistent."""
    assert inconsistencies(known([])) == ()
    assert inconsistencies(known([Comparison(0, 1, "a")])) == ()
    assert inconsistencies(known([Comparison(0, 1, "a"), Comparison(2, 3, "b")])) == ()


def test_a_false_tie_is_pointed_out():
    """ "About equal" between trials that the other answers tell apart is found, with who should be ahead."""
    given = clear(random_answers(PERSON, 60))[:30]
    best, worst = int(PERSON.utility.argmax()), int(PERSON.utility.argmin())
    found = inconsistencies(known([*given, Comparison(worst, best, "equal")]))
    assert (found[0].position, found[0].otherwise) == (len(given), Judgement.B)


def test_the_answers_that_speak_against_are_named():
    """An answer given five times contradicts its opposite."""
    given = [Comparison(0, 1, "a")] * 5 + [Comparison(0, 1, "b")]
    (found,) = (one for one in inconsistencies(known(given), sure=0.5) if one.position == 5)
    assert set(found.against) <= set(range(5))
