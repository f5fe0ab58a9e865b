"""Processes are measured and ended alike on every system."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hitl_widget.workers import processes

WAITS = "import time; time.sleep(600)"
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {WAITS!r}])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("measure", [processes.private_bytes, processes._private_by_psutil])
def test_memory_is_measured(measure):
    """A block of 50 MB is seen in the process that holds it; a process that is not there has none."""
    before = measure(os.getpid())
    block = bytearray(b"x") * (50 * 2**20)
    assert measure(os.getpid()) - before > 40 * 2**20
    assert len(block)
    assert measure(2**22 + 1) == 0


def test_free_memory_is_measured():
    """Both ways see more than a megabyte and less than a machine can have."""
    assert 2**20 < processes.available_memory() < 2**50
    assert 2**20 < processes._available_by_psutil() < 2**50


@pytest.mark.parametrize("alive", [processes.is_alive, processes._is_alive_by_psutil])
def test_a_process_that_has_ended_is_not_alive(alive):
    """Also while its parent has not asked for its exit status."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert alive(process.pid)
    assert alive(os.getpid())
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not alive(process.pid)
    process.wait()
    assert not alive(process.pid)
    assert not alive(2**22 + 1)


@pytest.mark.parametrize("kill", [processes.kill_tree, processes.kill_descendants])
def test_a_killed_process_takes_along_what_it_started(kill):
    """Its child ends with it, and killing it again does nothing."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        child = int(process.stdout.readline())
        kill(process.pid)
        process.wait(20)
    descriptor = Path(f"/proc/{child}/stat")
    while descriptor.exists() and processes.is_alive(child):
        pass
    kill(process.pid)
