"""`session.explain`: every view of models, of the search and of comparisons, by name."""

from __future__ import annotations

import itertools
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any, Protocol

from hitl_widget.domain.arguments import plain
from hitl_widget.domain.commands import AddBaseline
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.steering import Steering
from hitl_widget.domain.task import Task
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.fold_models import TrialModel, member_of
from hitl_widget.explain.comparison import pair_to_compare
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.knowledge import Knowledge, family_to_show, knowledge_of
from hitl_widget.explain.model_source import ViewRequest
from hitl_widget.explain.record import NO_TRIAL, Record
from hitl_widget.explain.registry import VIEWS, compute_path
from hitl_widget.explain.view import View
from hitl_widget.report.words import Words
from hitl_widget.workers.contract import Call, FailureKind, Outcome

__all__ = ["Explain", "Explained", "bound_options", "measure_own"]

CANCELLED = "This explanation was canceled."
_KEPT = 200
_SECONDS = 300.0
_counter = itertools.count(1)


class Explained(Protocol):
    """The interface of a session for explanations."""

    @property
    def task(self) -> Task: ...  # noqa: D102 - as of `AutoMLSession`

    @property
    def state(self) -> SessionState: ...  # noqa: D102

    @property
    def words(self) -> Words: ...  # noqa: D102

    @property
    def seed(self) -> int: ...  # noqa: D102

    def run_background(  # noqa: D102
        self, key: str, call: Call, done: Callable[[Outcome], None], seconds: float | None = None
    ) -> None: ...

    def cancel_background(self, key: str) -> None: ...  # noqa: D102

    def predictions_file(self, number: int) -> str | None: ...  # noqa: D102

    @property
    def title(self) -> str: ...  # noqa: D102

    @property
    def folds_fingerprint(self) -> str: ...  # noqa: D102

    def live_sessions(self) -> Sequence[Explained]: ...  # noqa: D102


class Explain:
    """The views of one session, each an answer to a question.

    Views of models are computed in a background worker; the search continues meanwhile. They explain the delivered
    model, and errors by out-of-fold predictions; a note says which. Each method returns a `View`, which prints as
    sentences; `frame()` returns its rows.

    Parameters
    ----------
    session
        The session.

    Examples
    --------
    >>> print(session.explain.importance())             # doctest: +SKIP
    >>> session.explain.row(17, trial=12).frame()       # doctest: +SKIP
    """

    def __init__(self, session: Explained) -> None:
        self._session = session
        self._known: OrderedDict[str, View] = OrderedDict()
        self._measured: dict[str, dict[Any, Any]] = {}
        self._surrogate: tuple[tuple[str, int, Steering], Knowledge] | None = None
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., View]:
        """Return the method of a view of another package."""
        if name not in VIEWS:
            raise AttributeError(f"There is no view {name!r}; there are {', '.join(VIEWS)}.")
        found: Callable[..., View] = _method(VIEWS[name]).__get__(self)
        return found

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *VIEWS})

    def __repr__(self) -> str:
        """Return an index of the questions that suit the task, by topic."""
        kind = self._session.task.kind
        lines, topic = [], ""
        for one in sorted((one for one in VIEWS.values() if kind in one.kinds), key=_place):
            if one.heading != topic:
                topic = one.heading
                lines.append(topic)
            lines.append(f"  session.explain.{one.name:<16} {one.question}")
        return "\n".join(lines)

    def view(self, name: str, **options: Any) -> View:
        """Return a view by its name, complete.

        Parameters
        ----------
        name
            The view.
        **options
            Its options.

        Returns
        -------
        View
            Prints as sentences; `frame()` returns its rows.

        Raises
        ------
        CommandError
            When there is no such view, an option is wrong, or the computation failed; the message says why.
        """
        for step in itertools.count():
            found = self._wait(name, options, step)
            if not found.partial:
                break
        return found

    def _wait(self, name: str, options: Mapping[str, Any], step: int) -> View:
        asked: Future[View] = Future()
        key = self.ask(name, options, asked.set_result, lambda text: asked.set_exception(CommandError(text)), step=step)
        try:
            return asked.result()
        except BaseException:
            self._session.cancel_background(key)
            raise

    def ask(
        self,
        name: str,
        options: Mapping[str, Any],
        done: Callable[[View], Any],
        refused: Callable[[str], Any],
        *,
        step: int = 0,
    ) -> str:
        """Ask for a view without waiting; returns a key with which the session cancels the task.

        Parameters
        ----------
        name, options
            The view and its options.
        done, refused
            One of them is called once, from any thread: with the view, or with the reason in words.
        step
            0 for what can be answered at once; the next step completes a partial view.

        Returns
        -------
        str
            The key, or "" where the answer came at once.

        Raises
        ------
        CommandError
            When there is no such view, or an option is wrong.
        """
        definition = VIEWS.get(str(name))
        if definition is None:
            raise CommandError(f"There is no view {name!r:.60}; there are {', '.join(VIEWS)}.")
        state = self._session.state
        given = {option: plain(value) for option, value in options.items()}
        given = definition.checked(given, self._session.task, state)
        if definition.worker:
            return self._of_models(definition, given, state, step, done, refused)
        return self._of_record(definition, given, step, done, refused)

    def _of_models(
        self,
        view: ViewDefinition,
        options: Mapping[str, Any],
        state: SessionState,
        step: int,
        done: Callable[[View], Any],
        refused: Callable[[str], Any],
    ) -> str:
        """Ask a worker for a view of a trial or of the ensemble."""
        several = self._compared(options, state) if "trials" in view.takes else []
        members, number = (several, None) if several else self._members(options.get("trial"), state)
        rest = {name: value for name, value in options.items() if name != "trial"}
        known = json.dumps(
            [view.name, [(one.trial, one.weight, one.view and one.view.number) for one in members], rest, step],
            default=str,
        )
        with self._lock:
            found = self._known.get(known)
        if found is not None:
            done(found)
            return ""
        request = ViewRequest(
            view.name,
            compute_path(view),
            tuple(members),
            None if number is None else self._session.predictions_file(number),
            None if number is None else state.trials[number],
            rest,
            step,
            view.urgent_seconds,
            tuple(self._session.predictions_file(one.trial) for one in several),
        )
        call = Call("hitl_widget.explain.jobs:explain", (request,))
        return self._in_worker(call, lambda value: done(self._remembered(known, value)), refused)

    def _of_record(
        self,
        view: ViewDefinition,
        options: Mapping[str, Any],
        step: int,
        done: Callable[[View], Any],
        refused: Callable[[str], Any],
    ) -> str:
        """Answer from the record; a later step first lets a worker measure what is missing."""
        rest = {name: value for name, value in options.items() if name != "trial"}
        record = self._record(self._session, view, options)
        call = view.prepare(record) if view.prepare is not None else None
        if call is None or step == 0:
            done(replace(view.compute(record, **rest), partial=call is not None))
            return ""

        def measured(value: Mapping[Any, Any]) -> None:
            with self._lock:
                self._measured[view.name] = {**self._measured.get(view.name, {}), **value}
            done(view.compute(self._record(self._session, view, options), **rest))

        return self._in_worker(call, measured, refused)

    def _in_worker(self, call: Call, done: Callable[[Any], Any], refused: Callable[[str], Any]) -> str:
        key = f"explain#{next(_counter)}"

        def receive(outcome: Outcome) -> None:
            if outcome.failure is None:
                done(outcome.value)
            elif outcome.failure.kind is FailureKind.CANCELLED:
                refused(CANCELLED)
            else:
                refused(_why(outcome.failure.message))

        self._session.run_background(key, call, receive, _SECONDS)
        return key

    def _members(self, trial: Any, state: SessionState) -> tuple[list[TrialModel], int | None]:
        """Return the models of a trial and its number, or those of the ensemble and None."""
        seed = self._session.seed
        if trial == "ensemble":
            if not state.ensemble:
                raise CommandError("There is no ensemble yet; name a trial.")
            return [member_of(state, number, weight, seed) for number, weight in state.ensemble], None
        number = state.chosen if trial is None else trial
        if number is None:
            raise CommandError(NO_TRIAL)
        return [member_of(state, number, 1.0, seed)], number

    def _compared(self, options: Mapping[str, Any], state: SessionState) -> list[TrialModel]:
        """Return the models of a comparison."""
        numbers = options.get("trials") or pair_to_compare(state)
        if numbers is None:
            raise CommandError("There are no two finished trials to compare yet.")
        return [member_of(state, number, 1.0, self._session.seed) for number in numbers]

    def _record(self, session: Explained, view: ViewDefinition, options: Mapping[str, Any]) -> Record:
        state = session.state
        with self._lock:
            measured = self._measured.get(view.name, {})
        return Record(
            name=session.title,
            state=state,
            task=session.task,
            labels=session.words.labels,
            number=options.get("trial", state.chosen),
            seed=session.seed,
            rows_key=session.folds_fingerprint,
            measured=measured,
            knowledge=lambda family: self._knowledge(state, family),
            beside=lambda: [self._record(one, view, {}) for one in session.live_sessions()],
        )

    def _remembered(self, key: str, found: View) -> View:
        """Keep a view; of two equal ones the first."""
        with self._lock:
            found = self._known.setdefault(key, found)
            self._known.move_to_end(key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def _knowledge(self, state: SessionState, family: str) -> Knowledge:
        """Return the surrogate of a family, fitted once for all views of the same evidence."""
        family = family or family_to_show(state)
        key = (family, state.ended, state.steering)
        with self._lock:
            if self._surrogate is None or self._surrogate[0] != key:
                self._surrogate = key, knowledge_of(state, family)
            return self._surrogate[1]


def bound_options(view: ViewDefinition, args: tuple[Any, ...], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call as options by name.

    Raises
    ------
    TypeError
        If the call does not fit the view's signature.
    """
    try:
        given = view.signature().bind(None, *args, **options).arguments
    except TypeError as error:
        raise TypeError(f"{view.name}() {error}") from None
    return {name: value for name, value in given.items() if name != "self"}


def _method(view: ViewDefinition) -> Callable[..., View]:
    """Return the method that computes a view, with its signature and docstring."""

    def method(self: Explain, *args: Any, **options: Any) -> View:
        return self.view(view.name, **bound_options(view, args, options))

    method.__name__, method.__qualname__ = view.name, f"Explain.{view.name}"
    method.__doc__ = view.docstring()
    method.__signature__ = view.signature()  # type: ignore[attr-defined]
    return method


for _view in VIEWS.built_in.values():
    setattr(Explain, _view.name, _method(_view))


def measure_own(session: Explained, name: str, estimator: Any) -> AddBaseline:
    """Measure the user's own model on the folds, in a background worker, and return the command for it.

    Raises
    ------
    CommandError
        If it cannot be sent to a worker, or the worker was lost.
    """
    import cloudpickle

    checked = AddBaseline(name, ())
    try:
        code = cloudpickle.dumps(estimator)
    except Exception as error:
        raise CommandError(f"This estimator cannot be sent to a worker: {error!r:.300}.") from error
    asked: Future[Outcome] = Future()
    key = f"explain#{next(_counter)}"
    session.run_background(
        key, Call("hitl_widget.explain.jobs:own_baseline", (name, code)), asked.set_result, 2 * _SECONDS
    )
    try:
        outcome = asked.result()
    except BaseException:
        session.cancel_background(key)
        raise
    if outcome.failure is not None:
        raise CommandError(_why(outcome.failure.message))
    scores, seconds, problem = outcome.value
    return replace(checked, scores=tuple(sorted(scores.items())), seconds=seconds, problem=problem)


def _place(view: ViewDefinition) -> int:
    """Return the place of a view's topic among topics, in the order of their first views."""
    return [one.heading for one in VIEWS.values()].index(view.heading)


def _why(message: str) -> str:
    """Return the message of a failed task that was not a fit."""
    text = message.replace("The fit failed with ", "The explanation failed with ")
    return text.replace("; only this trial is lost", "")
