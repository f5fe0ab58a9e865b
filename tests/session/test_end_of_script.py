"""A script that ends, or is interrupted, while its search runs says how to continue, and nothing else."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hitl_widget import AutoMLSession
from hitl_widget.domain.state import SessionState
from hitl_widget.session.ending import close_and_say

pytestmark = pytest.mark.slow

SCRIPT = """
import os, signal, sys, threading
import numpy as np
from hitl_widget import AutoMLSession
from hitl_widget.session.runtime import runtime_of

def searched(session):
    first = threading.Event()
    stop = runtime_of(session).subscribe(lambda state, records: first.set() if state.trials else None)
    begun = runtime_of(session).subscribe(lambda state, records: interrupt() if end == "start" else None)
    session.start()
    first.wait()
    print("searching", flush=True)

def interrupt():
    global end
    end = "wait"
    os.kill(os.getpid(), signal.SIGINT)

if __name__ == "__main__":
    end = sys.argv[2]
    x = np.random.default_rng(0).normal(size=(500, 3))
    table = {"a": x[:, 0], "b": x[:, 1], "y": (x[:, 0] + x[:, 2] > 0).astype(int)}
    session = AutoMLSession(table, "y", journal=sys.argv[1], workers=2)
    if end == "with":
        with session:
            searched(session)
            session.wait()
    searched(session)
    if end in ("wait", "twice", "start"):
        session.wait()
    elif end == "other work":
        threading.Event().wait()
    elif end == "error":
        raise SystemExit(3)
"""

INTERRUPTED = ("wait", "twice", "other work", "with")


@pytest.mark.parametrize("end", ["return", "error", "start", *INTERRUPTED])
def test_a_script_that_ends_says_how_to_continue(tmp_path: Path, end: str) -> None:
    """The search stops without a traceback, Ctrl-C included; the code in the message continues it."""
    script = tmp_path / "search.py"
    script.write_text(SCRIPT)
    place = tmp_path / "session.sqlite"
    run = [sys.executable, str(script), str(place), end]
    with subprocess.Popen(
        run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as own:
        assert own.stdout is not None
        assert end == "start" or own.stdout.readline() == "searching\n"
        for _ in range((end in INTERRUPTED) + (end == "twice")):
            own.send_signal(signal.SIGINT)
        said = own.communicate(timeout=60)[1]
    assert end == "start" or own.returncode == {"return": 0, "error": 3}.get(end, -signal.SIGINT)
    cause = "it was interrupted" if end == "with" else "Python ended"
    match = re.fullmatch(rf"The search of 'y' stopped, since {cause}\. To continue: (.*)\.resume\(\)\n", said)
    assert match is not None, said
    session = eval(match[1], {"AutoMLSession": AutoMLSession})
    session.resume()
    session.close()


def test_an_error_of_a_script_has_its_traceback(tmp_path: Path) -> None:
    """Only an interrupt goes without one, and only while a search runs."""
    script = tmp_path / "search.py"
    start = SCRIPT.replace("session.wait()", "raise RuntimeError('own error')")
    for text in (start, SCRIPT.replace("    searched(session)\n    if", "    raise KeyboardInterrupt\n    if")):
        script.write_text(text)
        run = [sys.executable, str(script), str(tmp_path / f"{len(text)}.sqlite"), "wait"]
        found = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
        assert "Traceback" in found.stderr
        assert ("To continue: " in found.stderr) == ("own error" in text)


def test_a_session_that_rests_is_closed_silently(capsys) -> None:
    """There is nothing to continue."""

    class Resting:
        name, place, alive, state, begun, closed = "y", "y.sqlite", True, SessionState(), False, False

        def close(self) -> None:
            self.closed = True

    session = Resting()
    close_and_say(session, KeyboardInterrupt())
    assert session.closed
    assert capsys.readouterr().err == ""
