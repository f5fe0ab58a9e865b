"""States of a session, made by hand or from events, and its vocabulary."""

from __future__ import annotations

from hitl_widget.domain import event as ev
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task
from hitl_widget.domain.trial import Author, Fold, Origin, Trial, TrialState
from hitl_widget.domain.vector import Vector
from hitl_widget.report.words import Words
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
WORDS = Words(TASK, {"lightgbm": "LightGBM", "linear": "Linear", "dummy": "Constant prediction"}, frozenset({"dummy"}))


def trial(index, family, score, std=0.006, author=Author.MACHINE):
    folds = tuple(Fold(fold, score) for fold in range(5))
    config = {"family": family}
    state = TrialState.COMPLETE
    return Trial(index, config, author, Origin.SAMPLER, None, "w", 0, state, folds, score, std, 1.0, float(index))


def state_of(*trials, **more):
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


def measured(number, family, score, generation=0, origin=Origin.SAMPLER):
    """The events of one trial."""
    queued = ev.TrialQueued(number, {"family": family}, Author.MACHINE, origin, None, "", generation)
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


FAMILIES = Space(("dummy", "linear", "lightgbm"), ())


def steered(*families, number=1, step="do", act=1):
    """An edit that keeps these families only."""
    space = Space(families, ()).as_json()
    return Author.YOU, ev.Steered(step, act, "space", "edited", generation=number, space=space)


def searched(*events):
    """A search in which linear is far ahead, and then these events."""
    first = [(Author.MACHINE, ev.GenerationOpened(0, FAMILIES.as_json())), (Author.MACHINE, ev.Started())]
    trials = [*measured(0, "dummy", 0.5), *measured(1, "linear", 0.9), *measured(2, "lightgbm", 0.7)]
    return states([*first, *trials, *events])[-1]
