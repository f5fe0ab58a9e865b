"""Entries of the store are made once, appear whole, and outlive their maker."""

import multiprocessing
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from hitl_widget.evaluation.cache import ArrayStore, dump_atomically


def entry(value: float = 1.0):
    return {"a": np.full((3, 2), value), "empty": np.empty((0, 4))}, {"note": value}


def test_an_entry_is_made_once_and_mapped(tmp_path) -> None:
    """The first call makes it and takes time; the second finds it, read only and equal."""
    store = ArrayStore(tmp_path / "deep" / "folder")
    first = store.get("key", entry)
    second = store.get("key", lambda: pytest.fail("made twice"))
    assert first.seconds > 0
    assert second.seconds == 0
    assert np.array_equal(first.arrays["a"], second.arrays["a"])
    assert second.arrays["empty"].shape == (0, 4)
    assert second.extra == {"note": 1.0}
    assert not second.arrays["a"].flags.writeable


def test_threads_wait_for_the_maker(tmp_path) -> None:
    """Many threads that want one entry make it once."""
    store, asking, made = ArrayStore(tmp_path), [], []
    everyone = threading.Event()

    def ask():
        asking.append(1)
        if len(asking) == 6:
            everyone.set()
        store.get("key", make)

    def make():
        made.append(1)
        assert everyone.wait(60)
        return entry()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def _make_slowly(folder: Path, started) -> None:
    def make():
        started.set()
        time.sleep(60)
        return entry()

    ArrayStore(folder).get("key", make)


def test_a_killed_maker_blocks_nobody(tmp_path) -> None:
    """When the process that makes an entry is killed, the next one makes it."""
    spawn = multiprocessing.get_context("spawn")
    started = spawn.Event()
    process = spawn.Process(target=_make_slowly, args=(tmp_path, started))
    process.start()
    assert started.wait(60)
    process.kill()
    process.join()
    assert ArrayStore(tmp_path).get("key", entry).extra == {"note": 1.0}


def test_a_failing_maker_leaves_nothing(tmp_path) -> None:
    """An error while making is raised, and the next call tries again."""
    store = ArrayStore(tmp_path)
    with pytest.raises(ZeroDivisionError):
        store.get("key", lambda: 1 / 0)
    assert store.get("key", entry).extra == {"note": 1.0}


def test_a_full_disk_only_costs_sharing(tmp_path) -> None:
    """When an entry cannot be written, its maker has it all the same."""
    store = ArrayStore(tmp_path)

    class Full(ArrayStore):
        def _write(self, key, arrays, extra) -> None:
            raise OSError("no space left")

    assert Full(store.folder).get("key", entry).arrays["a"].shape == (3, 2)


def test_a_dump_appears_whole(tmp_path) -> None:
    """A value is written beside and renamed; its size comes back."""
    size = dump_atomically({"a": 1}, tmp_path / "models" / "0-1.pkl")
    files = list((tmp_path / "models").iterdir())
    assert [file.name for file in files] == ["0-1.pkl"]
    assert files[0].stat().st_size == size
