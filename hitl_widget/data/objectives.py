"""The objectives that a task can have besides its metric, by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hitl_widget.data.scorers import BINARY, CLASSES, DEFAULTS, NUMBERS, checked_metric
from hitl_widget.domain.constraint import Constraint
from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import BUILT_IN, USUAL, Metric, Objective, Source, built_in, metric_named
from hitl_widget.domain.preference import Preferences
from hitl_widget.domain.space import FAMILY
from hitl_widget.domain.task import Kind, Role, Task
from hitl_widget.errors import CommandError, DataError

__all__ = [
    "FAIRNESS",
    "active",
    "checked_constraint",
    "checked_objectives",
    "for_target",
    "group_kinds",
    "main_objective",
    "objective_named",
    "offered",
    "sensitive_columns",
    "wanted",
]

MOST = 8
"""Maximum number of objectives; more cannot be compared meaningfully."""

_POINTS = frozenset(
    "roc_auc roc_auc_ovr roc_auc_ovo roc_auc_ovr_weighted roc_auc_ovo_weighted accuracy balanced_accuracy f1 f1_macro "
    "f1_micro f1_weighted precision recall average_precision".split()
)
_SHORT = {"roc_auc": "ROC AUC", "precision": "precision", "recall": "recall"}

FAIRNESS: Mapping[str, tuple[str, str, str]] = {
    "demographic_parity": (
        "selection rate gap by",
        "lower",
        "Largest difference between groups in the share predicted positive (demographic parity difference).",
    ),
    "equalised_odds": (
        "error rate gap by",
        "lower",
        "Largest difference between groups in true or false positive rate (equalized odds difference).",
    ),
    "worst_group": ("worst group score by", "higher", "Score of the group with the lowest score."),
}
"""Objectives over the groups of a column: label, direction, description."""

_USUAL_SCORERS = {
    Kind.BINARY: ("accuracy", "balanced_accuracy", "f1", "average_precision", "neg_log_loss", "neg_brier_score"),
    Kind.MULTICLASS: ("accuracy", "balanced_accuracy", "f1_macro", "roc_auc_ovr", "neg_log_loss"),
    Kind.REGRESSION: (
        *("neg_mean_absolute_error", "r2", "neg_median_absolute_error", "neg_root_mean_squared_error"),
        "neg_mean_absolute_percentage_error",
    ),
}


def usual_metrics(task: Task) -> list[Metric]:
    """Return the metrics that suit most tasks of a kind, the default of the kind first."""
    names = dict.fromkeys((DEFAULTS[task.kind], *_USUAL_SCORERS[task.kind]))
    found = [metric_named(name) for name in names]
    return found if any(one.scorer == task.metric.scorer for one in found) else [task.metric, *found]


def main_objective(task: Task) -> Objective:
    """Return the metric of a task as an objective."""
    return _of_metric(task.metric, Source.SCORE)


def _of_metric(metric: Metric, source: Source) -> Objective:
    story = (
        "The metric that the search optimizes."
        if source is Source.SCORE
        else f"scikit-learn's {metric.scorer}, averaged over the folds."
    )
    return Objective(
        *(metric.scorer, metric.label, metric.direction, source),
        points=metric.scorer in _POINTS,
        sign=metric.sign,
        story=story,
    )


def objective_named(name: object, task: Task, custom: Mapping[str, Mapping[str, Any]] | None = None) -> Objective:
    """Return an objective by name.

    Parameters
    ----------
    name
        ``"score"`` (the metric), a built-in one (``"predict_ms"``), a scikit-learn scorer,
        ``"demographic_parity:column"``, ``"equalised_odds:column"``, ``"worst_group:column"``, or one of the person's
        own.
    task
        The task.
    custom
        Custom objectives.

    Raises
    ------
    CommandError
        If there is no such objective, or it does not apply to the task.

    Examples
    --------
    >>> from hitl_widget.domain.task import Split, SplitScheme
    >>> task = Task("y", Kind.REGRESSION, metric_named("rmse"), (), Split(SplitScheme.KFOLD, 5), 100)
    >>> objective_named("mae", task).name, objective_named("predict_ms", task).unit
    ('neg_mean_absolute_error', 'ms')
    """
    if not isinstance(name, str) or not name.strip():
        raise CommandError(f"The name of an objective must be a string such as 'predict_ms'; got {name!r:.100}.")
    name = name.strip()
    if name in ("score", task.metric.scorer):
        return main_objective(task)
    own = (custom or {}).get(name)
    if own is not None:
        return _of_person(name, own)
    known = built_in(name)
    if known is not None:
        if name == "calibration" and task.kind is Kind.REGRESSION:
            raise CommandError(
                "calibration needs predicted probabilities, but this task is a regression. Choose another objective."
            )
        return replace(known, unit=_unit_of_gap(known, task))
    if ":" in name:
        return _of_groups(name, task)
    return _of_scorer(name, task, custom or {})


def _unit_of_gap(known: Objective, task: Task) -> str:
    return task.metric.label if known.name in ("gap", "stability") else known.unit


def _of_person(name: str, own: Mapping[str, Any]) -> Objective:
    return Objective(
        *(name, str(own.get("label") or name), str(own["direction"]), Source.PREDICTIONS, str(own.get("unit", ""))),
        story="A custom objective.",
    )


def _of_groups(name: str, task: Task) -> Objective:
    kind, column = (part.strip() for part in name.split(":", 1))
    if kind not in FAIRNESS:
        raise CommandError(f"The part before the colon must be one of {', '.join(FAIRNESS)}; got {kind!r:.100}.")
    if column not in {one.name for one in task.columns}:
        near = difflib.get_close_matches(column, [one.name for one in task.columns], 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise CommandError(f"There is no column {column!r:.200} in the table.{hint}")
    if task.kind is not Kind.BINARY and kind != "worst_group":
        raise CommandError(f"{kind} needs a target with two classes. Use 'worst_group:{column}' instead.")
    label, direction, story = FAIRNESS[kind]
    sign, points = 1, True
    if kind == "worst_group":
        sign, points = task.metric.sign, task.metric.scorer in _POINTS
        direction = task.metric.direction
    return Objective(
        *(f"{kind}:{column}", f"{label} {column}", direction, Source.PREDICTIONS),
        points=points,
        sign=sign,
        story=story,
    )


def _of_scorer(name: str, task: Task, custom: Mapping[str, Any]) -> Objective:
    for spelled in (name, f"neg_{name}"):
        try:
            metric = checked_metric(metric_named(spelled).scorer, task.kind)
        except DataError as error:
            if metric_named(spelled).scorer in BINARY | CLASSES | NUMBERS:
                raise CommandError(str(error)) from None
            continue
        source = Source.SCORE if metric.scorer == task.metric.scorer else Source.PREDICTIONS
        return _of_metric(metric, source)
    names = [*(one.name for one in offered(task)), *custom, "auc", "rmse", "mae", "log_loss"]
    near = difflib.get_close_matches(name, names, 3, 0.5)
    hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise CommandError(
        f"There is no objective {name!r:.200}.{hint} Known: {', '.join(one.name for one in offered(task)[:8])}, "
        "all scikit-learn scorers, and objectives added with session.add_objective."
    )


def offered(task: Task, custom: Mapping[str, Mapping[str, Any]] | None = None) -> list[Objective]:
    """Return the objectives offered for a task: metric, costs, scorers, custom ones; not those by group."""
    names = ["predict_ms", "complexity", "columns_used", "fit_seconds", "size_mb", "stability", "gap"]
    names += [] if task.kind is Kind.REGRESSION else ["calibration"]
    names += [name for name in (*_USUAL_SCORERS[task.kind], DEFAULTS[task.kind]) if name != task.metric.scorer]
    own = list(custom or {})
    return [main_objective(task), *(objective_named(one, task, custom) for one in dict.fromkeys((*names, *own)))]


def group_kinds(task: Task) -> list[str]:
    """Return the kinds of objectives that can be measured by the groups of a column."""
    return list(FAIRNESS) if task.kind is Kind.BINARY else ["worst_group"]


def sensitive_columns(task: Task, most: int = 24) -> list[str]:
    """Return columns that may define groups of people: few values, not the target."""
    few = [one for one in task.columns if one.distinct >= 2 and (one.distinct <= 12 or one.role is Role.NUMERIC)]
    return [one.name for one in sorted(few, key=lambda one: one.distinct > 12)][:most]


def active(task: Task, preferences: Preferences) -> list[Objective]:
    """Return the active objectives, the metric of the task first."""
    names = preferences.objectives or (task.metric.scorer, *USUAL)
    return [objective_named(name, task, preferences.custom) for name in names]


def wanted(task: Task, preferences: Preferences) -> list[Objective]:
    """Return the objectives to measure for each trial: active, constrained and usual ones."""
    found = {one.name: one for one in active(task, preferences)}
    ruled = (rule.about for rule in preferences.constraints if rule.about != FAMILY)
    for name in (*ruled, *USUAL):
        if name not in found:
            found[name] = objective_named(name, task, preferences.custom)
    return list(found.values())


def for_target(preferences: Preferences, before: Task, after: Task) -> tuple[Preferences, list[str]]:
    """Return the preferences that mean the same for another target, and what left, in words.

    The metric takes the place of the former one, with its weight. Limits and weights of costs stay; those of other
    scores and of a person's own measures leave, and so do answers to pairs of models.
    """
    costs = {name: name for name, one in BUILT_IN.items() if one.is_cost}
    names = {before.metric.scorer: after.metric.scorer, **costs}
    objectives = tuple(names[one] for one in preferences.objectives if one in names)
    weights = {names[one]: weight for one, weight in preferences.goals.weights.items() if one in names}
    constraints = tuple(one for one in preferences.constraints if one.op == "in" or one.about in costs)
    found = Preferences(
        objectives,
        constraints,
        (),
        replace(preferences.goals, weights=weights if any(weights.values()) else {}),
        {},
    )
    lost = [
        (len(preferences.objectives) - len(objectives), "objective"),
        (len(preferences.constraints) - len(constraints), "constraint"),
        (preferences.answers, "answer"),
    ]
    return found, [plural(number, word) for number, word in lost if number]


def checked_objectives(names: Iterable[object], task: Task, preferences: Preferences) -> tuple[str, ...]:
    """Return the unique canonical names of objectives, the metric of the task first.

    Raises
    ------
    CommandError
        If one is unknown, or there are too many.
    """
    found = [main_objective(task).name, *(objective_named(name, task, preferences.custom).name for name in names)]
    once = tuple(dict.fromkeys(found))
    if len(once) > MOST:
        raise CommandError(f"At most {MOST} objectives are supported at a time; got {len(once)}.")
    return once


def checked_constraint(
    text: object, hard: bool, task: Task, preferences: Preferences, families: Iterable[str]
) -> Constraint:
    """Return a constraint with its objective resolved; its limit is in displayed units.

    Raises
    ------
    CommandError
        If it cannot be parsed, or names an unknown objective or family.
    """
    rule = Constraint.parse(text, hard)
    if rule.op == "in":
        known = list(families)
        strange = [name for name in rule.families if name not in known]
        if strange:
            raise CommandError(f"There is no family {strange[0]!r}. Known families: {', '.join(known)}.")
        return rule
    objective = objective_named(rule.about, task, preferences.custom)
    if rule.about.startswith("neg_") and objective.sign < 0:  # refers to the score itself, as in session.trials
        swapped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[rule.op]
        rule = replace(rule, op=swapped, limit=-rule.limit)
    return rule.on(objective.name, objective.source, objective.sign)
