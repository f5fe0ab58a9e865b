"""The options that several views share, each with its check and its sentence in the docstrings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hitl_widget.domain.figures import plural
from hitl_widget.domain.trial import TrialState
from hitl_widget.errors import CommandError
from hitl_widget.explain.comparison import MOST_COMPARED
from hitl_widget.explain.definition import REQUIRED, Asked, Option

__all__ = [
    "CLASS",
    "COLUMN",
    "MODEL_FAMILY",
    "ROW",
    "TRIAL",
    "TRIALS",
    "TRIAL_OR_ENSEMBLE",
    "non_negative",
    "unchecked",
]


def unchecked(_value: Any, _asked: Asked) -> None:
    """Accept any value: the computation checks it."""


def non_negative(name: str, default: float, doc: str) -> Option:
    """Return an option that takes a number of 0 or more."""

    def check(value: Any, _asked: Asked) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
            raise CommandError(f"{name} is a number of 0 or more; got {value!r:.60}.")

    return Option(name, float, doc, check, default, keyword=True)


def _trial(value: Any, asked: Asked) -> None:
    trials = asked.state.trials
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(trials):
        raise CommandError(f"There is no trial {value!r:.60}; the record has {plural(len(trials), 'trial')}.")
    if trials[value].state is not TrialState.COMPLETE:
        raise CommandError(f"Only finished trials can be explained; trial {value} is {trials[value].state}.")


def _trials(value: Any, asked: Asked) -> None:
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= MOST_COMPARED:
        raise CommandError(f"Two to {MOST_COMPARED} trials can be compared, given by their numbers; got {value!r:.60}.")
    for one in value:
        _trial(one, asked)
    if len(set(value)) < len(value):
        raise CommandError("Each trial can be compared once; one number was given twice.")


def _one_trial(value: Any, asked: Asked) -> None:
    if value == "ensemble":
        raise CommandError("This view is about one trial; give the number of a finished one.")
    _trial(value, asked)


def _trial_or_ensemble(value: Any, asked: Asked) -> None:
    if value != "ensemble":
        _trial(value, asked)


def _column(value: Any, asked: Asked) -> None:
    """Refuse a column that no model reads; a trial measured on other columns may have read any of the table."""
    state, task, number = asked.state, asked.task, asked.options.get("trial")
    trial = state.trials[number] if isinstance(number, int) else None
    other = trial is not None and state.on_other_data(trial)
    choices = state.view_of(trial).choices if trial is not None and other else state.steering.data
    names = [one.name for one in (task.columns if other else task.used)] + [one.name for one in choices.transforms]
    behind = {name for one in choices.transforms for name in one.columns}
    several = isinstance(value, str) and any(value.startswith(f"{one.name} ") for one in choices.transforms)
    if value not in (*names, *behind) and not several:
        raise CommandError(f"There is no column {value!r:.60} in use; there are {', '.join(names)[:300]}.")


def _row(value: Any, asked: Asked) -> None:
    rows = asked.task.rows
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < rows:
        raise CommandError(f"Rows are numbered from 0 to {rows - 1:,}; got {value!r:.60}.")


def _family(value: Any, asked: Asked) -> None:
    families = asked.state.base.families
    if value and value not in families:
        raise CommandError(f"There is no family {value!r:.60}; there are {', '.join(families)}.")


TRIAL = Option(
    "trial", int | None, "Number of a finished trial; by default the recommended one.", _one_trial, default=None
)
TRIAL_OR_ENSEMBLE = Option(
    "trial",
    int | str | None,
    'Number of a finished trial, or ``"ensemble"``; by default the recommended trial.',
    _trial_or_ensemble,
    default=None,
)
TRIALS = Option(
    "trials",
    Sequence[int] | None,
    "Numbers of two to five finished trials; by default the recommended one and the best of another family.",
    _trials,
    default=None,
)
CLASS = Option(
    "of",
    str | None,
    "The class to explain, where there are more than two.",
    unchecked,
    default=None,
    keyword=True,
)
COLUMN = Option("column", str, "Name of the column.", _column, default=REQUIRED)
ROW = Option("row", int, "Position of the row in the table, without rows that lack the target.", _row, default=REQUIRED)
MODEL_FAMILY = Option("family", str, "A model family; by default that of the recommended trial.", _family, default="")
