"""Requests of a page: how they are declared, how their arguments are checked, and who answers them.

A request is a method with the decorator `request`. Its first argument is the state of the session; the others, by
keyword, are what the page sends, checked against their type hints; the return type is the response. From these
declarations `widget/typescript.py` makes the page's client.
"""

from __future__ import annotations

import inspect
import logging
import threading
import types
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from hitl_widget.domain.commands import Command, command_from
from hitl_widget.domain.state import SessionState
from hitl_widget.errors import CommandError, HitlError
from hitl_widget.widget.wire.shared import Reply

__all__ = ["Declaration", "Requests", "answered", "declarations", "refused", "request"]

_log = logging.getLogger("hitl_widget")
_MOST_OPEN = 200
_STOPPED = "This request was canceled."

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declaration:
    """A request that a page may send.

    Parameters
    ----------
    name
        Its type on the wire.
    method
        Name of the method that answers it.
    beside
        True if it takes tens of milliseconds and is answered on a worker thread.
    seconds
        Timeout of the page.
    arguments
        By name, the type hint and the default (`inspect.Parameter.empty` for none).
    response
        Type hint of the answer.
    """

    name: str
    method: str
    beside: bool
    seconds: float
    arguments: Mapping[str, tuple[Any, Any]]
    response: Any

    def read(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments in a message.

        Raises
        ------
        CommandError
            If one is missing or does not have the declared type.
        """
        found = {}
        for name, (hint, default) in self.arguments.items():
            given = message.get(name)
            if given is None and default is not inspect.Parameter.empty:
                found[name] = default
            else:
                found[name] = _checked(given, hint, name)
        return found


def request(name: str, *, beside: bool = False, seconds: float = 30) -> Callable[[Method], Method]:
    """Declare a method as the answer to a request.

    Parameters
    ----------
    name
        The request's type on the wire.
    beside
        Answer on a worker thread, so that a click does not wait behind it.
    seconds
        Timeout of the page.
    """

    def declare(method: Method) -> Method:
        method.__dict__["request"] = (name, beside, seconds)
        return method

    return declare


def declarations(owner: type) -> tuple[Declaration, ...]:
    """Return the requests that a class answers, in the order of their definition."""
    found = []
    for attribute, method in vars(owner).items():
        declared = getattr(method, "__dict__", {}).get("request")
        if declared is None:
            continue
        name, beside, seconds = declared
        hints = get_type_hints(method)
        _, _, *parameters = inspect.signature(method).parameters.values()  # self and the state
        arguments = {one.name: (hints[one.name], one.default) for one in parameters}
        response = hints["return"]
        if get_origin(response) is Future:
            (response,) = get_args(response)
        found.append(Declaration(name, attribute, beside, seconds, arguments, response))
    return tuple(found)


def answered(id_: str, result: Any) -> Reply:
    """Return the reply to a request that was answered."""
    return {"type": "reply", "id": id_, "ok": True, "result": result}


def refused(id_: str, text: str) -> Reply:
    """Return the reply to a request that was refused."""
    return {"type": "reply", "id": id_, "ok": False, "error": {"message": text, "remedy": ""}}


class Requests:
    """Answers requests with the methods of its owners.

    Parameters
    ----------
    owners
        Objects whose methods are declared with `request`.
    state
        Returns the state that requests are answered from.
    post
        Runs a function on the thread that sends.
    send
        Sends a reply; called on that thread only.
    """

    def __init__(
        self,
        owners: Sequence[object],
        state: Callable[[], SessionState],
        post: Callable[[Callable[[], None]], None],
        send: Callable[[Reply], None],
    ) -> None:
        self._state, self._post, self._send = state, post, send
        self._known = {one.name: (owner, one) for owner in (self, *owners) for one in declarations(type(owner))}
        self._lock = threading.Lock()
        self._open: dict[str, Future[Any] | None] = {}
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="hitl-requests")

    def close(self) -> None:
        """Stop answering on the worker thread."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def run(self, act: Callable[[], None]) -> None:
        """Run a function on the worker thread, without a reply."""
        with suppress(RuntimeError):  # closed meanwhile
            self._worker.submit(self._quietly, act)

    def answer(self, message: object) -> None:
        """Answer a message of a page; called on the thread that sends."""
        if not isinstance(message, Mapping) or not isinstance(message.get("id"), str):
            _log.warning("A browser sent a message without an id; it was ignored")
            return
        id_, type_ = message["id"], message.get("type")
        owner, declared = self._known.get(str(type_), (None, None))
        if declared is None:
            self._send(refused(id_, f"A request must be command, {', '.join(self._known)}; got {type_!r:.60}."))
            return
        try:
            call = partial(getattr(owner, declared.method), **declared.read(message))
        except HitlError as error:
            self._send(refused(id_, str(error)))
            return
        if declared.beside:
            self._begin(id_, call)
        else:
            self._send(self._called(id_, call))

    @request("stop")
    def stop(self, _state: SessionState, request: str) -> None:
        """Cancel an open request by its id; it is then refused."""
        with self._lock:
            under_way = self._open.pop(request, None)
        if under_way is not None:
            under_way.cancel()

    # -- the worker thread --------------------------------------------------------------------------------------------

    def _begin(self, id_: str, call: Callable[[SessionState], Any]) -> None:
        with self._lock:
            crowded = len(self._open) >= _MOST_OPEN
            if not crowded:
                self._open[id_] = None
        if crowded:
            self._send(refused(id_, f"{_MOST_OPEN} requests are open. Try again when some are answered."))
            return
        try:
            self._worker.submit(self._quietly, lambda: self._work(id_, call))
        except RuntimeError:  # closed meanwhile
            self._send(refused(id_, "This session is closed."))

    def _work(self, id_: str, call: Callable[[SessionState], Any]) -> None:
        with self._lock:
            wanted = id_ in self._open
        if not wanted:
            self._reply(refused(id_, _STOPPED))
            return
        found: list[Any] = []
        reply = self._called(id_, lambda state: found.append(call(state)))
        if found and isinstance(found[0], Future):
            self._follow(id_, found[0])
        else:
            self._reply(answered(id_, found[0]) if found else reply)

    def _follow(self, id_: str, future: Future[Any]) -> None:
        """Reply when a future is done; cancel it if the request was canceled meanwhile."""
        with self._lock:
            wanted = id_ in self._open
            if wanted:
                self._open[id_] = future
        if not wanted:
            future.cancel()

        def done(_future: Future[Any]) -> None:
            if future.cancelled():
                self._reply(refused(id_, _STOPPED))
            elif (error := future.exception()) is not None:
                self._reply(refused(id_, str(error)))
            else:
                self._reply(answered(id_, future.result()))

        future.add_done_callback(done)

    def _reply(self, reply: Reply) -> None:
        with self._lock:
            self._open.pop(reply["id"], None)
        self._post(lambda: self._send(reply))

    def _called(self, id_: str, call: Callable[[SessionState], Any]) -> Reply:
        try:
            return answered(id_, call(self._state()))
        except HitlError as error:
            return refused(id_, str(error))
        except Exception as error:  # noqa: BLE001 - the page is told, the thread goes on
            _log.exception("A request failed")
            return refused(id_, f"The request failed: {error!r:.300}.")

    def _quietly(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception:  # noqa: BLE001 - one bad message must not end the thread
            _log.exception("A request failed")


# -- arguments --------------------------------------------------------------------------------------------------------

_KINDS: dict[Any, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


def _checked(value: object, hint: Any, name: str) -> Any:
    """Return an argument converted to its type hint.

    Raises
    ------
    CommandError
        If it has another type.
    """
    if inspect.isclass(hint) and issubclass(hint, Command):
        command = command_from(value)
        if not isinstance(command, hint):
            raise CommandError(f"{name} is of type {hint.spec.name}; got {command.spec.name}.")
        return command
    if not _fits(value, hint):
        raise CommandError(f"{name} is {_kind(hint)}; got {value!r:.60}.")
    return value


def _fits(value: object, hint: Any) -> bool:
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin is Literal:
        return isinstance(value, str) and value in parts
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is list:
        return isinstance(value, list) and all(_fits(one, parts[0]) for one in value)
    if origin is dict:
        return isinstance(value, dict) and all(isinstance(key, str) and _fits(value[key], parts[1]) for key in value)
    if hint in (int, float):
        return isinstance(value, (int, float) if hint is float else int) and not isinstance(value, bool)
    return isinstance(value, hint)


def _kind(hint: Any) -> str:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return f"one of {', '.join(map(repr, parts))}"
    if origin in (Union, types.UnionType):
        return " or ".join(_kind(part) for part in parts)
    if origin is list:
        return f"a list, each item {_kind(parts[0])}"
    return "an object" if origin is dict else _KINDS.get(hint, "null" if hint is type(None) else "given")
