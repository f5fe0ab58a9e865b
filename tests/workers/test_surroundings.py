"""A worker enters the surroundings of its session, and says what it imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hitl_widget.workers import surroundings

ROOT = Path(__file__).parents[2]
SCRIPT = """
import os, sys
from pathlib import Path
from hitl_widget.workers.surroundings import enter, preload, write_to
folder = Path(sys.argv[1])
write_to(folder / "log", fresh=True)
enter([*sys.path, str(folder)], str(folder), {"NEW": "1", "OLD": None})
preload("a_users_module")
preload("no_such_module")
print(os.environ["NEW"], "OLD" in os.environ, Path.cwd() == folder, sys.modules["a_users_module"].VALUE, flush=True)
"""


def test_folder_path_and_variables_are_those_of_the_session(tmp_path):
    """Modules of the session are found, a missing one is noted, and what is printed goes to the log."""
    (tmp_path / "a_users_module.py").write_text("VALUE = 5")
    (tmp_path / "log").write_text("of the worker before")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OLD": "1"}
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, env=environment)
    log = (tmp_path / "log").read_text()
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b""), log
    assert "1 False True 5\n" in log
    assert "preload no_such_module: ModuleNotFoundError" in log
    assert "before" not in log


def test_a_module_that_is_there_is_not_imported_again(capsys):
    """Nothing is noted."""
    surroundings.preload("os")
    assert capsys.readouterr().err == ""
