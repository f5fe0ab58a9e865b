"""Decorators that make a function a rule: a nudge, a warning about the data, or a warning about results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from hitl_widget.advise.data_view import DataView
from hitl_widget.advise.result_view import ResultView
from hitl_widget.advise.view import Found, View
from hitl_widget.domain.safeguard import Safeguard
from hitl_widget.errors import ConfigError

if TYPE_CHECKING:
    from hitl_widget.advise.illustration import Illustration

__all__ = [
    "DATA",
    "NUDGES",
    "RESULTS",
    "DataRule",
    "NudgeRule",
    "ResultRule",
    "data_warning",
    "nudge",
    "result_warning",
]

V = TypeVar("V")
F = TypeVar("F")


@dataclass(frozen=True)
class Rule(Generic[V, F]):
    """A named function that looks at a view and yields what it found. Calling the rule calls the function.

    Parameters
    ----------
    name
        Unique among rules of its kind; ``rule`` of the nudges or warnings that it yields.
    function
        Pure and quick; it reads the view and changes nothing.
    order
        Of equal worth or severity, the rule of the smaller order comes first.
    uses_metric
        True for a nudge that judges trials by the metric. It is silent while the user's preferences lead the search.
    reopens
        True for a nudge that is shown again, after an answer, when three more trials speak for it.
    draw
        For a warning, draws what it is about: takes the view and the warning. None if there is nothing to draw.
    """

    name: str
    function: Callable[[V], Iterator[F]]
    order: int
    uses_metric: bool = True
    reopens: bool = False
    draw: Callable[[V, F], Illustration] | None = None

    def __call__(self, view: V) -> Iterator[F]:
        """Yield what the function finds."""
        return self.function(view)

    @property
    def source(self) -> str:
        """Module and name of the function."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


NudgeRule = Rule[View, Found]
DataRule = Rule[DataView, Safeguard]
ResultRule = Rule[ResultView, Safeguard]

NUDGES: dict[str, NudgeRule] = {}
DATA: dict[str, DataRule] = {}
RESULTS: dict[str, ResultRule] = {}

LAST = 1000
"""Order of rules that name none: after those of this package."""


def nudge(
    *, order: int = LAST, name: str | None = None, uses_metric: bool = True, reopens: bool = False
) -> Callable[[Callable[[View], Iterator[Found]]], NudgeRule]:
    """Register a function as a nudge: it sees the search and proposes commands.

    Parameters
    ----------
    order
        Of equal worth, the nudge of the smaller order comes first.
    name
        Default the function's name.
    uses_metric
        False for a nudge that does not judge trials by the metric; it speaks also while preferences lead the search.
    reopens
        True to show the nudge again, after an answer, when three more trials speak for it.

    Raises
    ------
    ConfigError
        When another nudge has this name.
    """
    return lambda function: _added(NUDGES, Rule(name or function.__name__, function, order, uses_metric, reopens))


def data_warning(
    *, order: int = LAST, name: str | None = None, draw: Callable[[DataView, Safeguard], Illustration] | None = None
) -> Callable[[Callable[[DataView], Iterator[Safeguard]]], DataRule]:
    """Register a function as a warning about the data: it sees the task with its table.

    Parameters and errors are those of `nudge`; ``order`` counts among warnings of equal severity, and ``draw`` returns
    what a warning is about, as a chart or a table.
    """
    return lambda function: _added(DATA, Rule(name or function.__name__, function, order, draw=draw))


def result_warning(
    *, order: int = LAST, name: str | None = None, draw: Callable[[ResultView, Safeguard], Illustration] | None = None
) -> Callable[[Callable[[ResultView], Iterator[Safeguard]]], ResultRule]:
    """Register a function as a warning about results: it sees the trials and the holdout's measurements.

    Parameters and errors are those of `data_warning`.
    """
    return lambda function: _added(RESULTS, Rule(name or function.__name__, function, order, draw=draw))


def _added(rules: dict[str, Rule[V, F]], rule: Rule[V, F]) -> Rule[V, F]:
    known = rules.get(rule.name)
    if known is not None and known.source != rule.source:  # a cell of a notebook may run twice
        raise ConfigError(f"The rule {rule.name!r} already exists in {known.source}. Choose another name.")
    rules[rule.name] = rule
    return rule
