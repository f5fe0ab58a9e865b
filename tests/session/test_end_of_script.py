"""A script that ends, or is interrupted, while its search runs says how to continue, and nothing else of ours."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hitl_widget import AutoMLSession

SCRIPT = """
import sys, threading
import numpy as np
from hitl_widget import AutoMLSession
from hitl_widget.session.runtime import runtime_of

if __name__ == "__main__":
    x = np.random.default_rng(0).normal(size=(500, 3))
    table = {"a": x[:, 0], "b": x[:, 1], "y": (x[:, 0] + x[:, 2] > 0).astype(int)}
    session = AutoMLSession(table, "y", journal=sys.argv[1], workers=2)
    first = threading.Event()
    stop = runtime_of(session).subscribe(lambda state, records: first.set() if state.trials else None)
    session.start()
    first.wait()
    print("searching", flush=True)
    if sys.argv[2] == "wait":
        session.wait()
    elif sys.argv[2] == "error":
        raise SystemExit(3)
"""


@pytest.mark.parametrize(("end", "code"), [("return", 0), ("error", 3), ("wait", -signal.SIGINT)])
def test_a_script_that_ends_says_how_to_continue(tmp_path: Path, end: str, code: int) -> None:
    """The search stops without a traceback of its own; the code in the message continues it."""
    script = tmp_path / "search.py"
    script.write_text(SCRIPT)
    place = tmp_path / "session.sqlite"
    run = [sys.executable, str(script), str(place), end]
    with subprocess.Popen(
        run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as own:
        assert own.stdout is not None
        assert own.stdout.readline() == "searching\n"
        if end == "wait":
            own.send_signal(signal.SIGINT)
        said = own.communicate(timeout=60)[1]
    assert own.returncode == code
    own_words = said.split("KeyboardInterrupt\n")[-1]
    match = re.fullmatch(r"The search of 'y' stopped, since Python ended\. To continue: (.*)\.resume\(\)\n", own_words)
    assert match is not None, said
    assert "search failed" not in said
    session = eval(match[1], {"AutoMLSession": AutoMLSession})
    session.resume()
    session.close()
