"""The commands of a running study, a module for each subject.

A command is one frozen dataclass: fields with their checks, its line of Python (`python`) and its metadata (`Spec`).
`COMMANDS` maps names to commands; JSON forms, the types of the page and the dispatch to handlers follow from it.
"""

from __future__ import annotations

from hitl_widget.domain.commands import (
    answers,
    beliefs,
    data,
    lifecycle,
    notes,
    preferences,
    registry,
    rows,
    space,
    trials,
    undo,
)
from hitl_widget.domain.commands.answers import *
from hitl_widget.domain.commands.beliefs import *
from hitl_widget.domain.commands.data import *
from hitl_widget.domain.commands.lifecycle import *
from hitl_widget.domain.commands.notes import *
from hitl_widget.domain.commands.preferences import *
from hitl_widget.domain.commands.registry import *
from hitl_widget.domain.commands.rows import *
from hitl_widget.domain.commands.space import *
from hitl_widget.domain.commands.trials import *
from hitl_widget.domain.commands.undo import *

__all__ = [
    *registry.__all__,
    *answers.__all__,
    *beliefs.__all__,
    *data.__all__,
    *lifecycle.__all__,
    *notes.__all__,
    *preferences.__all__,
    *rows.__all__,
    *space.__all__,
    *trials.__all__,
    *undo.__all__,
]
