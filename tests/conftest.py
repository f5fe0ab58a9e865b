"""What holds for every test: nothing is written to the person's folders, and random things are seeded."""

from __future__ import annotations

import atexit
import gc
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import hypothesis
import numpy as np
import pytest
from xdist.scheduler import LoadScopeScheduling

# Before anything asks platformdirs or IPython where it may write.
_HOME = tempfile.mkdtemp(prefix="hitl-widget-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "IPYTHONDIR", "JUPYTER_DATA_DIR"):
    os.environ[_name] = os.path.join(_HOME, _name.lower())  # noqa: PTH118
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
# Before OpenMP is loaded: its threads spin while they wait, and tests already run on all cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# jsonschema, which altair imports, works without this grammar of addresses; to import it takes two seconds.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


LONG = ("widget", "contracts", "explain", "session")
"""Folders whose files take longest; they begin first, so that no process ends long after the others."""

SPREAD = (
    "test_runs_and_shows",
    "test_nbconvert_keeps_the_outcome",
    "test_the_code_of_a_guide_runs",
    "test_the_code_of_the_readme_runs",
    "test_a_server_needs_only_the_packages_of_the_guide",
)
"""Long tests that share nothing with the other tests of their file, so that any process may run them."""

LOOKING = (
    "tests/ui/test_accessibility.py::test_no_panel_has_a_violation",
    "tests/ui/test_explain.py::test_every_question_of_two_classes_is_answered",
    "tests/ui/test_explain.py::test_pictures",
    "tests/ui/test_main_job.py::test_a_hostile_column_name_does_nothing",
    "tests/ui/test_widths.py::test_no_panel_sticks_out",
)
"""Browser tests that look at the finished search, so that only one process runs it."""


def scope_of(nodeid: str) -> str:
    """Return the unit that a test belongs to: its file, or itself if it may run in any process.

    Browser tests may, but for those that are in `LOOKING`, which form a unit.
    """
    file, _, name = nodeid.partition("::")
    if file.startswith("tests/ui/"):
        return "finished" if nodeid in LOOKING else nodeid
    return nodeid if name.partition("[")[0] in SPREAD else file


class FileScheduling(LoadScopeScheduling):
    """Runs each unit of tests in one process, where the tests of a file share their fixtures."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling | None:
    """Refine `--dist loadfile`."""
    return FileScheduling(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On several processes slow tests begin first."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: (item.get_closest_marker("slow") is None, item.path.parent.name not in LONG))


def pytest_collection_finish() -> None:
    """Take what importing and collecting made out of garbage collection, which would look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    """Give every test the same start of the global random generators, and put them back."""
    before, before_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    yield
    random.setstate(before)
    np.random.set_state(before_numpy)  # noqa: NPY002
