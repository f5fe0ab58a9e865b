"""A look at the columns, in a worker: what each holds, and what may make scores untrue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from hitl_widget.advise.data_view import DataView
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.rules import data_rules
from hitl_widget.advise.safeguards import data_safeguards
from hitl_widget.data.division import Divided
from hitl_widget.data.profile import ColumnProfile, profile
from hitl_widget.data.row_set import RowStore
from hitl_widget.data.table import unpack
from hitl_widget.data.task import Understood, understand
from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.row_choices import RowChoices
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.domain.task import Column
from hitl_widget.evaluation.context import Context

__all__ = [
    "illustration_of",
    "profiles_of",
    "safeguards_of",
    "survey_illustration",
    "survey_profiles",
    "survey_safeguards",
]


def profiles_of(understood: Understood, columns: Sequence[Column], seed: int) -> tuple[ColumnProfile, ...]:
    """Return these columns at a glance, in the roles that they have here.

    Parameters
    ----------
    understood
        The task with its table, as first understood.
    columns
        Columns of it.
    seed
        Seed of the sample.
    """
    understood = understood.without_dropped()
    return profile(replace(understood, task=replace(understood.task, columns=tuple(columns))), seed)


def safeguards_of(
    understood: Understood, columns: Sequence[Column], seed: int, metric: str = ""
) -> tuple[Safeguard, ...]:
    """Return what the table warns of, with its columns in these roles.

    Parameters
    ----------
    understood
        The task with its table, as first understood.
    columns
        All its columns.
    seed
        Seed of samples and permutations.
    metric
        Name of the scorer; "" for that of the task.
    """
    understood = understood.without_dropped()
    task = DataChoices(metric=metric).scored(replace(understood.task, columns=tuple(columns)))
    return data_safeguards(replace(understood, task=task), seed)


def illustration_of(
    understood: Understood, columns: Sequence[Column], seed: int, metric: str, warning: Safeguard
) -> Illustration:
    """Return what a warning of the table is about, as a chart or a table.

    Parameters
    ----------
    understood, columns, seed, metric
        As of `safeguards_of`, which found the warning.
    warning
        The warning; its rule draws.
    """
    understood = understood.without_dropped()
    task = DataChoices(metric=metric).scored(replace(understood.task, columns=tuple(columns)))
    draw = next(rule.draw for rule in data_rules() if rule.name == warning.rule and rule.draw is not None)
    return draw(DataView(replace(understood, task=task), seed), warning)


def survey_profiles(
    context: Context,
    path: str,
    arguments: Mapping[str, Any],
    columns: tuple[Column, ...],
    rows: RowChoices | None = None,
) -> tuple[ColumnProfile, ...]:
    """Do `profiles_of` in a worker.

    Parameters
    ----------
    context
        What workers have.
    path
        File with the table, as the journal keeps it.
    arguments
        What the session was opened with.
    columns
        The columns to look at.
    rows
        The rows of the view; None for those of the original task.
    """
    return profiles_of(_understood(context, path, arguments, rows), columns, int(arguments["seed"]))


def survey_safeguards(
    context: Context,
    path: str,
    arguments: Mapping[str, Any],
    columns: tuple[Column, ...],
    rows: RowChoices | None = None,
    metric: str = "",
) -> tuple[Safeguard, ...]:
    """Do `safeguards_of` in a worker; parameters as of `survey_profiles`, and the metric."""
    return safeguards_of(_understood(context, path, arguments, rows), columns, int(arguments["seed"]), metric)


def survey_illustration(
    context: Context,
    path: str,
    arguments: Mapping[str, Any],
    columns: tuple[Column, ...],
    rows: RowChoices | None,
    metric: str,
    warning: Safeguard,
) -> Illustration:
    """Do `illustration_of` in a worker."""
    understood = _understood(context, path, arguments, rows)
    return illustration_of(understood, columns, int(arguments["seed"]), metric, warning)


def _understood(context: Context, path: str, arguments: Mapping[str, Any], rows: RowChoices | None) -> Understood:
    """Return the task with the table as it came: workers have only what models read of it."""
    if "understood" not in context.shared:
        divided = Divided(context.task.split, context.train, context.holdout, context.folds)
        context.shared["understood"] = understand(unpack(Path(path).read_bytes()), **arguments, divided=divided)
    found: Understood = context.shared["understood"]
    return RowStore(context.folder).understood(found, rows)
