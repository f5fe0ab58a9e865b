"""Commands on the data: roles, missing cells, encodings and custom transforms."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.data.scorers import decides
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.balance import parameters_of_balance, tunes_threshold
from hitl_widget.domain.data_choices import DataChoices, Transform
from hitl_widget.domain.figures import plural
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.receipt import Receipt
from hitl_widget.domain.task import Role
from hitl_widget.domain.trial import TrialState
from hitl_widget.engine.acts import Acts
from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.context import Context
from hitl_widget.engine.handlers.base import Handler, handles
from hitl_widget.engine.handlers.outside import Cancelling, cancel_outside
from hitl_widget.engine.ports import Tables, Warnings
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.user_code import CodeKind

__all__ = ["DataHandler"]


class DataHandler(Handler):
    """Changes how columns enter the models.

    Parameters
    ----------
    context
        State, log, plan and clock.
    acts
        Records acts.
    trials
        Cancels trials that read the previous columns.
    code
        Stores custom transforms.
    tables
        The columns; None if they cannot be changed.
    known_warnings
        The warnings that are known by now.
    """

    def __init__(
        self,
        context: Context,
        acts: Acts,
        trials: Cancelling,
        code: CodeStore,
        tables: Tables | None,
        known_warnings: Warnings,
    ) -> None:
        super().__init__(context)
        self._acts = acts
        self._trials = trials
        self._code = code
        self._given = tables
        self._known_warnings = known_warnings

    @property
    def _tables(self) -> Tables:
        if self._given is None:
            raise CommandError("This search has no table whose columns could be changed.")
        return self._given

    @handles(cmd.ChangeData)
    def change_data(self, command: cmd.ChangeData, by: Provenance) -> Receipt:
        """Start a generation on the changed columns."""
        before = self._context.state.steering.data
        choices = self._tables.changed(before, command)
        title = self._tables.in_words(before, choices)
        self._tables.keep()
        out = [name for name, column in choices.roles.items() if column.role is Role.IGNORED]
        dropped = [name for name in out if name not in before.roles or before.roles[name].role is not Role.IGNORED]
        leaks = self._known_warnings.leaks(self._context.state, dropped)
        receipt = self._do(title, by, choices, leaks)
        if command.running == "cancel":
            cancel_outside(self._context, self._trials, by)
        return receipt

    @handles(cmd.SetMetric)
    def set_metric(self, command: cmd.SetMetric, by: Provenance) -> Receipt:
        """Score models by another metric."""
        before = self._context.state.steering.data
        choices, title = self._tables.with_metric(before, command.metric)
        title += self._idle_threshold(choices)
        return self._acts.do("metric", title, by, replace(self._context.state.steering, data=choices))

    def _idle_threshold(self, choices: DataChoices) -> str:
        """Return the end of a sentence about thresholds that were tuned, or are tried, for another metric, else ""."""
        state, task = self._context.state, self._context.plan.task
        if task is None:
            return ""
        metric = choices.scored(task).metric
        if decides(metric):
            others = [one.scored(task).metric != metric for one in state.views]
            tuned = sum(
                tunes_threshold(one.config, one.family) and one.fitted_view is not None and others[one.fitted_view]
                for one in state.trials
                if one.state is TrialState.COMPLETE and not state.on_other_data(one)
            )
            keeps = "keeps its" if tuned == 1 else "keep their"
            return f"; {plural(tuned, 'trial')} {keeps} threshold, tuned for another metric" if tuned else ""
        tried = any("threshold" in one.choices for one in parameters_of_balance(state.space))
        return f"; class balance still tries a tuned threshold, which does not change {metric.label}" if tried else ""

    @handles(cmd.AddTransform)
    def add_transform(self, command: cmd.AddTransform, by: Provenance) -> Receipt:
        """Start a generation with an additional transform, or restore one whose code was not trusted."""
        before = self._context.state.steering.data
        transform = Transform(command.name, command.columns, command.what)
        if transform in before.transforms and not self._code.has(CodeKind.TRANSFORM, command.name):
            self._code.keep(CodeKind.TRANSFORM, command.name, command.code)
            return self._acts.do("data", f"added the transform {command.name} again", by)
        choices = self._tables.with_transform(before, transform)
        self._code.keep(CodeKind.TRANSFORM, command.name, command.code)
        self._tables.keep()
        return self._do(f"added the transform {command.name}", by, choices)

    @handles(cmd.RemoveTransform)
    def remove_transform(self, command: cmd.RemoveTransform, by: Provenance) -> Receipt:
        """Start a generation without a transform."""
        choices = self._tables.without_transform(self._context.state.steering.data, command.name)
        return self._do(f"removed the transform {command.name}", by, choices)

    def _do(self, title: str, by: Provenance, choices: DataChoices, leaks: tuple[str, ...] = ()) -> Receipt:
        after = replace(self._context.state.steering, data=choices)
        return self._acts.do("data", title, by, after, leaks=leaks)
