"""States of sessions, made by replaying events."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.advise.advisor import RuleAdvisor
from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import command_from
from hitl_widget.domain.edit import changed
from hitl_widget.domain.objective import METRICS
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.space import Categorical, Float, Int, Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task
from hitl_widget.domain.trial import Author, Fold, Origin, Problem, TrialState

SPACE = Space(
    ("dummy", "linear", "gbm", "forest"),
    (
        Float("linear.C", 1e-3, 1e3, 1.0, True, 1e-9, 1e9, "freedom (inverse penalty)"),
        Categorical("linear.numbers", ("standardise", "quantiles"), "standardise", "scaling of numbers"),
        Float("gbm.rate", 0.005, 0.3, 0.1, True, 1e-5, 1.0, "learning rate"),
        Int("gbm.leaves", 2, 200, 31, True, 2, 131072, "leaves per tree"),
        Float("gbm.share", 0.4, 1.0, 1.0, False, 1e-3, 1.0, "share of columns per tree"),
        Categorical("gbm.extra", (False, True), False, "random thresholds"),
        Float("forest.share", 0.2, 1.0, 0.4, False, 1e-3, 1.0, "columns per question"),
        Int("forest.trees", 10, 1000, 100, True, 1, 10000, "trees"),
    ),
)
TASK = Task(
    "churn",
    Kind.BINARY,
    METRICS["roc_auc"],
    (Column("a", Role.NUMERIC, "numbers"),),
    Split(SplitScheme.STRATIFIED, 3),
    1000,
    200,
    classes=("no", "yes"),
    class_counts=(500, 300),
)
LABELS = {"dummy": "Constant", "linear": "Linear", "gbm": "LightGBM", "forest": "Random forest"}
BASELINES = frozenset({"dummy"})
FOLD = (0.01, 0.0, -0.01)  # every fold a little harder than the one before


class Story:
    """A session as a sequence of events."""

    def __init__(self, *, seconds=None, trials=None, space=SPACE, autonomy="cruise", state=None):
        self.state = state or SessionState()
        if state is None:
            self.tell(ev.GenerationOpened(0, space.as_json()), ev.BudgetSet(seconds, trials))
            self.tell(ev.AutonomySet(autonomy), ev.Started())

    def tell(self, *events, elapsed=None, author=Author.MACHINE):
        for event in events:
            at = self.state.elapsed if elapsed is None else elapsed
            self.state = reduce(self.state, ev.Record(self.state.seq + 1, 0.0, at, author, "", event))
        return self

    def queued(self, family, **params):
        number = len(self.state.trials)
        given = {f"{family}.{name}": value for name, value in params.items()}
        config = {**self.state.base.complete({"family": family}), **given}
        self.tell(ev.TrialQueued(number, config, Author.MACHINE, Origin.SAMPLER, None, "", self.state.generation))
        return number

    def trial(self, family, score=None, *, problem=None, stopped=False, seconds=0.3, jitter=0.0, view=0, **params):
        """Run one trial to its end; `jitter` moves its folds against each other."""
        number = self.queued(family, **params)
        self.tell(ev.TrialStarted(number, view))
        if score is None:
            kind, message = problem or ("error", "It broke.")
            self.tell(ev.TrialEnded(number, TrialState.FAILED, problem=Problem(kind, message)))
            return number
        for fold, step in enumerate(FOLD[:1] if stopped else FOLD):
            moved = score + step + jitter * (1, -2, 1)[fold]
            self.tell(ev.FoldDone(number, Fold(fold, moved, fit_seconds=seconds / 3)))
        self.tell(ev.TrialEnded(number, TrialState.STOPPED if stopped else TrialState.COMPLETE))
        return number

    def edit(self, changes=None, **families):
        """Change the space as the controller would."""
        state = self.state
        space = changed(state.space, state.base, changes or {}, needed=BASELINES, **families)
        act = len(state.acts) + 1
        return self.tell(ev.Steered("do", act, "space", "t", "", state.generation + 1, space.as_json()))

    def believe(self, belief):
        return self.tell(ev.Steered("do", len(self.state.acts) + 1, "belief", "t", beliefs=(belief.as_json(),)))


def advisor(workers=2, task=TASK, rules=None):
    more = {} if rules is None else {"rules": rules}
    return RuleAdvisor(task, LABELS, BASELINES, workers, **more)


def asked(rule, story, elapsed=None):
    """What one rule says of a story."""
    own = advisor(rules=(rule,))
    view = own.view(story.state, story.state.elapsed if elapsed is None else elapsed)
    return [one.nudge for one in rule(view)]


def only(rule, story, elapsed=None):
    """The one thing that a rule says; checked for what holds for every nudge."""
    (nudge,) = asked(rule, story, elapsed)
    check(nudge, story.state)
    return nudge


def check(nudge, state):
    """Hold a nudge to what every one of them promises."""
    assert nudge.question.endswith("?")
    assert len(nudge.question) <= 60, nudge.question
    assert nudge.evidence.endswith(".")
    assert nudge.effect.endswith(".")
    assert any(char.isdigit() for char in nudge.evidence), nudge.evidence
    assert len({answer.id for answer in nudge.answers}) == len(nudge.answers)
    assert nudge.worth > 0
    assert not nudge.auto or nudge.answers[0].command is not None
    for answer in nudge.answers:
        if answer.command is not None:
            possible(answer, state)
            assert answer.python.startswith("session.")


def possible(answer, state):
    """The command can be carried out now; returns the space after it."""
    command = command_from(answer.command)
    match type(command).__name__:
        case "Edit":
            return changed(state.space, state.base, command.changes, command.include, command.exclude, needed=BASELINES)
        case "Propose":
            state.space.complete(command.config)
        case "Grid":
            for value in command.values:
                state.space.complete({**command.config, command.parameter: value})
            assert len(set(command.values)) == len(command.values)
    return state.space


def of_metric(scorer):
    return replace(TASK, metric=METRICS[scorer])
