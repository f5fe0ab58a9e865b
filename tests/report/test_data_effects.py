"""The effect of a data change is that of the same configuration on the same folds."""

from __future__ import annotations

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.space import Int, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Column, Role
from hitl_widget.domain.trial import Author, Fold, Origin, TrialState
from hitl_widget.report.data_effects import effect_in_words, effect_of, effect_of_generation
from hitl_widget.report.history import told
from hitl_widget.report.improvement import Improvement
from hitl_widget.session.frames import generations_frame
from tests.report.sessions import WORDS

SPACE = Space(("dummy", "linear", "lightgbm"), (Int("lightgbm.leaves", 2, 99, 8),))
WITHOUT = DataChoices(roles={"alive": Column("alive", Role.IGNORED, "")})
LEAKY, HONEST = [1.0, 0.99, 1.0, 0.98, 1.0], [0.85, 0.83, 0.86, 0.84, 0.87]


class Search:
    """Plays events into a state."""

    def __init__(self, *leaks):
        self.state = SessionState()
        self.leaks = leaks
        self.emit(ev.GenerationOpened(0, SPACE.as_json()))
        self.emit(ev.Started())

    def emit(self, event, author=Author.MACHINE):
        seq = self.state.seq + 1
        self.state = reduce(self.state, ev.Record(seq, float(seq), float(seq), author, "", event))

    def trial(self, family, scores, parent=None):
        number = len(self.state.trials)
        leaves = {"lightgbm.leaves": 2 + number} if family == "lightgbm" else {}
        config = {"family": family, **leaves} if parent is None else dict(self.state.trials[parent].config)
        queued = (number, config, Author.MACHINE, Origin.START, parent, "", self.state.generation)
        self.emit(ev.TrialQueued(*queued))
        self.emit(ev.TrialStarted(number, self.state.view))
        for fold, score in enumerate(scores):
            self.emit(ev.FoldDone(number, Fold(fold, score)))
        self.emit(ev.TrialEnded(number, TrialState.COMPLETE))
        return number

    def drop(self):
        told = ("do", 1, "data", "excluded alive", "")
        self.emit(ev.Steered(*told, generation=1, data=WITHOUT.as_json(), leaks=self.leaks), Author.YOU)


@pytest.fixture
def search():
    """The leading model and a linear one, before and after alive was excluded; another family is lucky."""
    made = Search("alive")
    made.trial("linear", [score - 0.02 for score in LEAKY])
    best = made.trial("lightgbm", LEAKY)
    made.drop()
    made.trial("lightgbm", [0.95, 0.9, 0.93, 0.9, 0.99])  # the luck of another configuration
    made.trial("lightgbm", HONEST, best)
    return made


def test_the_effect_is_that_of_the_pair(search):
    """It compares the best configuration with itself, fold by fold, with the standard error of the difference."""
    act = search.state.acts[0]
    found = effect_of(search.state, act)
    assert (found.before.number, found.after.number, found.folds) == (1, 3, 5)
    assert found.change == pytest.approx(-0.144)
    assert effect_in_words(WORDS, search.state, act) == (
        "ROC AUC fell from 0.994 (LightGBM #1) to 0.850 (#3, same configuration, same 5 folds), −0.144 ± 0.008 SE. "
        "A warning called “alive” possible target leakage: the score without it is the honest one."
    )


def test_it_stands_where_changes_are_listed(search):
    """The answer on the Overview, the journal and the table of search spaces name the pair, not the best of each."""
    assert "Excluded alive. ROC AUC fell from 0.994 (LightGBM #1) to 0.850" in Improvement(WORDS).sentence(search.state)
    assert "gained" not in Improvement(WORDS).sentence(search.state)
    (line,) = [one for one in told(search.state, WORDS) if one.trial == 3]
    assert line.text.startswith("Effect of “excluded alive”: ROC AUC fell from 0.994 (LightGBM #1) to 0.850 (#3, ")
    row = generations_frame(search.state).iloc[1]
    assert (row.best_before, row.best_after) == (pytest.approx(0.994), pytest.approx(0.85))


def test_without_a_warning_it_is_a_plain_change(search):
    """A column that no warning named may be a loss."""
    plain = Search()
    plain.trial("lightgbm", LEAKY)
    plain.drop()
    plain.trial("lightgbm", HONEST, 0)
    assert "honest" not in effect_in_words(WORDS, plain.state, plain.state.acts[0])


def test_nothing_is_claimed_before_the_pair_is_measured():
    """While the search runs the sentence says so; scores of other data are no effect."""
    search = Search("alive")
    search.trial("lightgbm", LEAKY)
    search.drop()
    search.trial("linear", HONEST)
    act = search.state.acts[0]
    assert effect_in_words(WORDS, search.state, act).startswith("Not measured yet")
    search.emit(ev.Paused())
    assert effect_in_words(WORDS, search.state, act) == ""
    assert generations_frame(search.state).best_before.isna().all()


def test_an_undone_change_has_no_effect(search):
    """Its line says nothing more; the search space that the undo opened compares with nothing."""
    search.emit(ev.Steered("undo", 1, generation=2, data=DataChoices().as_json()), Author.YOU)
    state = search.state
    assert effect_in_words(WORDS, state, state.acts[0]) == ""
    assert effect_of_generation(state, state.generations[-1]) is None
    assert generations_frame(state).best_before.isna().iloc[-1]
    assert state.best == 1


def test_improvements_count_the_trials_of_todays_data(search):
    """The count starts again with a data change; an undo brings the earlier improvements back as they were."""
    before = Search()
    before.trial("linear", [score - 0.02 for score in LEAKY])
    before.trial("lightgbm", LEAKY)
    earlier = before.state.climbs
    assert [at for at, _ in earlier] == [1, 2]
    first = next(one.number for one in search.state.trials if one.view == 1)
    assert search.state.climbs[0] == (1, first)
    search.emit(ev.Steered("undo", 1, "data", "", "", generation=2, data=DataChoices().as_json()), Author.YOU)
    assert search.state.climbs == earlier
