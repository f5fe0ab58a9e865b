"""The declaration of a view: everything that is known of it, from its question to its chart."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from hitl_widget.domain.task import Kind
from hitl_widget.errors import CommandError
from hitl_widget.explain.view import Level, Rows, View

if TYPE_CHECKING:
    from hitl_widget.domain.state import SessionState
    from hitl_widget.domain.task import Task
    from hitl_widget.workers.contract import Call

__all__ = ["CLASSES", "REQUIRED", "Asked", "Concept", "Option", "ViewDefinition"]

CLASSES = frozenset({Kind.BINARY, Kind.MULTICLASS})
REQUIRED: Any = inspect.Parameter.empty
"""Default of an option that has none."""
_HEADINGS = {
    Level.MODEL: "Model",
    Level.ALGORITHM: "Training",
    Level.SEARCH: "Search",
    Level.COMPARISON: "Comparison",
    Level.DATA: "Data",
}
_OUT_OF_FOLD = ("Errors are measured out-of-fold: each row is predicted by models that were not fitted on it.",)


class Concept(NamedTuple):
    """One paragraph for learners, without formulas.

    Parameters
    ----------
    name
        Its key.
    title, text
        The heading and the paragraph.
    """

    name: str
    title: str
    text: str


class Asked(NamedTuple):
    """Task, state and options against which one option is checked.

    Parameters
    ----------
    task, state
        The task and the present state of the session.
    options
        All options that were given.
    """

    task: Task
    state: SessionState
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """An argument of a view.

    Parameters
    ----------
    name
        Its name.
    annotation
        Its type, for the signature.
    doc
        One sentence for the docstring.
    check
        Called with a value and its `Asked`; raises `CommandError` with the rule, what was found and
        what to do.
    default
        The value that is used when none is given.
    keyword
        True for an argument that is given by its name only.
    """

    name: str
    annotation: Any
    doc: str
    check: Callable[[Any, Asked], None]
    default: Any = REQUIRED
    keyword: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewDefinition:
    """A view: one question, its options, the computation, the charts and the concept behind it.

    Parameters
    ----------
    name
        Its name in `session.explain` and `session.charts`.
    level
        Its subject, such as the model or the search.
    question
        The question that it answers.
    summary
        First line of its docstring.
    compute
        A function at the top of a module. It gets a `ModelSource` when the view is computed in a worker, a `Record`
        otherwise, and the options that were given by name (without ``trial``), and returns a `View`.
    concept
        The paragraph for learners.
    options
        Its arguments, positional ones first.
    kinds
        The kinds of task that it is for.
    worker
        True when it is computed in a worker process; False when it follows from the record at once.
    charts
        Functions that draw its datasets by the name of the chart, the main one first. Each takes the rows of datasets
        by their names and returns an Altair chart; without rows it returns the chart that the dashboard fills. Altair
        is imported inside the function.
    prepare
        For views of the record: returns a task for a worker that completes the view, None when nothing is missing. The
        task returns a mapping, which `Record.measured` then holds.
    urgent_seconds
        Seconds for which its first answer competes with trials for a core.
    references
        Sources of the method, for the docstring.
    out_of_fold
        True when it rests on out-of-fold predictions, because it is about errors; a note then says so.
    topic
        Heading under which an index of questions lists it; "" for that of its level.
    """

    name: str
    level: Level
    question: str
    summary: str
    compute: Callable[..., Any]
    concept: Concept | None = None
    options: tuple[Option, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)
    worker: bool = True
    charts: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    prepare: Callable[[Any], Call | None] | None = None
    urgent_seconds: float = 0.5
    references: str = ""
    out_of_fold: bool = False
    topic: str = ""

    def answer(
        self,
        sentences: tuple[str, ...],
        data: Mapping[str, Rows] | None = None,
        *,
        question: str = "",
        charts: tuple[str, ...] | None = None,
        notes: tuple[str, ...] = (),
        about: Mapping[str, Any] | None = None,
        options: Mapping[str, Sequence[Any]] | None = None,
        partial: bool = False,
    ) -> View:
        """Return a view of this kind.

        Parameters
        ----------
        sentences
            The answer in words.
        data
            Rows of each dataset.
        question
            A more specific question than that of the definition.
        charts
            Names of the charts that draw it; by default the main one if there are data.
        notes, about, options, partial
            As of `View`.
        """
        if charts is None:
            charts = tuple(self.charts)[:1] if data else ()
        return View(
            self.name,
            self.level,
            question or self.question,
            sentences,
            data or {},
            charts,
            (*notes, *(_OUT_OF_FOLD if self.out_of_fold else ())),
            self.concept.name if self.concept is not None else "",
            about or {},
            options or {},
            partial,
        )

    @property
    def heading(self) -> str:
        """Heading under which an index of questions lists it."""
        return self.topic or _HEADINGS[self.level]

    @property
    def takes(self) -> tuple[str, ...]:
        """Names of its options."""
        return tuple(option.name for option in self.options)

    def checked(self, options: Mapping[str, Any], task: Task, state: SessionState) -> dict[str, Any]:
        """Return the options that were given, each checked; the browser is not trusted.

        Raises
        ------
        CommandError
            When the view is not for this task, does not take an option, or a value is wrong.
        """
        if task.kind not in self.kinds:
            raise CommandError(f"The view {self.name!r} is not for a {task.kind} task.")
        given = {name: value for name, value in options.items() if value is not None}
        unknown = next((name for name in given if name not in self.takes), None)
        if unknown is not None:
            raise CommandError(
                f"The view {self.name!r} takes {', '.join(self.takes) or 'no option'}; got {unknown!r:.60}."
            )
        asked = Asked(task, state, given)
        for option in self.options:
            if option.name in given:
                option.check(given[option.name], asked)
        return given

    def draw(self, view: View, chart: str = "", **options: Any) -> Any:
        """Return a chart of a view, by default its main one; options that the chart does not take are left out.

        Raises
        ------
        KeyError
            When the view has no such chart.
        """
        wanted = chart or next(iter(view.charts), "")
        if wanted not in view.charts or wanted not in self.charts:
            raise KeyError(f"The view {view.name!r} has {', '.join(view.charts) or 'no chart'}; got {chart!r}.")
        function = self.charts[wanted]
        takes = inspect.signature(function).parameters
        given = {**view.data, **options}
        return function(**{name: value for name, value in given.items() if name in takes})

    def signature(self, *more: inspect.Parameter, returns: Any = View) -> inspect.Signature:
        """Return the signature of the method that asks for the view."""
        own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        parameters = [
            inspect.Parameter(
                option.name,
                inspect.Parameter.KEYWORD_ONLY if option.keyword else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=option.default,
                annotation=option.annotation,
            )
            for option in self.options
        ]
        return inspect.Signature([own, *parameters, *more], return_annotation=returns)

    def docstring(self, more: str = "", returns: str = "") -> str:
        """Return the docstring of the method that asks for the view, in numpydoc's form."""
        parts = [self.summary]
        described = "\n".join(f"{option.name}\n    {option.doc}" for option in self.options)
        described = "\n".join(filter(None, (described, more)))
        if described:
            parts.append(f"Parameters\n----------\n{described}")
        parts.append(f"Returns\n-------\n{returns or _RETURNS}")
        if self.references:
            parts.append(f"References\n----------\n{self.references}")
        return "\n\n".join(parts) + "\n"


_RETURNS = "View\n    Prints as sentences; `frame()` returns its rows."
