"""A journal that cannot be written or read is refused when the session is made, with a remedy that works."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from hitl_widget import AutoMLSession, JournalError
from hitl_widget.engine.places import checked_place
from hitl_widget.errors import MissingExtra

TABLE = pd.DataFrame({"x": [0, 1, 2] * 10, "y": ["a", "b"] * 15})


def refusal(place, error=JournalError) -> str:
    """Return the sentence with which a session is refused; nothing is printed or left behind."""
    with pytest.raises(error) as caught:
        AutoMLSession(TABLE, "y", journal=place)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_is_refused_and_a_file_in_it_accepted(tmp_path) -> None:
    """The error names the file."""
    said = refusal(tmp_path)
    inside = said.split("Give a file in it: '")[1].split("'")[0]
    assert checked_place(inside, new=True) == inside
    assert not list(tmp_path.iterdir())


def test_a_file_that_exists_is_not_overwritten(tmp_path) -> None:
    """The error says how to load it, if it is a journal."""
    path = tmp_path / "data.csv"
    path.write_text("a,b")
    assert "If it is a journal, load it with" in refusal(path)
    assert path.read_text() == "a,b"


@pytest.mark.parametrize("name", ["x" * 300, "x" * 250, "file.txt/x.sqlite", "file.txt/deep/x.sqlite"])
def test_a_place_that_cannot_be_written_is_refused(name, tmp_path) -> None:
    """Long names, and files in the place of folders."""
    (tmp_path / "file.txt").write_text("")
    assert "Choose another path, or leave out journal=." in refusal(tmp_path / name)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can write")
def test_a_folder_without_permission_is_refused() -> None:
    """Not even the superuser can write there."""
    assert "No journal can be written at /proc/none/x.sqlite" in refusal("/proc/none/x.sqlite")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("nonsense://x", "knows no database 'nonsense'"),
        ("http://host:port/x", "cannot be read as that of a database"),
        ("sqlite://", "would be lost. Give a file"),
        ("sqlite:///:memory:", "would be lost. Give a file"),
        ("", "must be a path such as"),
        (7, "must be a path such as"),
    ],
)
def test_other_places_are_refused(place, words) -> None:
    """The sentence says what a journal can be."""
    assert words in refusal(place)
    if "session.sqlite" in refusal(place):
        assert checked_place("session.sqlite", new=False) == os.path.abspath("session.sqlite")  # noqa: PTH100


@pytest.mark.parametrize("url", ["mysql+mysqldb://h/db", "oracle+cx_oracle://h/db", "mssql+pymssql://u:secret@h/db"])
def test_a_missing_driver_is_named(url) -> None:
    """With the command that installs it, and without the password of the URL."""
    said = refusal(url, MissingExtra)
    assert "pip install " in said
    assert "secret" not in said
    with pytest.raises(MissingExtra, match="pip install "):
        AutoMLSession.load(url)


@pytest.mark.parametrize("content", [b"", b"hello", bytes(range(256)) * 20, b"SQLite format 3\0" + b"x" * 90])
def test_a_file_that_is_no_journal_cannot_be_loaded(content, tmp_path) -> None:
    """One sentence, whatever is in it."""
    path = tmp_path / "s.sqlite"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="s.sqlite"):
        AutoMLSession.load(path)
    assert path.read_bytes()[:5] == content[:5] or not content
