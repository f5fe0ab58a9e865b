from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.trial import Author, Fold, Origin
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.errors import JournalError

RECORDS = [
    ev.Record(1, 1e9, 0.0, Author.MACHINE, "", ev.Opened({"target": "<img onerror=…>"})),
    ev.Record(2, 1e9, 0.0, Author.YOU, "c1", ev.TrialQueued(0, {"family": "x"}, Author.YOU, Origin.OWN, None, "w", 0)),
    ev.Record(3, 1e9, 1.5, Author.MACHINE, "", ev.FoldDone(0, Fold(0, 0.5, hints={"rounds": 3}))),
]


def test_what_was_appended_is_read_back_after_reopening(tmp_path):
    """Records and blobs survive the end of the process that wrote them."""
    journal = SqlJournal(tmp_path / "new" / "s.sqlite", create=True)
    journal.append(RECORDS[:2])
    journal.append(RECORDS[2:])
    journal.put("table", b"\x00one")
    journal.put("table", b"\x00two")
    journal.close()
    again = SqlJournal(tmp_path / "new" / "s.sqlite", create=False)
    assert again.read() == RECORDS
    assert again.get("table") == b"\x00two"
    assert again.get("nothing") is None
    again.close()


def test_numpy_numbers_are_kept_as_numbers(tmp_path):
    """A numpy scalar in a configuration reads back as a plain number."""
    journal = SqlJournal(tmp_path / "s.sqlite", create=True)
    queued = ev.TrialQueued(0, {"family": "x", "x.a": np.int64(3)}, Author.YOU, Origin.OWN, None, "", 0)
    journal.append([ev.Record(1, 0.0, 0.0, Author.YOU, "", queued)])
    assert journal.read()[0].event.config == {"family": "x", "x.a": 3}
    journal.close()


def test_a_batch_is_written_whole_or_not_at_all(tmp_path):
    """A record that cannot be written takes its batch with it and harms nothing else."""
    journal = SqlJournal(tmp_path / "s.sqlite", create=True)
    journal.append(RECORDS[:1])
    with pytest.raises(Exception, match="UNIQUE|IntegrityError"):
        journal.append([RECORDS[1], RECORDS[0]])
    assert journal.read() == RECORDS[:1]
    journal.close()


def test_a_second_writer_is_refused(tmp_path):
    """Two sessions never write one journal."""
    journal = SqlJournal(tmp_path / "s.sqlite", create=True)
    with pytest.raises(JournalError, match="Another session is using"):
        SqlJournal(tmp_path / "s.sqlite", create=False)
    journal.close()
    SqlJournal(tmp_path / "s.sqlite", create=False).close()


def test_a_journal_is_not_overwritten(tmp_path):
    """Creating where a journal stands is refused with the way to resume it."""
    SqlJournal(tmp_path / "s.sqlite", create=True).close()
    with pytest.raises(JournalError, match="AutoMLSession.load"):
        SqlJournal(tmp_path / "s.sqlite", create=True)


@pytest.mark.parametrize("content", [b"", b"hello, I am no database, I am a text file of some length" * 20])
def test_a_strange_file_is_refused(tmp_path, content):
    """A file that is no journal gives a sentence, not a traceback of SQLite."""
    path = tmp_path / "s.sqlite"
    path.write_bytes(content)
    with pytest.raises(JournalError):
        SqlJournal(path, create=False)


def test_a_missing_journal_is_refused(tmp_path):
    """Loading from nowhere says so, and makes no file."""
    with pytest.raises(JournalError, match="no journal"):
        SqlJournal(tmp_path / "s.sqlite", create=False)
    assert list(tmp_path.iterdir()) == []


def test_records_survive_kill(tmp_path):
    """What append returned from is there after kill -9, and the lock is free again."""
    script = """
import os, signal, sys
from hitl_widget.domain import event as ev
from hitl_widget.domain.trial import Author
from hitl_widget.engine.journal import SqlJournal
journal = SqlJournal(sys.argv[1], create=True)
for seq in range(1, 101):
    journal.append([ev.Record(seq, 0.0, 0.0, Author.MACHINE, "", ev.Started())])
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = tmp_path / "s.sqlite"
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -9
    journal = SqlJournal(path, create=False)
    assert [record.seq for record in journal.read()] == list(range(1, 101))
    journal.close()
