"""Files between processes: one writes, the others wait or find out, and readers see whole files."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hitl_widget.evaluation.files import dump_mapped, load_mapped, replace_file

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from hitl_widget.evaluation.files import locked
file = open(sys.argv[1], "ab")
assert locked(file, wait=False)
print("locked", flush=True)
sys.stdin.readline()
"""
TRY = """
import sys
from hitl_widget.evaluation.files import locked
with open(sys.argv[1], "ab") as file:
    print(locked(file, wait=sys.argv[2] == "wait"), flush=True)
"""


def start(text: str, path: Path, *arguments: str, posix: bool) -> subprocess.Popen[str]:
    folders = [str(ROOT)] if posix else [str(ROOT / "tests" / "without_posix"), str(ROOT)]
    return subprocess.Popen(
        [sys.executable, "-c", text, str(path), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
    )


@pytest.mark.parametrize("posix", [True, False], ids=["posix", "windows"])
def test_a_lock_keeps_other_processes_out_until_its_own_ends(tmp_path, posix):
    """Another process is told at once, or waits; a process that is killed releases the lock."""
    path = tmp_path / "lock"
    with start(HOLD, path, posix=posix) as holder:
        assert holder.stdout.readline() == "locked\n"
        with start(TRY, path, "now", posix=posix) as other:
            assert other.stdout.readline() == "False\n"
        with start(TRY, path, "wait", posix=posix) as waiting:
            holder.kill()
            assert waiting.stdout.readline() == "True\n"


def test_a_file_is_replaced_at_once(tmp_path):
    """The draft is gone, and a file that cannot be replaced is an error."""
    (tmp_path / "draft").write_text("new")
    (tmp_path / "file").write_text("old")
    replace_file(tmp_path / "draft", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "new"
    with pytest.raises(FileNotFoundError):
        replace_file(tmp_path / "draft", tmp_path / "file")


def changed(path: Path) -> float:
    found = load_mapped(path)
    found["numbers"][0] = 7.0
    return float(found["numbers"][0])


def test_arrays_stay_in_the_file(tmp_path):
    """Values come back equal, and a process that changes an array changes its own copy."""
    table = pd.DataFrame({"a": np.arange(5.0), "b": pd.Categorical(list("xyxyx")), "c": list("abcde")})
    value = {"numbers": np.arange(1000.0), "table": table, "none": np.empty(0), "text": "x" * 100}
    dump_mapped(value, tmp_path / "file")
    found = load_mapped(tmp_path / "file")
    np.testing.assert_array_equal(found["numbers"], value["numbers"])
    pd.testing.assert_frame_equal(found["table"], table)
    assert (len(found["none"]), found["text"]) == (0, "x" * 100)
    assert not found["numbers"].flags.owndata
    assert found["numbers"].ctypes.data % 64 == 0
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(changed, (tmp_path / "file",)) == 7.0
    found["numbers"][1] = 8.0
    assert load_mapped(tmp_path / "file")["numbers"][:2].tolist() == [0.0, 1.0]


def test_a_value_that_cannot_be_pickled_leaves_no_file(tmp_path):
    """The error is raised, and the folder is as before."""
    with pytest.raises((AttributeError, TypeError, ValueError)):
        dump_mapped(lambda: None, tmp_path / "file")
    assert list(tmp_path.iterdir()) == []
