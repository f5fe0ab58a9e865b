"""A user's code as bytes: it travels by value, and what cannot travel says so."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from hitl_widget.errors import ConfigError
from hitl_widget.learners.packing import MOST_BYTES, one_line, pack, unpack


def test_code_of_a_notebook_travels_by_value() -> None:
    """A function that no module has works from its bytes alone."""
    factor = 3
    body = unpack(pack("The function", {"function": lambda x: factor * x}, "inside it"))
    assert body["function"](4) == 12


def test_a_module_beside_the_notebook_is_found(tmp_path: Path) -> None:
    """A worker that did not start in the notebook's folder finds the module there."""
    (tmp_path / "beside_it.py").write_text("def double(x):\n    return 2 * x\n")
    script = (
        "import sys; from pathlib import Path; import beside_it; from hitl_widget.learners.packing import pack;"
        "Path('code').write_bytes(pack('The function', {'function': beside_it.double}, 'inside it'))"
    )
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, check=True)
    function = unpack((tmp_path / "code").read_bytes())["function"]
    sys.path.remove(str(tmp_path))
    assert function(4) == 8


def test_what_cannot_be_pickled_is_named() -> None:
    """The error says whose code it is, and where to make the object instead."""
    with pytest.raises(ConfigError, match=r"^Learner 'x' cannot be sent .* make it inside fit\.$"):
        pack("Learner 'x'", {"lock": threading.Lock()}, "inside fit")


def test_data_is_kept_out() -> None:
    """Code that carries more than 50 MB is refused with its weight."""
    with pytest.raises(ConfigError, match="has 5[0-9] MB, more than 50"):
        pack("Learner 'x'", {"data": np.zeros(MOST_BYTES + 2**20, np.uint8)}, "inside fit")


def test_an_error_is_told_on_one_line() -> None:
    """Line breaks and the last full stop go; a long message is cut."""
    assert one_line(ValueError("a\n  b.")) == "a b"
    assert len(one_line(ValueError("x" * 1000))) == 300
