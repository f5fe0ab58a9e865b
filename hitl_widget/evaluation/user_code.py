"""A user's learners, objectives and transforms, as files in the scratch folder, where kernel and workers find them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from hitl_widget.errors import ConfigError, DataError
from hitl_widget.evaluation.files import replace_file
from hitl_widget.evaluation.trust import untrusted, verified
from hitl_widget.learners.base import Learner
from hitl_widget.learners.registry import LEARNERS, learner_named

__all__ = ["CodeKind", "UserCode"]


class CodeKind(StrEnum):
    """The kind of a user's code; also the first part of its key in the journal."""

    LEARNER = "learner"
    OBJECTIVE = "objective"
    TRANSFORM = "transform"


_TAKEN = {CodeKind.LEARNER: "a family", CodeKind.OBJECTIVE: "an objective", CodeKind.TRANSFORM: "a transform"}


class UserCode:
    """The code that a user added to one session.

    A file never changes once written, so readers may cache it; missing files may appear later.
    Code is run only if this user wrote it (`hitl_widget.evaluation.trust`).

    Parameters
    ----------
    folder
        The session's scratch folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, kind: CodeKind, name: str, code: bytes) -> None:
        """Store code for the kernel and the workers.

        Parameters
        ----------
        kind, name
            Its kind and name.
        code
            The bytes of `make_learner` or `checked_transform`, or of an objective's function.

        Raises
        ------
        ConfigError
            If other code has this name.
        """
        path = self._place(kind, name)
        if path.exists():
            if path.read_bytes() == code:
                return
            raise ConfigError(f"There already is {_TAKEN[kind]} {name!r}. Choose another name.")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=path.stem, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(code)
        replace_file(draft, path)

    def restore(
        self, kind: CodeKind, labels: Mapping[str, str], blob_of: Callable[[str], bytes | None]
    ) -> Iterator[str]:
        """Keep the code of a loaded session; yield a sentence for each part that this user did not sign.

        Parameters
        ----------
        kind
            The kind of the parts.
        labels
            Their names, with their labels.
        blob_of
            Returns the signed code under a key of the journal.
        """
        for name, label in labels.items():
            blob = blob_of(f"{kind}/{name}")
            code = None if blob is None else verified(blob)
            if code is None:
                yield _UNTRUSTED[kind](label, name)
            else:
                self.keep(kind, name, code)

    def has(self, kind: CodeKind, name: str) -> bool:
        """Return whether the code of a part is here."""
        try:
            return self._place(kind, name).exists()
        except (ConfigError, DataError):
            return False

    def has_family(self, name: str) -> bool:
        """Return whether a family can be fitted here: its package is installed, or its code is here."""
        return LEARNERS[name].available() if name in LEARNERS else self.has(CodeKind.LEARNER, name)

    def learner(self, name: object) -> Learner:
        """Return a family, also one of the user's own.

        Raises
        ------
        ConfigError
            When there is no such family, or its code is not here.
        MissingExtra
            When its package is not installed.
        """
        if not isinstance(name, str) or name in LEARNERS or not name.isidentifier():
            return learner_named(name)
        code = self._read(CodeKind.LEARNER, name)
        if code is None:
            raise ConfigError(
                f"There is no family {name!r} here; choose from {', '.join(LEARNERS)}. "
                f"Add your own with session.add_learner({name!r}, …)."
            )
        from hitl_widget.learners.custom import unpack_learner

        return unpack_learner(name, code)

    def transform(self, name: str) -> Any:
        """Return a transform of the user's, not fitted.

        Raises
        ------
        ConfigError
            When its code is not here, or lacks what it needs.
        """
        code = self._read(CodeKind.TRANSFORM, name)
        if code is None:
            raise ConfigError(
                f"The transform {name!r} is code from another computer or user, so it was not run. Add it again with "
                f"session.add_transform({name!r}, …), or remove it with session.remove_transform({name!r})."
            )
        from hitl_widget.learners.own_transform import unpack_transform

        return unpack_transform(name, code)

    def objective(self, name: str) -> Callable[..., Any]:
        """Return the function of an objective of the user's.

        Raises
        ------
        DataError
            When its code is not here, or its name is no plain word.
        """
        code = self._read(CodeKind.OBJECTIVE, name)
        if code is None:
            raise DataError(f"The function of the objective {name!r} was not found; define the objective again.")
        import cloudpickle

        function: Callable[..., Any] = cloudpickle.loads(code)
        return function

    def _read(self, kind: CodeKind, name: str) -> bytes | None:
        try:
            return self._place(kind, name).read_bytes()
        except FileNotFoundError:
            return None

    def _place(self, kind: CodeKind, name: str) -> Path:
        """Return the file of a part; a journal may come from elsewhere, so its names are checked first.

        It is named by a hash: Windows and macOS do not tell ``Net`` from ``net``, and ``con`` and ``nul`` are devices.
        """
        if kind is CodeKind.LEARNER and not name.isidentifier():
            raise ConfigError(f"A learner needs a short name of letters, digits and _; got {name!r}.")
        if kind is CodeKind.OBJECTIVE and (Path(name).name != name or name.startswith(".")):
            raise DataError(f"A custom objective needs a plain name; got {name!r}. Choose another name.")
        return self._folder / f"{kind}s" / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.pkl"


def _untrusted_objective(_label: str, name: str) -> str:
    return (
        f"The objective {name!r} is code from another computer or user, so it was not run: new trials are not measured "
        "by it. Add your own with session.add_objective under another name."
    )


def _untrusted_transform(_label: str, name: str) -> str:
    return (
        f"The transform {name!r} is code from another computer or user, so it was not run, and no model that reads it "
        f"can be fitted. Add it again with session.add_transform({name!r}, …), or remove it with "
        f"session.remove_transform({name!r}); its earlier results are kept."
    )


_UNTRUSTED = {
    CodeKind.LEARNER: untrusted,
    CodeKind.OBJECTIVE: _untrusted_objective,
    CodeKind.TRANSFORM: _untrusted_transform,
}
