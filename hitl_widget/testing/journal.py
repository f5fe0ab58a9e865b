"""The contract of journals."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.trial import Author, Fold, Origin
from hitl_widget.engine.ports import Journal

__all__ = ["JournalContract"]

_RECORDS = [
    ev.Record(1, 1e9, 0.0, Author.MACHINE, "", ev.Opened({"target": "<img onerror=…>", "list": [1, None, 0.5]})),
    ev.Record(2, 1e9, 0.0, Author.YOU, "c1", ev.TrialQueued(0, {"family": "x"}, Author.YOU, Origin.OWN, None, "w", 0)),
    ev.Record(3, 1e9, 1.5, Author.MACHINE, "", ev.FoldDone(0, Fold(0, 0.5, hints={"rounds": 3}))),
]


class JournalContract:
    """The promises of every journal. Override the fixture `reopen`."""

    @pytest.fixture
    def reopen(self) -> Callable[[], Journal]:
        """Return a function that opens the journal of one place: a new one first, then the same again."""
        raise NotImplementedError

    def test_records_and_values_are_read_back(self, reopen: Callable[[], Journal]) -> None:
        """Records come in order, whatever was appended with them; the last value of a key counts."""
        journal = reopen()
        journal.append(_RECORDS[:2])
        journal.append(_RECORDS[2:])
        journal.put("table", b"\x00one")
        journal.put("table", b"\x00two")
        assert journal.read() == _RECORDS
        assert journal.get("table") == b"\x00two"
        assert journal.get("nothing") is None
        journal.close()

    def test_they_survive_closing(self, reopen: Callable[[], Journal]) -> None:
        """A journal that is opened again holds what it held."""
        journal = reopen()
        journal.append(_RECORDS)
        journal.put("table", bytes(range(256)) * 10_000)
        journal.close()
        again = reopen()
        assert again.read() == _RECORDS
        assert again.get("table") == bytes(range(256)) * 10_000
        again.append([ev.Record(4, 1e9, 2.0, Author.MACHINE, "", ev.Started())])
        assert [record.seq for record in again.read()] == [1, 2, 3, 4]
        again.close()

    def test_a_batch_is_written_whole_or_not_at_all(self, reopen: Callable[[], Journal]) -> None:
        """A record whose number exists is refused with its batch, and harms nothing else."""
        journal = reopen()
        journal.append(_RECORDS[:1])
        with pytest.raises(Exception, match=r"."):
            journal.append([_RECORDS[1], _RECORDS[0]])
        assert journal.read() == _RECORDS[:1]
        journal.append(_RECORDS[1:])
        assert journal.read() == _RECORDS
        journal.close()

    def test_numpy_numbers_become_numbers(self, reopen: Callable[[], Journal]) -> None:
        """A numpy scalar in a configuration reads back as a plain number."""
        journal = reopen()
        queued = ev.TrialQueued(0, {"family": "x", "x.a": np.int64(3)}, Author.YOU, Origin.OWN, None, "", 0)  # type: ignore[dict-item]
        journal.append([ev.Record(1, 0.0, 0.0, Author.YOU, "", queued)])
        (record,) = journal.read()
        assert isinstance(record.event, ev.TrialQueued)
        assert record.event.config == {"family": "x", "x.a": 3}
        assert type(record.event.config["x.a"]) is int
        journal.close()

    def test_any_thread_reads(self, reopen: Callable[[], Journal]) -> None:
        """`read` and `get` serve other threads while one appends."""
        journal = reopen()
        journal.put("key", b"value")
        counts: list[int] = []
        values: set[bytes | None] = set()

        def look() -> None:
            while not counts or counts[-1] < 40:
                numbers = [record.seq for record in journal.read()]
                assert numbers == list(range(1, len(numbers) + 1))
                counts.append(len(numbers))
                values.add(journal.get("key"))

        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(look)
            for seq in range(1, 41):
                journal.append([ev.Record(seq, 0.0, 0.0, Author.MACHINE, "", ev.Started())])
            looking.result(timeout=60)
        assert counts == sorted(counts)
        assert values == {b"value"}
        journal.close()
