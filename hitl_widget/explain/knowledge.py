"""The evidence of one family and its surrogate, shared by the views of a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hitl_widget.domain.figures import plural
from hitl_widget.domain.state import SessionState
from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.evidence import LEAST_TRIALS, Evidence, evidence_of
from hitl_widget.explain.surrogate import Surrogate, spread_weights
from hitl_widget.explain.view import View

__all__ = ["Knowledge", "about_family", "early", "family_to_show", "knowledge_of"]


@dataclass(frozen=True, eq=False)
class Knowledge:
    """The evidence of one family, and a surrogate for configurations that were never tried.

    Parameters
    ----------
    evidence
        The trials as numbers.
    surrogate
        Fitted to them; None below `LEAST_TRIALS` trials, or where nothing was varied.
    """

    evidence: Evidence
    surrogate: Surrogate | None


def knowledge_of(state: SessionState, family: str) -> Knowledge:
    """Return the evidence and surrogate of one family; several views may share them.

    Scores far below the good ones count as bad, and not as how bad: see `Evidence.floor`.
    """
    evidence = evidence_of(state, family)
    if len(evidence.trials) < LEAST_TRIALS or not evidence.axes:
        return Knowledge(evidence, None)
    weights = spread_weights(evidence.units, evidence.levels)
    scores = np.maximum(evidence.scores, evidence.floor)
    return Knowledge(evidence, Surrogate(evidence.levels).fit(evidence.units, scores, weights))


def family_to_show(state: SessionState) -> str:
    """Return the family of the recommended trial if it has enough trials, else the one with most; "" without trials."""
    tried = Counter(trial.family for trial in state.trials if state.informs(trial))
    counts = {family: count for family, count in tried.items() if state.base.of(family)}
    recommended = state.trials[state.chosen].family if state.chosen is not None else ""
    most = max(counts, key=lambda family: counts[family], default=recommended)
    enough = counts.get(recommended, 0) >= min(LEAST_TRIALS, counts.get(most, 0))
    return recommended if enough else most


def about_family(state: SessionState, family: str) -> tuple[dict[str, Any], dict[str, Sequence[Any]]]:
    """Return the family that a view is of, and the families to choose from."""
    tried = dict.fromkeys(trial.family for trial in state.trials)
    varied = [name for name in tried if state.base.of(name) or state.space.of(name)]
    return {"family": family}, {"family": varied}


def early(
    view: ViewDefinition, evidence: Evidence, about: Mapping[str, Any], options: Mapping[str, Sequence[Any]]
) -> View:
    """Return a view without data, with the reason why it cannot answer yet."""
    n, whole = len(evidence.trials), int(evidence.complete.sum())
    if n < LEAST_TRIALS:
        failed = f", and {plural(evidence.failed, 'trial')} failed" if evidence.failed else ""
        said = (
            f"Not enough trials of this model: the view needs at least {LEAST_TRIALS} with a score, and there "
            f"{'is' if n == 1 else 'are'} {n}{failed}."
        )
    elif not evidence.axes:
        said = f"No hyperparameter was varied in these {n:,} trials."
    elif whole >= LEAST_TRIALS:
        said = f"Only {evidence.axes[0].label} was varied in these {n:,} trials; at least two are needed."
    else:
        said = (
            f"Not enough trials of this model: the view needs at least {LEAST_TRIALS} complete ones, and there "
            f"{'is' if whole == 1 else 'are'} {whole}; "
            f"{plural(n - whole, 'other')} stopped early."
        )
    return view.answer((said,), about=about, options=options)
