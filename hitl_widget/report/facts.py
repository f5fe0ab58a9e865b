"""Facts about a table as it was understood, each with a detail. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hitl_widget.domain.figures import listed, plural
from hitl_widget.domain.task import Column, Kind, Role, SplitScheme, Task

__all__ = ["decided", "task_facts"]

_MOST_COLUMNS = 3
_MOST_LISTED = 40
_READ = {Role.NUMERIC: "a number", Role.CATEGORICAL: "a category", Role.DATE: "a date", Role.TEXT: "text"}


def task_facts(task: Task) -> list[dict[str, Any]]:
    """Return short facts about a task: each has a text, a detail, and a tone, "plain" or "warn"."""
    facts = [_fact(f"{task.rows:,} rows · {len(task.used)} columns in use", _listed(task.used))]
    ignored = task.columns_with(Role.IGNORED)
    facts += [_fact(f"{one.name} left out", f"{one.name} – {one.reason}") for one in ignored[:_MOST_COLUMNS]]
    surprising = [c for c in task.used if c.missing or "text that" in c.reason or c.role in (Role.DATE, Role.TEXT)]
    facts += [
        _fact(f"{one.name} read as {_READ[one.role]}", f"{one.name} – {one.reason}")
        for one in surprising[:_MOST_COLUMNS]
    ]
    split = task.split_in_words()
    averaged = f"Scores are averages over {split} on {task.train_rows:,} rows; ± is the standard deviation over folds."
    facts.append(_fact(split, averaged))
    if task.kind is not Kind.REGRESSION:
        counts = zip(task.classes, task.class_counts, strict=True)
        facts.append(_fact(f"{len(task.classes)} classes", ", ".join(f"{name}: {count:,}" for name, count in counts)))
    if task.holdout_rows:
        detail = "No trial uses the holdout. The final models are scored on it once, when the search ends."
        facts.append(_fact(f"{task.holdout_rows:,} rows held out", detail))
    notes = (note for note in task.notes if not note.startswith("Left out:"))
    return [*facts, *(_fact(_shortened(note), note, "warn") for note in notes)]


def decided(task: Task) -> list[str]:
    """Return what was decided about the table and its rows without being asked for, as verbs without a subject."""
    own = [one for one in task.columns if not one.given]
    ignored = [one.name for one in own if one.role is Role.IGNORED]
    said = [f"left out {_in_speech(ignored)}"] if ignored else []
    for role, what in _DECIDED.items():
        text = "stored as text" if role is Role.NUMERIC else ""
        names = [one.name for one in own if one.role is role and text in one.reason]
        many = f"{what}s" if len(names) > 1 else f"a {what}"
        said += [f"read {_in_speech(names)} as {many}"] if names else []
    if task.split.scheme is not SplitScheme.GIVEN:
        said.append(f"set up {task.split_in_words()}")
    if task.holdout_rows:
        said.append(f"held out {plural(task.holdout_rows, 'row')}")
    return said


_DECIDED = {Role.NUMERIC: "number", Role.DATE: "date"}
"""Roles that are not obvious from the table: numbers that are stored as text, and dates."""


def _fact(text: str, detail: str, tone: str = "plain") -> dict[str, Any]:
    return {"text": text, "detail": detail, "tone": tone}


def _in_speech(names: Sequence[str]) -> str:
    if len(names) > _MOST_COLUMNS + 1:
        return f"{', '.join(names[:_MOST_COLUMNS])} and {len(names) - _MOST_COLUMNS} more columns"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _listed(columns: Sequence[Column]) -> str:
    return listed((f"{column.name} ({column.role})" for column in columns), _MOST_LISTED)


def _shortened(text: str, most: int = 48) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
