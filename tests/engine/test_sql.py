"""SQLAlchemy is imported by one module, so that one thread at a time imports it."""

from __future__ import annotations

import re
from pathlib import Path

from hitl_widget.engine import sql


def test_one_module_imports_it() -> None:
    """Two threads that began with different parts of it each got half of a module."""
    root = Path(sql.__file__).parent.parent
    found = [path for path in root.rglob("*.py") if re.search(r"^\s*(from|import) sqlalchemy", path.read_text(), re.M)]
    assert [path.relative_to(root).as_posix() for path in found] == ["engine/sql.py"]
