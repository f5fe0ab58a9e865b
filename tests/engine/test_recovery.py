"""A damaged journal gives what can be read, in a copy beside it; the damaged file stays as it is."""

from __future__ import annotations

import random
import sqlite3
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession, JournalError
from hitl_widget.engine.journal import SqlJournal
from hitl_widget.engine.recovery import open_journal

Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> bytes:
    """Return the journal of a short search."""
    place = tmp_path_factory.mktemp("whole") / "s.sqlite"
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=200), "z": rng.normal(size=200), "y": rng.choice(["a", "b"], 200)})
    with AutoMLSession(table, "y", max_trials=4, workers=1, journal=place) as session:
        session.start()
        assert session.wait(120)
    return place.read_bytes()


def run(sql: str) -> Damage:
    def damage(path: Path) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute(sql)
        connection.close()

    return damage


def cut(share: float) -> Damage:
    return lambda path: path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])


def noise(at: float) -> Damage:
    def damage(path: Path) -> None:
        body = bytearray(path.read_bytes())
        start = int(at * len(body))
        body[start : start + 5000] = random.Random(0).randbytes(5000)
        path.write_bytes(bytes(body[: path.stat().st_size]))

    return damage


def loaded(path: Path) -> tuple[int, str, str]:
    """Return the number of trials, the path, and what was said."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        with AutoMLSession.load(path) as session:
            return len(session.trials), str(session.path), " ".join(str(one.message) for one in said)


@pytest.mark.parametrize(
    "damage",
    [
        run("UPDATE events SET body = '{\"a\": ' WHERE seq = 12"),
        run("UPDATE events SET type = 'Nonsense' WHERE seq = 12"),
        run("UPDATE events SET body = '{\"x\": 3}' WHERE seq = 12"),
        run("UPDATE events SET body = '[1]' WHERE seq = 12"),
        run("UPDATE events SET body = x'ff00' WHERE seq = 12"),
        run("UPDATE events SET author = 'nobody' WHERE seq = 12"),
        run("UPDATE events SET time = 'soon' WHERE seq = 12"),
        run("DELETE FROM events WHERE seq = 12"),
        run("UPDATE about SET value = 'x'"),
        run("UPDATE events SET body = '' WHERE seq = (SELECT max(seq) FROM events)"),
        cut(0.95),
    ],
)
def test_the_records_before_the_damage_are_read(whole: bytes, damage: Damage, tmp_path: Path) -> None:
    """The session opens with its first trials, and one sentence says how much was read and where it continues."""
    path = tmp_path / "s.sqlite"
    path.write_bytes(whole)
    damage(path)
    before = path.read_bytes()
    trials, place, said = loaded(path)
    assert trials > 0
    assert place == str(tmp_path / "s-recovered.sqlite")
    assert said.startswith(f"The journal {path} is damaged. ")
    assert said.endswith(f"The session continues in a copy, {place}; the damaged file is unchanged.")
    assert path.read_bytes() == before
    assert loaded(Path(place)) == (trials, place, "")
    assert loaded(path)[1] == str(tmp_path / "s-recovered-2.sqlite")


@pytest.mark.parametrize(
    "damage",
    [
        run("UPDATE blobs SET value = x'001122' WHERE key = 'table'"),
        run("UPDATE blobs SET value = x'001122' WHERE key = 'rows'"),
        run("DROP TABLE blobs"),
        run("DROP TABLE events"),
        run("DELETE FROM events WHERE seq = 1"),
        cut(0.2),
        noise(0.0005),
    ],
)
def test_a_journal_without_its_beginning_or_table_is_refused(whole: bytes, damage: Damage, tmp_path: Path) -> None:
    """One sentence, and nothing is left behind."""
    path = tmp_path / "s.sqlite"
    path.write_bytes(whole)
    damage(path)
    with pytest.raises(JournalError, match=r"s\.sqlite can be read\. Load a backup, or start a new session\."):
        AutoMLSession.load(path)
    assert not list(tmp_path.glob("*recovered*"))


@pytest.mark.parametrize("at", np.linspace(0.01, 0.99, 12).tolist())
def test_noise_anywhere_gives_a_session_or_one_sentence(whole: bytes, at: float, tmp_path: Path) -> None:
    """No error of the database reaches the person."""
    path = tmp_path / "s.sqlite"
    path.write_bytes(whole)
    noise(at)(path)
    try:
        trials, _, said = loaded(path)
    except JournalError as error:
        trials, said = 4, str(error)
    assert trials == 4 or "is damaged" in said
    assert "\n" not in said


def test_a_journal_in_use_is_not_taken_for_a_damaged_one(whole: bytes, tmp_path: Path) -> None:
    """A second process gets the sentence on the first one, and no copy is made."""
    path = tmp_path / "s.sqlite"
    path.write_bytes(whole)
    journal = SqlJournal(path, create=False)
    with pytest.raises(JournalError, match="Another session is using"):
        open_journal(str(path), lambda one: one.get("table"))
    journal.close()
    found = open_journal(str(path), lambda one: one.get("table"))
    assert found.damage == ""
    assert found.content
    found.journal.close()
    assert not list(tmp_path.glob("*recovered*"))
