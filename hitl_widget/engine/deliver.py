"""From fold models on disk to a fitted scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hitl_widget.data.task import Understood
from hitl_widget.domain.state import SessionState
from hitl_widget.engine import evaluate
from hitl_widget.engine.trials import member_of

__all__ = ["blend_of"]


def blend_of(
    understood: Understood, folder: Path, state: SessionState, members: Sequence[tuple[int, float]], seed: int
) -> Any:
    """Return the weighted average of trials as a fitted estimator.

    Parameters
    ----------
    understood
        The task and its table.
    folder
        The session's scratch folder; fold models missing there are fitted again.
    state
        Where the trials are.
    members
        Trial numbers with weights.
    seed
        Seed of the search.

    Returns
    -------
    BlendClassifier or BlendRegressor
        Fitted.
    """
    context = evaluate.open_context(folder)
    chosen = [member_of(state.trials[number], weight, seed) for number, weight in members]
    return evaluate.blend(context, chosen)
