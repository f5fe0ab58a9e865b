from __future__ import annotations

import pytest

from hitl_widget.engine.code_store import CodeStore
from hitl_widget.engine.no_journal import NoJournal
from hitl_widget.evaluation.trust import sign, verified
from hitl_widget.evaluation.user_code import CodeKind


class Kept(NoJournal):
    """A journal that keeps blobs."""

    def __init__(self):
        self.blobs = {}

    def put(self, key, value):
        self.blobs[key] = value


@pytest.mark.parametrize("kind", list(CodeKind))
def test_code_is_signed_in_the_journal_and_plain_for_the_workers(tmp_path, kind):
    """The journal may go elsewhere; the scratch folder is this user's."""
    journal = Kept()
    store = CodeStore(tmp_path, journal, lambda code: sign(code, tmp_path / "me"))
    store.keep(kind, "mine", b"pickle")
    blob = journal.blobs[f"{kind}/mine"]
    assert verified(blob, tmp_path / "me") == b"pickle"
    assert verified(blob, tmp_path / "another person") is None
    assert b"pickle" in [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]


def test_code_is_here_once_it_is_kept(tmp_path):
    """A family or a transform whose code is missing cannot be fitted."""
    store = CodeStore(tmp_path, Kept(), lambda code: code)
    assert not store.has_family("mine")
    assert not store.has(CodeKind.TRANSFORM, "half")
    store.keep(CodeKind.LEARNER, "mine", b"pickle")
    store.keep(CodeKind.TRANSFORM, "half", b"pickle")
    assert store.has_family("mine")
    assert store.has(CodeKind.TRANSFORM, "half")
