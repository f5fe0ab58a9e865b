"""What holds for every test: nothing is written to the person's folders, and random things are seeded."""

from __future__ import annotations

import atexit
import os
import random
import shutil
import tempfile
from collections.abc import Iterator

import hypothesis
import numpy as np
import pytest

# Before anything asks platformdirs or IPython where it may write.
_HOME = tempfile.mkdtemp(prefix="hitl-widget-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "IPYTHONDIR", "JUPYTER_DATA_DIR"):
    os.environ[_name] = os.path.join(_HOME, _name.lower())  # noqa: PTH118
os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")
# Before OpenMP is loaded: its threads spin while they wait, and tests already run on all cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On several processes: the tests of a file stay together, to share their fixtures, and slow ones begin first."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        if item.get_closest_marker("spread") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    """Give every test the same start of the global random generators, and put them back."""
    before, before_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    yield
    random.setstate(before)
    np.random.set_state(before_numpy)  # noqa: NPY002
