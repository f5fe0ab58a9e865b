"""Another target in the middle of a session: its labels for the rows, and their division."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from hitl_widget.data.division import Divided
from hitl_widget.data.hints import near_or_all
from hitl_widget.data.roles import role_of
from hitl_widget.data.row_set import RowSet, no_rows
from hitl_widget.data.scorers import check_scorable, checked_metric
from hitl_widget.data.target import (
    Target,
    holds_durations,
    in_seconds,
    missing_targets,
    notes_on_missing,
    target_like,
    understand_target,
)
from hitl_widget.data.task import FEWEST_ROWS, Understood
from hitl_widget.data.weights import read_weights
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.row_choices import TargetChoices
from hitl_widget.domain.task import Kind, Role
from hitl_widget.errors import DataError

__all__ = ["NewTarget", "after_target", "check_trained", "new_target"]

_KINDS = {Kind.BINARY: "two classes", Kind.REGRESSION: "a number"}


@dataclass(frozen=True, slots=True, eq=False)
class NewTarget:
    """Another target for the rows of a view.

    Parameters
    ----------
    rows
        The rows with their new labels; those without one are in no part of the old division, which still has to be
        made anew.
    aim
        The labels, for all rows of the table.
    metric
        The metric.
    title, facts
        The change in words, and the target in a sentence.
    """

    rows: RowSet
    aim: Target
    metric: Metric
    title: str
    facts: str


def new_target(
    first: Understood, now: Understood, whole: pd.DataFrame, rows: RowSet, before: DataChoices, command: cmd.SetTarget
) -> NewTarget:
    """Return the labels of the rows under another target.

    Parameters
    ----------
    first, now
        The task as first understood, and with the rows of the current view.
    whole
        The plain table with the first target, with added rows and corrected labels.
    rows
        The rows of the current view.
    before
        The current choices.
    command
        The change.

    Raises
    ------
    DataError
        If the column cannot be the target.
    """
    name = command.column
    _check_free(now, before, name)
    back = name == first.task.target
    values = whole[name]
    metric = command.metric if command.metric is not None or not back else first.task.metric
    missing, strays = missing_targets(name, values, metric, clean=True)
    known = ~missing
    out = np.setdiff1d(rows.dropped, rows.unlabeled)
    weights, unweighted = _weights(whole, rows)
    known[out] = False
    known[unweighted] = False
    if known.sum() < FEWEST_ROWS:
        raise DataError(
            f"At least {FEWEST_ROWS} rows with a target are needed; {name!r} has a value in {known.sum()}. Choose "
            "another column."
        )
    aim = _first_again(first, values[known], command) if back else _read(whole, name, values[known], command, strays)
    fit = metric if isinstance(metric, Metric) else checked_metric(metric, aim.kind)
    y = np.zeros(len(values), aim.y.dtype)
    y[known] = aim.y
    if aim.kind is Kind.REGRESSION:
        check_scorable(fit, name, aim.y)
    unlabeled = np.setdiff1d(np.flatnonzero(~known), out)
    after = replace(
        rows,
        y=y,
        classes=None if back else aim.classes,
        weights=weights,
        target=None if back else _choices(first, whole, name, aim, fit, len(unlabeled)),
        dropped=np.union1d(out, unlabeled),
        unlabeled=unlabeled,
        corrections=_corrections(now, whole, rows),
        relabelled=_relabelled(first, y, unlabeled) if back else no_rows(),
    )
    lost, new = len(unlabeled), len(np.setdiff1d(rows.unlabeled, unlabeled))
    return NewTarget(after, replace(aim, y=y), fit, *_told(now.task.target, name, aim, fit, lost, new))


def _told(former: str, name: str, aim: Target, metric: Metric, lost: int, new: int) -> tuple[str, str]:
    """Return the change in words, and the target in a sentence; `lost` rows leave and `new` ones join."""
    what = _KINDS.get(aim.kind, f"{len(aim.texts)} classes")
    left = f", without {plural(lost, 'row')} that {'has' if lost == 1 else 'have'} no {name}" if lost else ""
    title = f"changed the target from {former} to {name} ({what}, {metric.label}){left}"
    positive = "" if aim.positive is None else f" (positive: {aim.positive})"
    facts = f"{name} has {what}{positive}" if aim.classes.size else f"{name} is {what}"
    leaves = f"; {plural(lost, 'row')} without a value {'leaves' if lost == 1 else 'leave'}" if lost else ""
    joins = f"; {plural(new, 'row')} without {former} {'joins' if new == 1 else 'join'}" if new else ""
    return title, f"{facts}, scored by {metric.label}{leaves}{joins}."


def _check_free(now: Understood, before: DataChoices, name: str) -> None:
    """Check that a column can become the target."""
    task = now.task
    if name == task.target:
        raise DataError(f"{name!r} is the target already. Name another column.")
    if name not in now.table.columns:
        raise DataError(f"There is no column {name!r:.100} in the table.{near_or_all(name, list(now.table.columns))}")
    split = task.split
    for used, what, call in (
        (split.group_column, "groups the folds", "session.set_split(groups=…)"),
        (split.time_column, "orders the rows in time", "session.set_split(time=…)"),
        (task.weights, "holds the weights of the rows", "session.set_weights(None)"),
    ):
        if name == used:
            raise DataError(f"{name!r} {what}, so it cannot be the target. Change that first: {call}.")
    reader = next((one.name for one in before.transforms if name in one.columns), None)
    if reader is not None:
        raise DataError(
            f"Your transform {reader!r} reads {name!r}, which would give away the target. Remove it first: "
            f"session.remove_transform({reader!r})."
        )


def _read(whole: pd.DataFrame, name: str, values: pd.Series[Any], command: cmd.SetTarget, strays: list[str]) -> Target:
    durations = holds_durations(whole, name)
    found = understand_target(name, values, metric=command.metric, positive=command.positive, durations=durations)
    return in_seconds(name, replace(found, notes=(*strays, *found.notes)), durations)


def _first_again(first: Understood, values: pd.Series[Any], command: cmd.SetTarget) -> Target:
    """Return the first target, with the classes that it had."""
    task = first.task
    if command.positive is not None and str(command.positive) != str(task.positive):
        raise DataError(
            f"The positive class of {task.target!r} was fixed when the session was opened: {task.positive!r}. Open a "
            "new session with positive= to change it."
        )
    like = Target(task.kind, first.y, first.classes, task.classes, task.positive, ())
    y, _ = target_like(task.target, values, like)
    return replace(like, y=y)


def _choices(
    first: Understood, whole: pd.DataFrame, name: str, aim: Target, metric: Metric, missing: int
) -> TargetChoices:
    former = role_of(first.task.target, whole[first.task.target])
    others = [note for note in first.task.notes if note not in (*first.divided.notes, *first.about_target)]
    return TargetChoices(
        name,
        aim.kind,
        metric.scorer,
        former,
        aim.texts,
        aim.positive,
        holds_durations(whole, name),
        missing,
        (*notes_on_missing(name, missing), *aim.notes, *others),
    )


def _weights(whole: pd.DataFrame, rows: RowSet) -> tuple[np.ndarray | None, np.ndarray]:
    """Return the weights, also of rows that had no label, and the rows that have no weight."""
    if rows.weights is None or not len(rows.unlabeled):
        return rows.weights, no_rows()
    if rows.weights_name not in whole.columns:
        return rows.weights, rows.unlabeled[rows.weights[rows.unlabeled] == 0]
    weights = rows.weights.copy()
    weights[rows.unlabeled] = read_weights(whole[rows.weights_name].iloc[rows.unlabeled], rows.weights_name)
    return weights, no_rows()


def _corrections(now: Understood, whole: pd.DataFrame, rows: RowSet) -> Mapping[str, Mapping[int, Any]]:
    """Return the labels that a person corrected or gave, also of the target that becomes a column."""
    name = now.task.target
    given = np.setdiff1d(np.flatnonzero(missing_targets(name, whole[name], None, clean=True)[0]), rows.dropped)
    changed = np.union1d(rows.relabelled, given).astype(np.int64)
    if not len(changed):
        return rows.corrections
    y = rows.y[changed]
    labels = y if now.task.kind is Kind.REGRESSION else now.classes[y]
    if labels.dtype.kind == "m":
        labels = labels / np.timedelta64(1, "s")
    found = dict(zip(changed.tolist(), labels.tolist(), strict=True))
    return {**rows.corrections, name: {**rows.corrections.get(name, {}), **found}}


def _relabelled(first: Understood, y: np.ndarray, unlabeled: np.ndarray) -> np.ndarray:
    """Return the rows of the first table whose label differs from the given one."""
    n = len(first.y)
    return np.setdiff1d(np.flatnonzero(y[:n] != first.y), unlabeled)


def after_target(before: DataChoices, after: RowSet, metric: Metric, first: Understood) -> DataChoices:
    """Return the choices about columns and metric under another target.

    Raises
    ------
    DataError
        If no column would be left.
    """
    choices = after.choices(first)
    gone = first.task.target if after.target is None else after.target.name

    def left(given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: one for name, one in given.items() if name != gone}

    own = first.task.metric.scorer if after.target is None else after.target.metric
    found = replace(
        before,
        rows=choices,
        roles=left(before.roles),
        filling=left(before.filling),
        encoding=left(before.encoding),
        metric="" if metric.scorer == own else metric.scorer,
    )
    if all(one.role is Role.IGNORED for one in found.columns(first.task)) and not found.transforms:
        raise DataError(f"No column is left to predict {gone!r}. Include another column first.")
    return found


def check_trained(aim: Target, divided: Divided, name: str) -> None:
    """Check that the search has rows of each class; raises DataError otherwise."""
    if aim.kind is Kind.REGRESSION:
        return
    counts = np.bincount(aim.y[divided.train], minlength=len(aim.texts))
    if counts.min() == 0:
        rare = aim.texts[int(np.argmin(counts))]
        raise DataError(
            f"The class {rare!r} of {name!r} has rows in the holdout only, so no model could learn it. Drop these rows "
            "first with session.drop_rows, or open a new session."
        )
