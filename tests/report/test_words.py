from __future__ import annotations

from dataclasses import replace

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task
from hitl_widget.domain.trial import Author, Fold, Origin, Trial, TrialState
from hitl_widget.domain.vector import Vector
from hitl_widget.report.static import summary_html
from hitl_widget.report.words import Words, duration, number
from tests.tables import EVIL

TASK = Task(
    "churn",
    Kind.BINARY,
    metric_named("roc_auc"),
    (Column("id", Role.IGNORED, "an id"), Column(EVIL, Role.NUMERIC, "numbers", 3, 50)),
    Split(SplitScheme.STRATIFIED, 5),
    1000,
    200,
    classes=("no", "yes"),
    class_counts=(730, 270),
    positive="yes",
)
WORDS = Words(TASK, {"lightgbm": "LightGBM", "linear": "Linear", "dummy": "Constant guess"}, frozenset({"dummy"}))


def _trial(index, family, score, std=0.006, author=Author.MACHINE):
    folds = tuple(Fold(fold, score) for fold in range(5))
    config = {"family": family}
    state = TrialState.COMPLETE
    return Trial(index, config, author, Origin.SAMPLER, None, "w", 0, state, folds, score, std, 1.0, float(index))


def _state(*trials, **more):
    vector = Vector()
    for trial in trials:
        vector = vector.append(trial)
    leaders = tuple(sorted(range(len(trials)), key=lambda n: -trials[n].score))
    best = {}
    for n in leaders:
        best.setdefault(trials[n].family, n)
    climbs, top = [], -1e9
    for n, trial in enumerate(trials):
        if trial.score > top:
            climbs.append((n + 1, n))
            top = trial.score
    counts = tuple(len(trials) if state is TrialState.COMPLETE else 0 for state in TrialState)
    return SessionState(
        trials=vector,
        leaders=leaders,
        family_best=best,
        climbs=tuple(climbs),
        counts=counts,
        phase=Phase.RUNNING,
        **more,
    )


def test_other_numbers_read_other_words():
    """The lead is made from the numbers: it changes with them."""
    far = _state(_trial(0, "dummy", 0.5, 0.0), _trial(1, "linear", 0.841), _trial(2, "lightgbm", 0.853))
    assert (
        WORDS.headline(far) == "LightGBM leads with ROC AUC 0.853 ± 0.006, 1.2 points better than logistic regression."
    )
    near = _state(_trial(0, "dummy", 0.5, 0.0), _trial(1, "linear", 0.8529), _trial(2, "lightgbm", 0.853))
    assert WORDS.headline(near) == "LightGBM leads with ROC AUC 0.853 ± 0.006, level with logistic regression."
    assert WORDS.aside(near) == "One other is within the noise of it."
    assert WORDS.aside(far) == ""
    alone = _state(_trial(0, "dummy", 0.5, 0.0), _trial(1, "linear", 0.9))
    assert WORDS.headline(alone).endswith("; always guessing the same gives 0.500.")


def test_improving_tells_gain_from_standstill():
    """It says how much the last trials brought, or for how long nothing came."""
    flat = _state(_trial(0, "linear", 0.9), *[_trial(n, "lightgbm", 0.8) for n in range(1, 20)])
    assert WORDS.improving(flat) == "Not in the last 19 finished trials."
    rising = _state(*[_trial(n, "lightgbm", 0.5 + 0.01 * n) for n in range(20)])
    assert WORDS.improving(rising) == "Yes: 10.0 points better in the last 10 finished trials."
    assert WORDS.improving(SessionState()) == "Too early to say."
    early = _state(_trial(0, "dummy", 0.5, 0.0), *[_trial(n, "linear", 0.8 + 0.02 * n) for n in range(1, 5)])
    assert WORDS.improving(early) == "Yes: 6.0 points better in the last 3 finished trials."


def test_a_loss_reads_as_people_write_it():
    """RMSE is shown positive, and a better one is said in percent."""
    task = replace(TASK, kind=Kind.REGRESSION, metric=metric_named("rmse"), classes=(), class_counts=(), positive=None)
    words = Words(task, {"lightgbm": "LightGBM"}, frozenset({"dummy"}))
    state = _state(_trial(0, "linear", -30000.0, 900.0), _trial(1, "lightgbm", -27000.0, 800.0))
    assert words.headline(state) == "LightGBM leads with RMSE 27,000 ± 800, 10 % better than linear regression."


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_has_its_sentence_before_the_first_score(phase):
    """There is always a sentence, also with nothing measured."""
    state = SessionState(phase=phase)
    assert WORDS.headline(state).endswith(".")
    assert WORDS.aside(state) == ""


def test_the_static_summary_escapes_and_draws():
    """It holds the picture, the ring around the person's trial, and no markup from names."""
    words = replace(WORDS, labels={**WORDS.labels, "lightgbm": EVIL})
    state = _state(_trial(0, "dummy", 0.5, 0.0), _trial(1, "lightgbm", 0.8, author=Author.YOU))
    html = summary_html(words, state, {"lightgbm": "lgbm"}, 12.0, "/a/<b>.sqlite")
    assert EVIL not in html
    assert "<b>.sqlite" not in html
    assert "data:image/svg+xml;base64," in html


def test_numbers_and_durations_read_well():
    """Digits follow the uncertainty; times are said as people say them."""
    assert number(0.84561, 0.006) == "0.846"
    assert number(float("nan")) == "–"
    assert [duration(one) for one in (59.6, 60, 3599.9, 86400)] == ["1 min", "1 min", "1 h", "24 h"]


def measured(number, family, score, generation=0):
    """The events of one trial."""
    queued = ev.TrialQueued(number, {"family": family}, Author.MACHINE, Origin.SAMPLER, None, "", generation)
    folds = [ev.FoldDone(number, Fold(fold, score + 0.001 * fold)) for fold in (0, 1)]
    ended = ev.TrialEnded(number, TrialState.COMPLETE)
    return [(Author.MACHINE, one) for one in (queued, ev.TrialStarted(number), *folds, ended)]


def states(events):
    """The state after each event."""
    state, found = SessionState(), []
    for seq, (author, event) in enumerate(events, 1):
        state = reduce(state, ev.Record(seq, 0.0, 0.0, author, "", event))
        found.append(state)
    return found


def test_it_says_what_the_last_change_of_the_space_brought():
    """Since the generation opened, and by whom; nothing while it is within a tenth of the noise."""
    space = Space(("linear", "lightgbm"), ())
    narrow = Space(("lightgbm",), ())
    events = [(Author.MACHINE, ev.GenerationOpened(0, space.as_json()))]

    events += measured(0, "lightgbm", 0.80)
    edit = ev.Steered("do", 1, "space", "excluded linear", generation=1, space=narrow.as_json())
    events.append((Author.YOU, edit))
    early = len(events)
    events += measured(1, "lightgbm", 0.81, generation=1)
    said = []
    for state in states(events):
        said.append(WORDS.improving(state))
    assert "change of the space" not in said[early - 1]
    assert said[-1].endswith("Your last change of the space brought 1.0 points.")


FAMILIES = Space(("dummy", "linear", "lightgbm"), ())


def steered(*families, number=1, step="do", act=1):
    """An edit that leaves these families."""
    space = Space(families, ()).as_json()
    return Author.YOU, ev.Steered(step, act, "space", "edited", generation=number, space=space)


def searched(*events):
    """A search in which linear is far ahead, and then these events."""
    first = [(Author.MACHINE, ev.GenerationOpened(0, FAMILIES.as_json())), (Author.MACHINE, ev.Started())]
    trials = [*measured(0, "dummy", 0.5), *measured(1, "linear", 0.9), *measured(2, "lightgbm", 0.7)]
    return states([*first, *trials, *events])[-1]


def test_a_better_model_that_was_taken_out_is_not_called_level():
    """Linear is excluded and stays the yardstick; what it is, is said."""
    state = searched(steered("dummy", "lightgbm"))
    assert WORDS.headline(state) == (
        "LightGBM leads with ROC AUC 0.7005 ± 0.0007, 20.0 points behind logistic regression."
    )
    assert WORDS.verdict(state, state.trials[1]) == "20.0 points better than the best that counts."
    assert WORDS.verdict(state, state.trials[2]) == "The best of 2 finished trials."


@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.PAUSED, Phase.FINISHED])
@pytest.mark.parametrize(
    "act", [steered("dummy", "knn"), (Author.YOU, ev.Steered("do", 1, "discard", "discarded", discarded=(1, 2)))]
)
def test_where_no_model_counts_any_more_none_leads(phase, act):
    """Excluded or discarded, in every phase, it does not say that nothing was finished."""
    state = replace(searched(act), phase=phase)
    assert WORDS.leading(state) is None
    assert WORDS.headline(state).startswith("No finished model counts today")


def test_what_an_undo_brings_back_is_no_progress():
    """It was found before."""
    undo = steered("dummy", "linear", "lightgbm", number=2, step="undo")
    later = [one for n in range(3, 9) for one in measured(n, "lightgbm", 0.6, generation=2)]
    state = searched(steered("dummy", "lightgbm"), undo, *later)
    assert state.best == 1
    assert WORDS.improving(state) == "Not in the last 7 finished trials."


@pytest.mark.parametrize(
    ("before", "after", "noise", "said"),
    [
        (0.8, 0.80088, 0.018, "+0.0009"),
        (0.8, 0.804, 0.05, "+0.004"),
        (0.8, 0.8, 0.01, "±0"),
        (0.8, 0.79, 0.05, "−0.010"),
        (None, 0.8, 0.01, "–"),
    ],
)
def test_a_gain_has_the_digits_that_its_noise_warrants(before, after, noise, said):
    """A tenth of the noise is the finest that is shown."""
    assert WORDS.gain(before, after, noise) == said
