"""Files shared by workers: the table once, and prepared matrices once per recipe and fold."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hitl_widget.evaluation.files import locked, replace_file

__all__ = ["ArrayStore", "Stored", "dump_atomically", "pickled_size"]


@dataclass(frozen=True, slots=True)
class Stored:
    """Arrays and one object that were made together.

    Parameters
    ----------
    arrays
        Memory-mapped, read only, by name.
    extra
        A picklable object (the fitted preparation).
    seconds
        Time it took to make them; 0 when they were found.
    """

    arrays: dict[str, np.ndarray]
    extra: Any
    seconds: float


class ArrayStore:
    """Entries under a folder, each made once by whichever process needs it first.

    An entry appears by one rename, so readers see all of it or nothing. While one process makes an entry, others that
    want it wait on a file lock; a maker that dies releases the lock, and the next process makes the entry.

    Parameters
    ----------
    folder
        Scratch folder on a local disk; made when missing.
    by_value
        For objects that hold code which may stand in a notebook, and so has no name elsewhere.
    """

    def __init__(self, folder: Path, *, by_value: bool = False) -> None:
        self.folder = folder
        self._by_value = by_value
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str, make: Callable[[], tuple[dict[str, np.ndarray], Any]]) -> Stored:
        """Return an entry, making it when it is not there.

        Parameters
        ----------
        key
            A file name.
        make
            Returns the arrays and the object; called by one process at a time.
        """
        found = self._read(key)
        if found is not None:
            return found
        with _lock(self.folder / (key + ".lock")):
            found = self._read(key)
            if found is not None:
                return found
            begun = time.perf_counter()
            arrays, extra = make()
            seconds = time.perf_counter() - begun
            try:
                self._write(key, arrays, extra)
            except OSError:
                return Stored(arrays, extra, seconds)
        found = self._read(key)
        return Stored(arrays, extra, seconds) if found is None else Stored(found.arrays, found.extra, seconds)

    def _read(self, key: str) -> Stored | None:
        folder = self.folder / key
        try:
            extra = pickle.loads((folder / "extra.pkl").read_bytes())  # noqa: S301 - our own private scratch
            arrays = {path.stem: _open(path) for path in folder.glob("*.npy")}
        except FileNotFoundError:
            return None
        return Stored(arrays, extra, 0.0)

    def _write(self, key: str, arrays: dict[str, np.ndarray], extra: Any) -> None:
        draft = Path(tempfile.mkdtemp(prefix=key + ".", dir=self.folder))
        try:
            for name, array in arrays.items():
                np.save(draft / f"{name}.npy", array, allow_pickle=False)
            with (draft / "extra.pkl").open("wb") as file:
                _pickle(extra, file, by_value=self._by_value)
            replace_file(draft, self.folder / key)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            raise


def _open(path: Path) -> np.ndarray:
    """Map an array; one without elements cannot be mapped and is read."""
    try:
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        array = np.load(path, allow_pickle=False)
    return array


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Hold a lock between processes."""
    with open(path, "ab") as file:
        locked(file, wait=True)
        yield


def _pickle(value: Any, file: Any, *, by_value: bool = False) -> None:
    if by_value:
        import cloudpickle

        cloudpickle.dump(value, file, protocol=5)
    else:
        pickle.dump(value, file, protocol=5)


def dump_atomically(value: Any, path: Path, *, by_value: bool = False) -> int:
    """Pickle a value to a file that appears by one rename; return its size in bytes.

    Parameters
    ----------
    value
        The value.
    path
        The file.
    by_value
        For objects whose class may stand in a notebook, and so has no name elsewhere.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        _pickle(value, file, by_value=by_value)
        size = file.tell()
    replace_file(draft, path)
    return size


def pickled_size(value: Any, *, by_value: bool = False) -> int:
    """Return the bytes that `dump_atomically` would write."""
    sink = _Sink()
    _pickle(value, sink, by_value=by_value)
    return sink.size


class _Sink:
    """A file that only counts bytes."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: Any) -> int:
        """Count."""
        size = memoryview(data).nbytes
        self.size += size
        return size
