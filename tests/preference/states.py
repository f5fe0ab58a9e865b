"""Sessions with measured trials and preferences, replayed from events as from a journal."""

from __future__ import annotations

from hitl_widget.domain import event as ev
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.data_choices import ANY_VIEW, DataChoices
from hitl_widget.domain.objective import Source, metric_named
from hitl_widget.domain.preference import Preferences
from hitl_widget.domain.reducer import reduce
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Column, Kind, Role, Split, SplitScheme, Task
from hitl_widget.domain.trial import Author, Fold, Origin, Problem, TrialState

FAMILIES = ("dummy", "linear", "tree", "forest")
COLUMNS = (Column("x", Role.NUMERIC, ""), Column("town", Role.CATEGORICAL, "", distinct=3))
BINARY = Task(
    *("y", Kind.BINARY, metric_named("roc_auc"), COLUMNS, Split(SplitScheme.STRATIFIED, 3), 100),
    classes=("no", "yes"),
    class_counts=(60, 40),
    positive="yes",
)
NUMBERS = Task("y", Kind.REGRESSION, metric_named("rmse"), COLUMNS, Split(SplitScheme.KFOLD, 3), 100)


class Study:
    """Builds a state event by event."""

    def __init__(self):
        self.state = SessionState()
        self.records = []
        self.emit(ev.GenerationOpened(0, Space(FAMILIES, ()).as_json()))
        self.emit(ev.Started())
        self._acts = 0
        self._view = 0

    def emit(self, event, author=Author.MACHINE):
        seq = self.state.seq + 1
        self.records.append(ev.Record(seq, float(seq), float(seq), author, "", event))
        self.state = reduce(self.state, self.records[-1])

    def trial(self, score, family="linear", *, state=TrialState.COMPLETE, spread=0.01, folds=3, view=None, **measures):
        """One trial with a score, measured right after the fit of its first fold; returns its number."""
        number = len(self.state.trials)
        self.emit(ev.TrialQueued(number, {"family": family}, Author.MACHINE, Origin.SAMPLER, None, "", 0))
        self.emit(ev.TrialStarted(number, ANY_VIEW if family == "dummy" else self._view if view is None else view))
        for fold in range(folds if state is TrialState.COMPLETE else 1):
            apart = spread * (fold - (folds - 1) / 2)
            own = measures if fold == 0 else {}
            self.emit(ev.FoldDone(number, Fold(fold, score + apart, fit_seconds=1.0, model_bytes=1000, measures=own)))
        problem = Problem("error", "it broke") if state is TrialState.FAILED else None
        self.emit(ev.TrialEnded(number, state, "", problem))
        return number

    def measured(self, number, problems=None, **values):
        """Further values of a trial that ended."""
        self.emit(ev.Measured(({"number": number, "values": values, "spreads": {}, "problems": problems or {}},)))

    def prefer(self, preferences: Preferences, kind="answer"):
        """An act that states preferences."""
        self._acts += 1
        self.emit(ev.Steered("do", self._acts, kind, "said", preferences=preferences.as_json()), Author.YOU)

    def change_data(self, choices: DataChoices):
        """An act that changes the data; later trials read it."""
        self._acts += 1
        number = self.state.generation + 1
        told = ("do", self._acts, "data", "excluded town", "")
        self.emit(ev.Steered(*told, generation=number, data=choices.as_json()), Author.YOU)
        self._view = self.state.view

    def pause(self):
        self.emit(ev.Paused())


def limit(text, hard=True, source=Source.MODEL, sign=1):
    """A constraint on something measured on models."""
    rule = Constraint.parse(text, hard)
    return rule if rule.op == "in" else rule.on(rule.about, source, sign)
