"""A forked child of the process says in one sentence that the session is its parent's."""

from __future__ import annotations

import os
import select
import signal
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hitl_widget import AutoMLSession, CommandError

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")]

CALLS = {
    "pause": lambda session: session.pause(),
    "wait": lambda session: session.wait(),
    "model": lambda session: session.model(0),
    "view": lambda session: session.explain.importance(0),
    "note": lambda session: session.note("from the child"),
    "release": lambda session: session.release(),
}


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=60), "y": rng.choice(["no", "yes"], 60)})
    place = tmp_path_factory.mktemp("forked") / "s.sqlite"
    with AutoMLSession(table, "y", max_trials=1, workers=1, journal=place) as session:
        session.start()
        assert session.wait(120)
        yield session


def in_a_child(call, session) -> str:
    """Return what a call raises in a forked child; fails if the child does not answer."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of forks with threads, which are the subject
        child = os.fork()
    if not child:
        try:
            call(session)
            said = "nothing"
        except BaseException as error:  # noqa: BLE001 - told to the parent
            said = f"{type(error).__name__}: {error}"
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], 60)
    if not ready:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as file:
        return file.read().decode() or "it hung"


@pytest.mark.parametrize("name", CALLS)
def test_a_call_in_a_child_does_not_hang(name, session) -> None:
    """It raises at once; the session of the parent goes on."""
    said = in_a_child(CALLS[name], session)
    assert said.startswith(f"CommandError: This session belongs to process {os.getpid()}; this is a forked child")
    session.note("still here")
    assert session.state.ended == 1


def test_the_table_of_trials_is_there_in_a_child(session) -> None:
    """What needs no answer works, and closing it in the child leaves it open."""
    assert in_a_child(lambda session: (len(session.trials), session.summary(), session.close()), session) == "nothing"
    session.note("still open")


def test_the_remedy_works(session) -> None:
    """Closed by the parent, it can be loaded."""
    place = session.path
    session.close()
    with pytest.raises(CommandError, match="closed"):
        session.note("too late")
    assert Path(place).exists()
    with AutoMLSession.load(place) as again:
        assert again.state.ended == 1
