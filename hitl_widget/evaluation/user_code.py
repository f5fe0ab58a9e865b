"""Families as a session knows them: ours by name, the person's own from files in the scratch folder.

A file appears once and never changes, so whoever has read it may keep what it read; one that is not there yet may come.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from hitl_widget.errors import ConfigError
from hitl_widget.learners.base import Learner
from hitl_widget.learners.registry import LEARNERS, learner_named

__all__ = [
    "family_available",
    "has_transform",
    "keep_learner",
    "keep_objective",
    "keep_transform",
    "learner_in",
    "transform_in",
]


def keep_learner(folder: Path, name: str, code: bytes) -> None:
    """Put a learner of the person's own where kernel and workers find it.

    Parameters
    ----------
    folder
        The session's scratch folder.
    name
        The family, as `make_learner` let it pass.
    code
        What `make_learner` gave, or `verified` let pass.

    Raises
    ------
    ConfigError
        When another one has this name.
    """
    _keep(_place(folder, name), code, f"a family {name!r}")


def keep_objective(folder: Path, name: str, code: bytes) -> None:
    """Put the function of an objective of the person's own where the workers find it; else as `keep_learner`."""
    _keep(folder / "objectives" / f"{name}.pkl", code, f"an objective {name!r}")


def keep_transform(folder: Path, name: str, code: bytes) -> None:
    """Put a transform of the person's own where the workers find it; else as `keep_learner`."""
    _keep(_transform_place(folder, name), code, f"a transform {name!r}")


def has_transform(folder: Path, name: str) -> bool:
    """Say whether the code of a transform is here."""
    return _transform_place(folder, name).exists()


def transform_in(folder: Path, name: str) -> Any:
    """Return a transform of the person's own, not fitted.

    Raises
    ------
    ConfigError
        When its code is not here, or what it needs is not there any more.
    """
    try:
        code = _transform_place(folder, name).read_bytes()
    except FileNotFoundError:
        raise ConfigError(
            f"The transform {name!r} is code from another computer or user, so it was not run. Add it again with "
            f"session.add_transform({name!r}, …), or remove it with session.remove_transform({name!r})."
        ) from None
    from hitl_widget.learners.own_transform import unpack_transform

    return unpack_transform(name, code)


def _transform_place(folder: Path, name: str) -> Path:
    return folder / "transforms" / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.pkl"


def _keep(path: Path, code: bytes, what: str) -> None:
    if path.exists():
        if path.read_bytes() == code:
            return
        raise ConfigError(f"There is {what} already; give yours another name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=path.stem, dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(code)
    Path(draft).replace(path)


def family_available(folder: Path, name: str) -> bool:
    """Say whether a family can be fitted here: its package is installed, or the person's own code is there."""
    if name in LEARNERS:
        return LEARNERS[name].available()
    return name.isidentifier() and _place(folder, name).exists()


def learner_in(folder: Path, name: object) -> Learner:
    """Return a family of ours or of the person's own.

    Raises
    ------
    ConfigError
        When there is no such family, or its code is not here.
    MissingExtra
        When its package is not installed.
    """
    if not isinstance(name, str) or name in LEARNERS or not name.isidentifier():
        return learner_named(name)
    try:
        code = _place(folder, name).read_bytes()
    except FileNotFoundError:
        known = ", ".join(LEARNERS)
        raise ConfigError(
            f"There is no family {name!r} here; there are {known}. "
            f"One of your own is added with session.add_learner({name!r}, …)."
        ) from None
    from hitl_widget.learners.custom import unpack_learner

    return unpack_learner(name, code)


def _place(folder: Path, name: str) -> Path:
    if not name.isidentifier():  # a journal may come from elsewhere, and this becomes a path
        raise ConfigError(f"A learner is named by a short word of letters, digits and _; got {name!r}.")
    return folder / "learners" / f"{name}.pkl"
