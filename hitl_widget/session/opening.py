"""Opens and loads sessions: checks arguments, understands the table, plans the search, assembles the runtime."""

from __future__ import annotations

import os
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hitl_widget.advise.advisor import RuleAdvisor
from hitl_widget.data.choices import Columns
from hitl_widget.data.division import Divided, pack_rows, unpack_rows
from hitl_widget.data.expectations import checked_expected
from hitl_widget.data.roles import roles_as_dict
from hitl_widget.data.scorers import near_zero
from hitl_widget.data.success import read_success
from hitl_widget.data.table import column_name, normalise, pack, unpack
from hitl_widget.data.task import Understood, names_column, understand
from hitl_widget.domain import commands as cmd
from hitl_widget.domain.arguments import checked_limit, checked_name, checked_seed, checked_workers, plain
from hitl_widget.domain.event import GenerationOpened, Opened, Record
from hitl_widget.domain.figures import plural
from hitl_widget.domain.labels import FamilyLabels
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import Space
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.success import Success
from hitl_widget.domain.task import Task
from hitl_widget.engine.assemble import (
    new_executor,
    new_journal,
    new_sampler,
    possible_configs,
)
from hitl_widget.engine.controller import Controller
from hitl_widget.engine.places import checked_place, default_place, scratch_folder
from hitl_widget.engine.plan import Plan
from hitl_widget.engine.ports import Journal
from hitl_widget.errors import DataError, JournalError
from hitl_widget.evaluation.trust import sign, verified
from hitl_widget.evaluation.user_code import CodeKind, UserCode
from hitl_widget.learners.own_metric import own_metric
from hitl_widget.learners.registry import LEARNERS, space_for, starting_configs
from hitl_widget.preference.model import PreferenceModel
from hitl_widget.report.words import Words
from hitl_widget.sampling.registry import checked_sampler
from hitl_widget.session.known_warnings import KnownWarnings
from hitl_widget.session.runtime import Runtime

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DEFAULT_BUDGET", "load_session", "open_session"]

DEFAULT_BUDGET = 300.0
"""Seconds of search, unless only the number of trials is limited."""

_CONSTANT = "dummy"


@dataclass(frozen=True, slots=True)
class _Limits:
    """The limits that a new session starts with; a loaded one has them in its journal."""

    budget_seconds: float | None = None
    budget_trials: int | None = None
    autonomy: cmd.Autonomy = cmd.Autonomy.CRUISE


@dataclass(frozen=True, slots=True)
class _Saved:
    """A session as its journal holds it."""

    journal: Journal
    records: Sequence[Record]


class _SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return time.monotonic()


def open_session(
    data: Any,
    target: str,
    *,
    name: str | None,
    budget: float | None,
    max_trials: int | None,
    workers: int | None,
    autonomy: str,
    sampler: str | None,
    journal: str | os.PathLike[str] | None,
    trial_seconds: float | None,
    trial_memory: int | None,
    success: str | None,
    expected: float | None,
    **arguments: Any,
) -> Runtime:
    """Return the runtime of a new session; the arguments are those of `AutoMLSession`."""
    if max_trials is not None and budget is DEFAULT_BUDGET:
        budget = None
    budget, max_trials = plain(budget), plain(max_trials)
    metric = own_metric(arguments.pop("metric"), arguments.pop("direction"))
    saved_metric = metric.as_json() if isinstance(metric, Metric) else metric
    arguments = {"target": target, "metric": saved_metric, **arguments, "seed": checked_seed(plain(arguments["seed"]))}
    arguments["roles"] = roles_as_dict(arguments["roles"]) or None
    given = checked_name(name)
    limits = {
        "workers": checked_workers(plain(workers)),
        "trial_seconds": checked_limit("trial_seconds", plain(trial_seconds)),
        "trial_memory": checked_limit("trial_memory", plain(trial_memory)),
    }
    cmd.SetBudget(budget, max_trials)
    level = cmd.SetAutonomy(autonomy)  # type: ignore[arg-type]
    table, arguments = _with_values(*_with_second_table(normalise(data, strict=False), arguments))
    understood = understand(table, **{**arguments, "metric": metric})
    if isinstance(metric, Metric):
        from hitl_widget.learners.scoring import try_metric

        try_metric(understood.task, understood.y)
    arguments = {**_storable(arguments), "target": understood.task.target, **_knowledge(understood.task)}
    if arguments["positive"] is not None:
        arguments["positive"] = understood.task.positive
    few = near_zero(understood.task.metric, understood.y)
    if few:
        warnings.warn(
            f"The mean absolute percentage error divides by {target!r}, which is 0 or close to it in "
            f"{plural(few, 'row')}: these rows alone decide the score. Use metric='neg_mean_absolute_error'.",
            stacklevel=3,
        )
    settings = {
        "arguments": arguments,
        "limits": limits,
        "sampler": checked_sampler(sampler),
        "id": uuid.uuid4().hex[:12],
        "name": given,
        "expected": _checked_expected(plain(expected), understood.task),
        "success": None if success is None else _checked_success(success, understood.task).text,
        "created": time.time(),
    }
    place = checked_place(journal if journal is not None else default_place(target), new=True)
    runtime = _assemble(understood, table, settings, place, _Limits(budget, max_trials, level.level), None)
    runtime.start()
    return runtime


def load_session(path: str | os.PathLike[str]) -> Runtime:
    """Return the runtime of the session that a journal holds.

    Warns, at the caller of the caller, of damage and of a person's code that is not trusted.
    """
    from hitl_widget.engine.recovery import open_journal

    found = open_journal(checked_place(path, new=False), _content)
    journal, records = found.journal, found.records
    try:
        if not records or not isinstance(records[0].event, Opened) or found.content is None:
            raise JournalError(f"The journal {journal.place} is empty: its session was never opened.")
        settings = _checked_settings(records[0].event.settings, journal.place)
        checked_sampler(settings.get("sampler"))
        table, divided = found.content
        metric, untrusted_metric = _saved_metric(settings["arguments"].get("metric"), journal)
        understood = understand(table, **{**settings["arguments"], "metric": metric}, divided=divided)
        place = checked_place(journal.place if found.damage else path, new=False)
        runtime = _assemble(understood, table, settings, place, _Limits(), _Saved(journal, records))
        _keep_rows(runtime, journal)
        for sentence in (*filter(None, (found.damage,)), *untrusted_metric, *_keep_code(runtime, journal)):
            warnings.warn(sentence, stacklevel=3)
        runtime.start()
    except BaseException:
        journal.close()
        raise
    return runtime


def _content(journal: Journal) -> tuple[pd.DataFrame, Divided | None] | None:
    """Return the table and the division of its rows; None if the session was never opened."""
    from hitl_widget.engine.journal import DamagedJournal

    body, rows = journal.get("table"), journal.get("rows")
    if body is None:
        return None
    try:
        return unpack(body), None if rows is None else unpack_rows(rows)
    except Exception as error:  # damaged bytes fail in many ways
        raise DamagedJournal("The table of the session, or the division of its rows, cannot be read.") from error


def _assemble(
    understood: Understood,
    table: pd.DataFrame,
    settings: dict[str, Any],
    place: str,
    limits: _Limits,
    saved: _Saved | None,
) -> Runtime:
    """Return a runtime whose controller does not run yet."""
    task, seed = understood.task, settings["arguments"]["seed"]
    records = () if saved is None else saved.records
    space = _space_of(records) or space_for(task)
    installed = {name: LEARNERS[name].label for name in space.families if name in LEARNERS}
    labels = FamilyLabels(installed, lambda: controller.state.learners)
    known_warnings = KnownWarnings(task, frozenset({_CONSTANT}), labels)
    plan = Plan(
        settings=settings,
        space=space,
        starts=tuple(possible_configs(space, starting_configs(task))),
        baselines=frozenset({_CONSTANT}),
        constant=_CONSTANT,
        labels=installed,
        folds=task.split.folds,
        seed=seed,
        budget_seconds=limits.budget_seconds,
        budget_trials=limits.budget_trials,
        autonomy=limits.autonomy,
        trial_seconds=settings["limits"]["trial_seconds"],
        holdout_rows=task.holdout_rows,
        success=read_success(settings["success"], task) if settings.get("success") else None,
        folder=scratch_folder(),
        task=task,
        blobs=lambda: {
            "table": pack(table),
            "rows": pack_rows(understood.divided, task.rows),
            **({"metric": sign(task.metric.code)} if task.metric.code else {}),
        },
    )
    columns = Columns(understood, plan.folder, seed)
    preference_model = PreferenceModel(task, plan.baselines, seed)
    controller = Controller(
        plan,
        journal=lambda: new_journal(place) if saved is None else saved.journal,
        executor=lambda: new_executor(understood, plan.folder, seed, settings["limits"]),
        sampler=lambda state: new_sampler(plan, state, before=len(records)),
        advisor=lambda: RuleAdvisor(task, labels, plan.baselines, settings["limits"]["workers"]),
        preference_learner=preference_model,
        tables=columns,
        known_warnings=known_warnings,
        clock=_SystemClock(),
        records=records,
    )
    if len(controller.state.views) > 1:
        columns.keep()
    words = Words(task, labels, plan.baselines, lambda: controller.state.steering.data)
    return Runtime(
        controller, understood, words, columns, preference_model, settings, place, plan.folder, known_warnings
    )


def _checked_success(text: object, task: Task) -> Success:
    """Return the success criterion; raises DataError without a holdout."""
    if not task.holdout_rows:
        raise DataError("success= is checked on the holdout, and there is none. Set holdout= to keep some rows.")
    return read_success(text, task)


def _checked_expected(given: object, task: Task) -> float | None:
    """Return the expected score; raises DataError without a holdout."""
    if given is not None and not task.holdout_rows:
        raise DataError("expected= is compared on the holdout, and there is none. Set holdout= to keep some rows.")
    return checked_expected(given, task.metric)


def _knowledge(task: Task) -> dict[str, Any]:
    """Return the arguments on classes, directions and limits as the journal holds them."""
    return {
        "balance": list(task.balance) or None,
        "monotone": {name: "+" if sign > 0 else "-" for name, sign in task.monotone} or None,
        "between": None if task.between is None else list(task.between),
    }


def _saved_metric(saved: Any, journal: Journal) -> tuple[str | Metric | None, tuple[str, ...]]:
    """Return the metric of a loaded session, and a sentence if its code is not this user's, so that it is not run."""
    if not isinstance(saved, Mapping):
        return saved, ()
    blob = journal.get("metric")
    code = None if blob is None else verified(blob)
    metric = Metric.from_json(saved, code or b"")
    if code is not None:
        return metric, ()
    sentence = (
        f"The metric {metric.label!r} is code from another computer or user, so it was not run: results can be read, "
        "but new trials fail. To search, start a new session with your own metric."
    )
    return metric, (sentence,)


def _keep_code(runtime: Runtime, journal: Journal) -> Iterator[str]:
    """Write the person's learners, objectives and transforms for the workers; yields a sentence for each refusal."""
    state, code = runtime.state, UserCode(runtime.folder)
    custom = _custom_objectives(state).items()
    functions = {name: name for name, one in custom if one.get("kind") == "function" and name.isidentifier()}
    transforms = {one.name: one.name for choices in state.views for one in choices.transforms}
    yield from code.restore(CodeKind.LEARNER, state.learners, journal.get)
    yield from code.restore(CodeKind.OBJECTIVE, functions, journal.get)
    yield from code.restore(CodeKind.TRANSFORM, transforms, journal.get)


def _keep_rows(runtime: Runtime, journal: Journal) -> None:
    """Write the sets of rows and the added tables of all views for the workers."""
    store = runtime.columns.rows.store

    def keep(key: str) -> None:
        body = journal.get(key)
        if body is None:
            raise JournalError(f"The journal {runtime.shown_path} lacks the rows of a change, so it cannot be loaded.")
        store.keep(key, body)

    for key in {one.rows.key for one in runtime.state.views if one.rows is not None}:
        keep(f"rows/{key}")
        for added in store.rows(key).added:
            keep(f"added/{added}")


def _custom_objectives(state: SessionState) -> dict[str, Any]:
    """Return the person's objectives, including undone ones, which may be redone."""
    several = (*(act.after.preferences.custom for act in state.acts), state.preferences.custom)
    return {name: one for custom in several for name, one in custom.items()}


def _space_of(records: Sequence[Record]) -> Space | None:
    spaces = (one.event.space for one in records if isinstance(one.event, GenerationOpened))
    first = next(spaces, None)
    return None if first is None else Space.from_json(first)


def _with_second_table(table: pd.DataFrame, arguments: dict[str, Any]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Append a table that was given as the holdout, and hold its rows out."""
    held = arguments["holdout"]
    if not hasattr(held, "columns"):
        return table, arguments
    import pandas as pd

    for name in ("groups", "time", "weights"):
        if arguments[name] is not None and not isinstance(arguments[name], str | int):
            raise DataError(f"With a table as holdout=, {name}= must name a column of both tables. Add it as a column.")
    second = normalise(held, strict=False)
    missing = [name for name in table.columns if name not in second.columns]
    if missing:
        raise DataError(f"The table in holdout= has no column {missing[0]!r}. It needs all columns of the data.")
    whole = pd.concat([table, second[list(table.columns)]], ignore_index=True)
    return whole, {**arguments, "holdout": np.arange(len(table), len(whole))}


def _storable(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments as the journal holds them; it holds the division of the rows apart."""
    cv, gap, holdout = arguments["cv"], arguments["gap"], arguments["holdout"]
    return {
        **arguments,
        "cv": plain(cv) if isinstance(plain(cv), int) else None,
        "repeats": int(arguments["repeats"]),
        "gap": plain(gap) if isinstance(plain(gap), int | float | None) else str(gap),
        "holdout": plain(holdout) if isinstance(plain(holdout), int | float) else None,
        "clean_target": True,
    }


def _with_values(table: pd.DataFrame, arguments: dict[str, Any]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Add groups, times and weights that were given as values to the table, so that the journal holds them too."""
    for name in ("groups", "time", "weights"):
        given = arguments[name]
        if given is None:
            continue
        if names_column(table, given):
            arguments = {**arguments, name: column_name(given)}
            continue
        if len(given) != len(table):
            raise DataError(
                f"{name}= has {len(given):,} values, but the table has {len(table):,} rows. Give one value per row."
            )
        column = name
        while column in table.columns:
            column += "_"
        table = table.assign(**{column: normalise({column: list(given)})[column].to_numpy()})
        arguments = {**arguments, name: column, "roles": {**(arguments["roles"] or {}), column: "ignored"}}
    return table, arguments


def _checked_settings(settings: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the settings of a journal, checked: it may come from someone else."""
    kinds = {"arguments": Mapping, "limits": Mapping, "id": str}
    valid = all(isinstance(settings.get(key), kind) for key, kind in kinds.items()) and settings["id"].isalnum()
    if not valid or not isinstance(settings.get("name"), str | None):
        raise JournalError(f"The journal {place} has no valid settings, so it cannot be loaded.")
    return {**settings, "arguments": {"clean_target": False, **settings["arguments"]}}
