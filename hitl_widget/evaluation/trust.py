"""Signatures on the code in a journal, as Jupyter signs trusted notebooks.

A journal may come from elsewhere, and a pickle runs code when it is read. So a learner's bytes are stored behind an
HMAC-SHA256 under a secret that never leaves the user's data folder, and unsigned or foreign bytes are not unpickled.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

__all__ = ["sign", "untrusted", "verified"]

_SIZE = 32
_PURPOSE = b"hitl_widget learner 1\0"


def sign(code: bytes, folder: Path | None = None) -> bytes:
    """Return the signature, 32 bytes, followed by the bytes.

    Parameters
    ----------
    code
        The bytes to sign.
    folder
        The folder of the secret, default the user's data folder. Where nothing can be written there, each process
        has a separate secret, and trusts only its own signatures.
    """
    return _signature(code, folder) + code


def verified(blob: bytes, folder: Path | None = None) -> bytes | None:
    """Return the bytes behind a signature, None when it is not this user's."""
    signature, code = blob[:_SIZE], blob[_SIZE:]
    return code if hmac.compare_digest(signature, _signature(code, folder)) else None


def untrusted(label: str, name: str) -> str:
    """Return the sentence on why a family of a loaded session is not searched, and what to do."""
    return (
        f"{label} is a learner from another computer or user, so its code was not run. To use it, "
        f"add it again with session.add_learner({name!r}, …); its trials are kept."
    )


def _signature(code: bytes, folder: Path | None) -> bytes:
    return hmac.digest(_secret(folder), _PURPOSE + code, "sha256")


_fallback = secrets.token_bytes(_SIZE)


def _secret(folder: Path | None) -> bytes:
    if folder is None:
        from platformdirs import user_data_path

        folder = user_data_path("hitl_widget")
    path = folder / "secret"
    try:
        return _read(path) or _made(path)
    except OSError:
        return _fallback


def _read(path: Path) -> bytes | None:
    """Return the secret, None when there is none or others could have read or written it."""
    try:
        with path.open("rb") as file:
            facts, secret = os.fstat(file.fileno()), file.read(_SIZE + 1)
    except FileNotFoundError:
        return None
    ours = os.name != "posix" or (facts.st_uid == os.getuid() and not facts.st_mode & 0o077)
    return secret if ours and len(secret) == _SIZE else None


def _made(path: Path) -> bytes:
    """Make the secret, or take the one that another process makes at this moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # mode 600
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_SIZE))
    try:
        os.link(draft, path)
    except FileExistsError:
        if _read(path) is None:
            Path(draft).replace(path)
    except OSError:  # no hard links here
        Path(draft).replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(draft).unlink()
    secret = _read(path)
    if secret is None:
        raise PermissionError(f"{path} cannot be kept private.")
    return secret
