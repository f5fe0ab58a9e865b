from __future__ import annotations

import pytest

from hitl_widget.domain import commands as cmd
from hitl_widget.domain import event as ev
from hitl_widget.domain.belief import Verdict, VerdictKind
from hitl_widget.domain.nudge import Answer, Nudge
from hitl_widget.domain.reducer import replay
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Author, Origin
from hitl_widget.errors import CommandError
from tests.doubles import Stage


def nudge(key, *commands, auto=False, worth=1.0):
    """A proposal with one answer for each command."""
    answers = tuple(
        Answer(f"do{i}", f"Do {i}", None if one is None else cmd.as_json(one), "") for i, one in enumerate(commands)
    )
    return Nudge(key, "rule", f"{key}?", f"Evidence of {key}.", "It does so.", worth, answers, auto=auto)


class Script:
    """Proposes what it was given, from the third ended trial on, without what was answered."""

    def __init__(self, *nudges):
        self.scripted = nudges

    def nudges(self, state, elapsed):
        return [one for one in self.scripted if state.ended >= 3 and one.key not in state.answered]


NARROW = nudge("narrow", cmd.Edit({"line.x": [0.5, 1.0]}), cmd.Edit(exclude=["tree"]), auto=True)
LOOK = nudge("look", None)
TRY = nudge("try", cmd.Propose({"family": "tree", "tree.depth": 5}))
IMPOSSIBLE = nudge("impossible", cmd.Edit({"line.y": 3}), auto=True)


@pytest.fixture
def stage(tmp_path):
    made = []

    def make(*nudges, **plan):
        made.append(Stage(tmp_path, advisor=Script(*nudges), budget_trials=None, **plan))
        made[-1].do(cmd.Start())
        made[-1].until(lambda s: s.ended >= 5)
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_at_most_two_are_shown_and_they_are_on_record_once(stage):
    """Offers are events; the same offers are not said again with every trial."""
    one = stage(NARROW, LOOK, TRY)
    state = one.until(lambda s: s.ended >= 9)
    assert [offer.key for offer in state.nudges] == ["narrow", "look"]
    assert sum(isinstance(record.event, ev.NudgesOffered) for record in one.records) == 1
    assert replay(one.records).nudges == state.nudges


def test_an_open_proposal_keeps_its_place_from_a_slightly_better_one(tmp_path):
    """So that what a person reads does not change under their eyes; twice the worth takes the place."""

    class Wavering:
        def nudges(self, state, elapsed):
            wave = 0.1 if state.ended % 2 else -0.1
            late = [nudge("urgent", None, worth=3.0)] if state.ended >= 12 else []
            return [nudge("a", None, worth=1.0), nudge("b", None, worth=1.0 + wave), nudge("c", None, worth=1.0), *late]

    one = Stage(tmp_path, advisor=Wavering(), budget_trials=None)
    try:
        one.do(cmd.Start())
        one.until(lambda s: s.ended >= 16)
        offers = [{n["key"] for n in r.event.nudges} for r in one.records if isinstance(r.event, ev.NudgesOffered)]
        assert len({frozenset(offer) for offer in offers}) == 2
        assert "urgent" in offers[-1]
    finally:
        one.close()


def test_accepting_carries_out_its_first_answer_with_the_evidence(stage):
    """The edit is the person's act, and says why."""
    one = stage(NARROW)
    one.do(cmd.AnswerNudge("narrow"))
    state = one.controller.state
    assert state.space["line.x"].low == 0.5
    assert (state.acts[0].author, state.acts[0].why) == (Author.YOU, "Evidence of narrow.")
    assert "narrow" in state.answered
    with pytest.raises(CommandError, match="is not open"):
        one.do(cmd.AnswerNudge("narrow"))


def test_another_answer_can_be_chosen(stage):
    """By its id; an unknown one is refused and the proposal stays."""
    one = stage(NARROW)
    with pytest.raises(CommandError, match="do0, do1, later, never"):
        one.do(cmd.AnswerNudge("narrow", "perhaps"))
    one.do(cmd.AnswerNudge("narrow", "do1"))
    assert "tree" not in one.controller.state.space.families


def test_an_answer_that_cannot_be_carried_out_changes_nothing(stage):
    """The person reads why; the proposal stays open."""
    one = stage(IMPOSSIBLE)
    with pytest.raises(Exception, match=r"no hyperparameter 'line\.y'"):
        one.do(cmd.AnswerNudge("impossible"))
    assert "impossible" not in one.controller.state.answered


def test_a_trial_from_a_proposal_says_so(stage):
    """Who proposed it, and from which evidence."""
    one = stage(TRY)
    number = one.do(cmd.AnswerNudge("try")).numbers[0]
    trial = one.controller.state.trials[number]
    assert (trial.origin, trial.author) == (Origin.NUDGE, Author.YOU)
    assert trial.why == "You accepted a proposal: Evidence of try."


def test_later_and_never_only_note_the_answer(stage):
    """The advisor leaves out what was answered."""
    one = stage(NARROW, LOOK)
    one.do(cmd.AnswerNudge("narrow", "never"))
    one.do(cmd.AnswerNudge("look", "later"))
    state = one.controller.state
    assert {key: answer for key, (answer, _) in state.answered.items()} == {"narrow": "never", "look": "later"}
    assert state.acts == ()


def test_the_autopilot_acts_by_itself_and_leaves_it_undoable(stage):
    """Its act is on record as its own, with the evidence; what may not be done unasked stays open."""
    one = stage(LOOK, NARROW, autonomy=cmd.Autonomy.AUTOPILOT)
    state = one.until(lambda s: s.acts)
    act = state.acts[0]
    assert (act.author, act.why, act.title) == (Author.MACHINE, "Evidence of narrow.", "line.x 0–1 → 0.5–1")
    assert [offer.key for offer in state.nudges] == ["look"]
    one.do(cmd.Undo())
    assert one.controller.state.space["line.x"].low == 0.0


def test_the_autopilot_is_not_held_up_by_what_it_may_not_do(stage):
    """Two questions for the person do not keep the third from being acted on."""
    one = stage(LOOK, TRY, NARROW, autonomy=cmd.Autonomy.AUTOPILOT)
    assert one.until(lambda s: s.acts).acts[0].title == "line.x 0–1 → 0.5–1"


def test_in_cruise_the_machine_asks(stage):
    """Without an answer nothing is changed."""
    one = stage(NARROW, autonomy=cmd.Autonomy.CRUISE)
    state = one.until(lambda s: s.ended >= 20)
    assert state.acts == ()


def test_the_autopilot_survives_what_it_cannot_do(stage):
    """A proposal that does not apply is put off, with the reason on record."""
    one = stage(IMPOSSIBLE, autonomy=cmd.Autonomy.AUTOPILOT)
    state = one.until(lambda s: "impossible" in s.answered)
    assert state.answered["impossible"][0] == "later"
    assert one.controller.alive


def test_a_verdict_on_a_belief_is_on_record_when_it_changes(tmp_path):
    """Not with every trial."""

    class Judge:
        def __init__(self, sampler):
            self._sampler = sampler

        def __getattr__(self, name):
            return getattr(self._sampler, name)

        def verdicts(self, state):
            kind = VerdictKind.SUPPORTED if state.ended > 8 else VerdictKind.UNDECIDED
            return [Verdict("line.x", kind, f"After {state.ended}.", 5, 0.9)]

    one = Stage(tmp_path, sampler=Judge, budget_trials=None)
    try:
        one.do(cmd.Believe("line.x", around=0.9))
        one.do(cmd.Start())
        one.until(lambda s: s.ended >= 20)
        said = [record.event.kind for record in one.records if isinstance(record.event, ev.BeliefJudged)]
        assert said == ["undecided", "supported"]
        assert one.controller.state.verdicts["line.x"].kind is VerdictKind.SUPPORTED
        one.do(cmd.Withdraw("line.x"))
        assert one.controller.state.verdicts == {}
    finally:
        one.close()


def test_a_verdict_on_evidence_that_left_is_said_again(tmp_path):
    """Its numbers are those of today's space."""

    class Judge:
        def __init__(self, sampler):
            self._sampler = sampler

        def __getattr__(self, name):
            return getattr(self._sampler, name)

        def verdicts(self, state):
            count = state.ended - len(state.outside)
            return [Verdict("line.x", VerdictKind.UNDECIDED, f"Of {count}.", count, 0.5)]

    one = Stage(tmp_path, sampler=Judge, budget_trials=None)
    try:
        one.do(cmd.Believe("line.x", around=0.9))
        one.do(cmd.Start())
        before = one.until(lambda s: "line.x" in s.verdicts and s.verdicts["line.x"].trials > 12)
        one.do(cmd.Edit({"line.x": [0.89, 0.9]}))
        one.until(lambda s: s.verdicts["line.x"].trials < before.verdicts["line.x"].trials)
    finally:
        one.close()


def test_suggestions_end_with_the_search_and_a_raised_budget_resumes_it(tmp_path):
    """A suggestion speaks of the search as it was; before the end, a raised budget only changes the limit."""
    one = Stage(tmp_path, advisor=Script(nudge("cut", cmd.Edit(exclude=["tree"]))), budget_trials=8)
    try:
        one.do(cmd.Start())
        one.until(lambda s: [offer.key for offer in s.nudges] == ["cut"])
        one.until(lambda s: s.phase is Phase.FINISHED)
        assert one.controller.state.nudges == ()
        receipt = one.do(cmd.SetBudget(trials=14))
        assert receipt.sentence.endswith("The search resumed.")
        state = one.until(lambda s: s.phase is Phase.FINISHED and s.ended > 8)
        assert state.started == 14
    finally:
        one.close()
