"""What a person, a script or the machine may ask of a running study.

Every command has one line of Python that does the same (`python`), and one JSON form (`command_from`, `as_json`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from hitl_widget.domain.commands.data import AddTransform, ChangeData, RemoveTransform
from hitl_widget.domain.commands.lifecycle import Autonomy, Pause, Resume, SetAutonomy, SetBudget, Start, Stop
from hitl_widget.domain.commands.preferences import AddObjective, Prefer, Relax, Require, SetGoals, SetObjectives
from hitl_widget.domain.commands.space import (
    AddBaseline,
    AddLearner,
    AnswerNudge,
    AnswerWarning,
    Believe,
    Edit,
    Note,
    Redo,
    Undo,
    Withdraw,
)
from hitl_widget.domain.commands.trials import Batch, Cancel, Discard, Grid, Propose, Restore, Suggest
from hitl_widget.errors import CommandError

__all__ = [
    "AddBaseline",
    "AddLearner",
    "AddObjective",
    "AddTransform",
    "AnswerNudge",
    "AnswerWarning",
    "Autonomy",
    "Batch",
    "Believe",
    "Cancel",
    "ChangeData",
    "Command",
    "Discard",
    "Edit",
    "Grid",
    "Note",
    "Pause",
    "Prefer",
    "Propose",
    "Redo",
    "Relax",
    "RemoveTransform",
    "Require",
    "Restore",
    "Resume",
    "SetAutonomy",
    "SetBudget",
    "SetGoals",
    "SetObjectives",
    "Start",
    "Stop",
    "Suggest",
    "Undo",
    "Withdraw",
    "as_json",
    "command_from",
]

Command = (
    Start
    | Pause
    | Resume
    | Stop
    | SetBudget
    | SetAutonomy
    | Propose
    | Cancel
    | Grid
    | Batch
    | Suggest
    | Discard
    | Restore
    | Edit
    | ChangeData
    | AddTransform
    | RemoveTransform
    | Undo
    | Redo
    | Believe
    | Withdraw
    | AnswerNudge
    | AnswerWarning
    | Note
    | AddLearner
    | AddBaseline
    | SetObjectives
    | AddObjective
    | Require
    | Relax
    | Prefer
    | SetGoals
)

_TYPES: dict[str, type[Any]] = {
    "start": Start,
    "pause": Pause,
    "resume": Resume,
    "stop": Stop,
    "set_budget": SetBudget,
    "set_autonomy": SetAutonomy,
    "propose": Propose,
    "cancel": Cancel,
    "grid": Grid,
    "batch": Batch,
    "suggest": Suggest,
    "discard": Discard,
    "restore": Restore,
    "edit": Edit,
    "undo": Undo,
    "redo": Redo,
    "believe": Believe,
    "withdraw": Withdraw,
    "answer_nudge": AnswerNudge,
    "answer_warning": AnswerWarning,
    "note": Note,
    "set_objectives": SetObjectives,
    "add_objective": AddObjective,
    "require": Require,
    "relax": Relax,
    "prefer": Prefer,
    "set_goals": SetGoals,
    "change_data": ChangeData,
    "remove_transform": RemoveTransform,
}
_NAMES = {**{cls: name for name, cls in _TYPES.items()}, AddLearner: "add_learner", AddTransform: "add_transform"}


def command_from(data: object) -> Command:
    """Read a command from its JSON form, trusting nothing.

    Raises
    ------
    CommandError
        When the form is not that of a command.

    Examples
    --------
    >>> command_from({"type": "set_budget", "seconds": 60})
    SetBudget(seconds=60, trials=None)
    """
    if not isinstance(data, Mapping):
        raise CommandError(f"A command is an object with a type; got {type(data).__name__}.")
    cls = _TYPES.get(str(data.get("type")))
    if cls is None:
        raise CommandError(f"A command's type is one of {', '.join(_TYPES)}; got {data.get('type')!r}.")
    known = {one.name for one in fields(cls)}
    given = {str(name): value for name, value in data.items() if name != "type"}
    strange = sorted(set(given) - known)
    if strange:
        raise CommandError(f"The command {data['type']} does not take {strange[0]!r}.")
    try:
        command: Command = cls(**given)
    except TypeError as error:
        raise CommandError(f"The command {data['type']} is incomplete: it takes {', '.join(sorted(known))}.") from error
    return command


def as_json(command: Command) -> dict[str, Any]:
    """Return the JSON form of a command."""
    if isinstance(command, AddLearner):
        return {"type": "add_learner", "name": command.name, "parameters": [one.name for one in command.parameters]}
    if isinstance(command, AddTransform):
        return {"type": "add_transform", "name": command.name, "columns": list(command.columns)}
    if isinstance(command, AddBaseline):
        return {"type": "add_baseline", "name": command.name, "scores": [list(one) for one in command.scores]}
    if isinstance(command, AddObjective) and command.code:
        return {"type": "add_objective", "name": command.name}
    body = {one.name: getattr(command, one.name) for one in fields(command)}
    if isinstance(command, AddObjective):
        del body["code"]
    return {"type": _NAMES[type(command)], **{key: _plain(value) for key, value in body.items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value
