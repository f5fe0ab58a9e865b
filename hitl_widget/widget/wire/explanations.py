"""Explanations: the available views, and one of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from hitl_widget.domain.space import Value
from hitl_widget.domain.state import SessionState
from hitl_widget.errors import CommandError
from hitl_widget.widget.requests import request

if TYPE_CHECKING:
    from hitl_widget.explain.view import View
    from hitl_widget.session.runtime import Runtime


__all__ = ["Concept", "Explanations", "ViewInfo", "ViewOffer", "Views"]

_SECONDS = 330
"""Time limit for an explanation in a worker: five minutes."""


class ViewOffer(TypedDict):
    """An available view."""

    name: str
    level: Literal["model", "algorithm", "search", "comparison", "data"]
    topic: str
    """Heading under which an index of questions lists it."""
    question: str
    ensemble: bool
    """True if it explains the ensemble, too; otherwise one trial."""
    takes: list[str]
    """Names of its options: "trial" (a number, or "ensemble"), "column", "row", "of" (a class), "changes", "centred",
    "threshold", "false_alarm", "miss", "family", "parameter", "around"."""


class ViewInfo(TypedDict):
    """One explanation: a question, its answer in words, the rows that its charts draw."""

    name: str
    level: Literal["model", "algorithm", "search", "comparison", "data"]
    question: str
    sentences: list[str]
    """Sentences; the first one stands alone."""
    data: dict[str, list[dict[str, Value | list[Value]]]]
    """Rows of each dataset, by the name under which the charts' specifications ask for it."""
    charts: list[str]
    """Names of specifications, the most important first."""
    notes: list[str]
    concept: str
    """Title and text for learners, from the offered concepts; "" for none."""
    about: dict[str, Value | list[Value]]
    """Its subject: "trial", "family", "column", "row"."""
    options: dict[str, list[Value]]
    """Alternative values by the name of the option."""
    partial: bool
    """True if more rows follow: ask again with the next step."""


class Concept(TypedDict):
    title: str
    text: str


class Views(TypedDict):
    offers: list[ViewOffer]
    columns: list[str]
    """Columns that the models use."""
    rows: int
    concepts: dict[str, Concept]


class Explanations:
    """Answers requests for explanations, which a separate worker computes."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @request("views", beside=True)
    def views(self, _state: SessionState) -> Views:
        """Return the available views, with the explanations of concepts."""
        return views_info(self._runtime)

    @request("explain", beside=True, seconds=_SECONDS)
    def explain(self, _state: SessionState, view: str, options: dict[str, Any], step: int = 0) -> Future[ViewInfo]:
        """Return one explanation; if it is partial, ask for the next step."""
        answer: Future[ViewInfo] = Future()

        def settle(act: Callable[[], None]) -> None:
            with suppress(InvalidStateError):  # stopped meanwhile
                act()

        key = self._runtime.explain.ask(
            view,
            options,
            lambda found: settle(lambda: answer.set_result(view_info(found))),
            lambda text: settle(lambda: answer.set_exception(CommandError(text))),
            step=max(0, min(step, 20)),
        )
        answer.add_done_callback(lambda one: self._runtime.cancel_background(key) if one.cancelled() else None)
        return answer


def views_info(runtime: Runtime) -> Views:
    """Return the available views, with the explanations of concepts."""
    from hitl_widget.explain.options import TRIAL_OR_ENSEMBLE
    from hitl_widget.explain.registry import VIEWS, concepts

    kind = runtime.task.kind
    return {
        "offers": [
            {
                "name": one.name,
                "level": one.level.value,
                "topic": one.heading,
                "question": one.question,
                "ensemble": TRIAL_OR_ENSEMBLE in one.options,
                "takes": list(one.takes),
            }
            for one in VIEWS.values()
            if kind in one.kinds
        ],
        "columns": [column.name for column in runtime.task.used],
        "rows": runtime.task.rows,
        "concepts": {name: {"title": one.title, "text": one.text} for name, one in concepts().items()},
    }


def view_info(view: View) -> ViewInfo:
    """Return an explanation."""
    return {
        "name": view.name,
        "level": view.level.value,
        "question": view.question,
        "sentences": list(view.sentences),
        "data": {name: [dict(row) for row in rows] for name, rows in view.data.items()},
        "charts": list(view.charts),
        "notes": list(view.notes),
        "concept": view.concept,
        "about": dict(view.about),
        "options": {name: list(values) for name, values in view.options.items()},
        "partial": view.partial,
    }
