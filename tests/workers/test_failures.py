"""Failures in words: each kind says what happened and what is lost, and nothing is guessed."""

from __future__ import annotations

import os
import signal

import pytest

from hitl_widget.workers import failures
from hitl_widget.workers.contract import FailureKind

GB = 2**30


@pytest.mark.parametrize(
    ("found", "kind", "words"),
    [
        (failures.failed(ValueError("a  bad\nvalue.")), FailureKind.ERROR, "failed with ValueError: a bad value; only"),
        (failures.failed(KeyError()), FailureKind.ERROR, "failed with KeyError; only"),
        (failures.failed(MemoryError(), memory_bytes=2 * GB), FailureKind.MEMORY, "its limit of 2.0 GB"),
        (failures.failed(RuntimeError("std::bad_alloc")), FailureKind.MEMORY, "more memory than there was"),
        (failures.timed_out(2.5), FailureKind.TIMEOUT, "its limit of 2.5 s"),
        (failures.too_much_memory(300 * 2**20), FailureKind.MEMORY, "its limit of 300 MB"),
        (failures.died(None, "", 0, GB), FailureKind.DIED, "for an unknown reason"),
        (failures.died(3, "", 0, GB), FailureKind.DIED, "exit status 3"),
        (failures.died(-signal.SIGSEGV, "", 0, GB), FailureKind.DIED, "segmentation fault) (SIGSEGV)"),
        (failures.died(0xC0000005, "", 0, GB), FailureKind.DIED, "access violation) (exit status 0xc0000005)"),
        (failures.died(-250, "", 0, GB), FailureKind.DIED, "a signal (signal 250)"),
        (failures.died(-signal.SIGKILL, "", GB // 2, GB), FailureKind.DIED, "killed by the system (signal 9)"),
        (failures.died(-signal.SIGKILL, "", GB, GB), FailureKind.MEMORY, "its limit of 1.0 GB"),
        (failures.died(1, "Cannot allocate memory", 0, GB), FailureKind.MEMORY, "its limit of 1.0 GB"),
        (failures.cancelled(), FailureKind.CANCELLED, "was canceled"),
        (failures.orphaned("log"), FailureKind.DIED, "only the trials running at that moment are lost"),
        (failures.cannot_start("no\nfork.", "log"), FailureKind.DIED, "cannot be started (no fork);"),
        (failures.cannot_start("", "log"), FailureKind.DIED, "cannot be started (see the detail);"),
    ],
)
def test_each_failure_says_what_happened(found, kind, words):
    """One sentence, with the limit, the signal or the error that it was."""
    assert found.kind is kind
    assert words in found.message
    assert found.message.endswith(".")
    assert "\n" not in found.message


def test_a_cause_deep_down_is_found():
    """An error of a library that was raised for lack of memory counts as that."""
    try:
        try:
            raise MemoryError
        except MemoryError as cause:
            raise RuntimeError("fitting failed") from cause
    except RuntimeError as error:
        found = failures.failed(error)
    assert found.kind is FailureKind.MEMORY
    assert "RuntimeError: fitting failed" in found.detail


def test_a_long_message_is_cut_and_the_traceback_is_not():
    """One line for people; the traceback beside it has all of it."""
    found = failures.failed(ValueError("x" * 1000))
    assert len(found.message) < 400
    assert "x" * 1000 in found.detail


def test_a_function_is_found_by_its_path():
    """Also a method of a class; a wrong path raises what importing raises."""
    assert failures.resolve("os.path:join") is os.path.join
    assert failures.resolve("pathlib:Path.cwd")() == failures.Path.cwd()
    with pytest.raises(AttributeError):
        failures.resolve("os:nothing")
    with pytest.raises(ModuleNotFoundError):
        failures.resolve("no_such_module:f")


def test_the_end_of_a_log_is_read(tmp_path):
    """No more than asked for; an absent file is an empty log."""
    log = tmp_path / "log"
    log.write_bytes(b"a" * 5000 + b"the end\n" + b"\xff")
    assert failures.tail(log).endswith("the end\n\ufffd")
    assert len(failures.tail(log, most=100)) <= 100
    assert failures.tail(tmp_path / "absent") == ""


def test_the_list_of_extension_modules_hides_no_frame(tmp_path):
    """Python writes it after the frames of a crash, and with many libraries it is longer than what is read."""
    log = tmp_path / "log"
    frame = 'Fatal Python error: Segmentation fault\n  File "x.py", line 1 in fit\n'
    log.write_text(f"{frame}\nExtension modules: {', '.join(['sklearn.tree._tree'] * 400)} (total: 400)\n")
    assert failures.tail(log) == frame.strip()
