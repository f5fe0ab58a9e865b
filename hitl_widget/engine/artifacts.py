"""Artifacts of trials: out-of-fold predictions of all trials, models of the leaders."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hitl_widget.engine.ports import Journal
from hitl_widget.evaluation.fitting import model_path

__all__ = ["Artifacts"]


class Artifacts:
    """Predictions and models in the scratch folder; the predictions also in the journal, permanently.

    Parameters
    ----------
    folder
        The session's scratch folder.
    journal
        The journal, which stores predictions permanently.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder = folder
        self._journal = journal

    def keep_predictions(self, number: int, by_fold: Mapping[int, Any]) -> None:
        """Store the predictions of a complete trial, in the order of the folds."""
        import numpy as np

        whole = np.concatenate([by_fold[fold] for fold in sorted(by_fold)]).astype(np.float32)
        buffer = io.BytesIO()
        np.save(buffer, whole, allow_pickle=False)
        self._journal.put(f"oof/{number}", buffer.getvalue())
        self._write(number, buffer.getvalue())

    def predictions_of(self, number: int) -> str | None:
        """Return the file of a trial's predictions, restored from the journal if needed; None if there is none."""
        path = self._file(number)
        if not path.exists():
            body = self._journal.get(f"oof/{number}")
            if body is None:
                return None
            self._write(number, body)
        return str(path)

    def has_model(self, number: int) -> bool:
        """Return whether the model of a trial's first fold is stored."""
        return (self._folder / model_path(number, 0)).exists()

    def drop(self, number: int) -> None:
        """Delete a trial's files; its predictions stay in the journal."""
        for path in (*(self._folder / "models").glob(f"{number}-*"), self._file(number)):
            with contextlib.suppress(OSError):
                path.unlink()

    def _file(self, number: int) -> Path:
        return self._folder / "oof" / f"{number}.npy"

    def _write(self, number: int, body: bytes) -> None:
        path = self._file(number)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(body)
