from __future__ import annotations

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.space import Float, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Fold, Origin, TrialState
from hitl_widget.report.history import frame_of, markdown_of, told
from tests.report.sessions import WORDS

SPACE = Space(("dummy", "lightgbm"), (Float("lightgbm.rate", 0.01, 1.0, 0.1, True, label="learning rate"),))


def played(*events):
    """The state after events, each with its author."""
    state = SessionState()
    opened = [(Author.MACHINE, ev.Opened({})), (Author.MACHINE, ev.GenerationOpened(0, SPACE.as_json()))]
    for seq, (author, event) in enumerate([*opened, *events], 1):
        state = reduce(state, ev.Record(seq, 1e9 + seq, float(seq), author, "", event))
    return state


def trial(number, score, author=Author.MACHINE, origin=Origin.SAMPLER):
    config = {"family": "lightgbm", "lightgbm.rate": 0.1}
    return [
        (author, ev.TrialQueued(number, config, author, origin, None, "why", 0)),
        (Author.MACHINE, ev.TrialStarted(number)),
        (Author.MACHINE, ev.FoldDone(number, Fold(0, score))),
        (Author.MACHINE, ev.TrialEnded(number, TrialState.COMPLETE)),
    ]


def test_a_trial_that_a_person_ended_is_told_and_is_no_new_best():
    """The entry has the reason; the next best is compared with the best before it."""
    reason = "You ended it 42 s into its first fold."
    ended = [
        (Author.MACHINE, ev.TrialQueued(1, {"family": "lightgbm"}, Author.MACHINE, Origin.SAMPLER, None, "why", 0)),
        (Author.MACHINE, ev.TrialStarted(1)),
        (Author.YOU, ev.TrialEnded(1, TrialState.STOPPED, reason, asked=True)),
    ]
    lines = list(told(played(*trial(0, 0.8), *ended, *trial(2, 0.9)), WORDS))[1:]
    assert [(line.kind, line.text.split(",")[0]) for line in lines] == [
        ("best", "First score: LightGBM #0"),
        ("trial", "Ended #1"),
        ("best", "New best: LightGBM #2"),
    ]
    assert lines[1].detail == reason


BELIEF = {
    "about": "lightgbm.rate",
    "around": 0.1,
    "low": 0.05,
    "high": 0.2,
    "likely": [],
    "strength": "fair",
    "since": 0,
}
STATED = ev.Steered("do", 1, "belief", "belief: learning rate around 0.1 (fair)", beliefs=(BELIEF,))


@pytest.mark.parametrize(
    ("event", "kind", "text"),
    [
        (ev.Noted("<b>hm</b>"), "note", "<b>hm</b>"),
        (ev.AutonomySet("user"), "setting", "You drive: trials run only when you queue them or ask for a batch."),
        (ev.BudgetSet(90.0, 5), "setting", "Budget: 1 min 30 s and 5 trials."),
        (ev.BatchAsked(3), "setting", "Asked the search for 3 trials."),
        (ev.NudgeAnswered("k", "never", "Drop it?"), "nudge", "You declined for good: Drop it?"),
        (ev.NudgeAnswered("k", "widen", "Widen it?"), "nudge", "You accepted: Widen it?"),
        (STATED, "belief", "Belief: learning rate around 0.1 (fair)."),
        (ev.Finishing("The time budget is used up."), "run", "The search ended: the time budget is used up."),
    ],
)
def test_each_act_is_a_sentence(event, kind, text):
    """Each act of a person has a kind and a sentence."""
    line = list(told(played((Author.YOU, event)), WORDS))[-1]
    assert (line.kind, line.text) == (kind, text)


def test_new_leaders_and_the_persons_trials_have_a_line():
    """Ordinary trials of the machine are left out."""
    events = [*trial(0, 0.7), *trial(1, 0.6), *trial(2, 0.5, Author.YOU, Origin.OWN), *trial(3, 0.8)]
    lines = list(told(played(*events), WORDS))
    assert [(line.kind, line.trial) for line in lines if line.trial is not None] == [
        ("best", 0),
        ("trial", 2),
        ("best", 3),
    ]


def test_an_undone_act_is_marked_and_its_undo_told():
    """The line stays and is marked; the undo has its own line."""
    state = played((Author.YOU, STATED), (Author.YOU, ev.Steered("undo", 1, beliefs=())))
    done, undone = list(told(state, WORDS))[-2:]
    assert (done.act, done.undone) == (1, True)
    assert undone.text == "Undid: belief: learning rate around 0.1 (fair)."
    assert undone.act is None


def test_the_history_is_a_table():
    """Times are timestamps, and numbers may be missing."""
    frame = frame_of(told(played(*trial(0, 0.7)), WORDS))
    assert str(frame["time"].dtype).startswith("datetime64[")
    assert frame["trial"].tolist()[-1] == 0
    assert frame["act"].isna().all()


def test_a_verdict_is_told_when_it_turns():
    """A verdict is not repeated while it stays the same, nor told while it is undecided."""

    def judged(kind, trials):
        return (Author.MACHINE, ev.BeliefJudged("lightgbm.rate", kind, f"After {trials}.", trials, 0.9))

    verdicts = [judged("undecided", 2), judged("supported", 9), judged("supported", 15), judged("contradicted", 30)]
    lines = [line for line in told(played((Author.YOU, STATED), *verdicts), WORDS) if line.detail.startswith("After")]
    assert [line.text for line in lines] == [
        "The belief about learning rate is supported.",
        "The belief about learning rate is contradicted.",
    ]


def test_a_new_best_says_how_much_it_gained():
    """The first has nothing to gain on; a worse trial is no line."""
    state = played(*trial(0, 0.80), *trial(1, 0.79), *trial(2, 0.8073))
    lines = [line.text for line in told(state, WORDS) if line.kind == "best"]
    assert lines == ["First score: LightGBM #0, ROC AUC 0.800.", "New best: LightGBM #2, ROC AUC 0.807 (+0.0073)."]


def test_the_history_is_exported_as_markdown_without_markup_of_the_user():
    """Each entry has its clock time, its time in the search and its author; what a user wrote stays text."""
    text = "<img src=x onerror=alert(1)> **bold**\n# heading"
    state = played((Author.YOU, ev.Noted(text)), *trial(0, 0.8))
    told_ = markdown_of(told(state, WORDS), "Journal of `churn`")
    assert told_.startswith("# Journal of \\`churn\\`\n\n## 2001-09-09\n\n- ")
    assert "**you**: \\<img src=x onerror=alert(1)\\> \\*\\*bold\\*\\* \\# heading\n" in told_
    assert "(3.0 s) **you**" in told_ or "(3 s) **you**" in told_
    assert "**search**: First score: LightGBM \\#0, ROC AUC 0.800.\n" in told_
