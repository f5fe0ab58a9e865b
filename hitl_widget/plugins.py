"""Registries of named parts: those of this package, and those that other packages add through entry points."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from hitl_widget.errors import ConfigError

__all__ = ["PluginWarning", "Registry", "loaded_once"]

T = TypeVar("T")


class PluginWarning(UserWarning):
    """A part of another package could not be loaded. The session goes on without it."""


class Registry(Mapping[str, T], Generic[T]):
    """Parts by name. Entry points are read once, when a name is not built in or all names are wanted.

    Parameters
    ----------
    group
        Group of entry points, such as ``"hitl_widget.learners"``.
    built_in
        The parts of this package, by name.
    checked
        Turns the name and the object of an entry point into a part. Raises `ConfigError` where it is none.

    Notes
    -----
    Thread-safe. An entry point that cannot be loaded, is no part of this kind, or has a name that is taken gives one
    `PluginWarning` with its name and package, and is left out.
    """

    def __init__(self, group: str, built_in: Mapping[str, T], checked: Callable[[str, Any], T]) -> None:
        self._group, self._checked = group, checked
        self.built_in: Mapping[str, T] = dict(built_in)
        self._all: dict[str, T] | None = None
        self._points: tuple[EntryPoint, ...] | None = None
        self._lock = threading.RLock()

    def __getitem__(self, name: str) -> T:
        return self.built_in[name] if name in self.built_in else self._whole()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())

    @property
    def known(self) -> Mapping[str, T]:
        """The parts that were loaded so far; reads no entry points."""
        return self._all or self.built_in

    def find(self) -> None:
        """Read which entry points there are, without loading them: what a fork server does before it forks."""
        with self._lock:
            if self._points is None:
                self._points = _found(self._group)

    def _whole(self) -> dict[str, T]:
        with self._lock:
            if self._all is not None:
                return self._all
            self._all = dict(self.built_in)

            def add(name: str, given: Any) -> None:
                assert self._all is not None
                if name in self._all:
                    raise ConfigError(f"The name {name!r} is taken; give the entry point and the object another one")
                self._all[name] = self._checked(name, given)

            self.find()
            failures = list(_loaded(self._points or (), add))
        _warn(failures)
        return self._all


_groups: set[str] = set()
_groups_lock = threading.RLock()


def loaded_once(group: str) -> None:
    """Import the entry points of a group, once in a process, for what registers itself when it is imported.

    Parameters
    ----------
    group
        Such as ``"hitl_widget.rules"``. Failures warn as those of a `Registry` do.
    """
    with _groups_lock:
        if group in _groups:
            return
        _groups.add(group)
        failures = list(_loaded(_found(group), lambda name, given: None))
    _warn(failures)


def _found(group: str) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group in the order of their names."""
    return tuple(sorted(entry_points(group=group), key=lambda one: one.name))


def _loaded(points: Iterable[EntryPoint], add: Callable[[str, Any], None]) -> Iterator[str]:
    """Load entry points; yield a sentence for each one that was left out."""
    for point in points:
        try:
            add(point.name, point.load())
        except Exception as error:  # noqa: BLE001 - other people's code must not end a session
            yield _sentence(point, error)


def _sentence(point: EntryPoint, error: Exception) -> str:
    package = point.dist.name if point.dist is not None else point.value
    reason = " ".join(str(error).split()).rstrip(".") or "no message"
    kind = "" if isinstance(error, ConfigError) else f"{type(error).__name__}: "
    return (
        f"{point.group}: {point.name!r} of the package {package} was left out. {kind}{reason}. "
        f"Update or uninstall {package} to stop this warning."
    )


def _warn(failures: Iterable[str]) -> None:
    for sentence in failures:
        warnings.warn(sentence, PluginWarning, stacklevel=4)
