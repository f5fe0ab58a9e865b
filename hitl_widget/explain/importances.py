"""Importance of hyperparameters: the share of each in the difference between good and other trials of a family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hitl_widget.domain.figures import name_in_words
from hitl_widget.domain.space import Parameter
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.explain.evidence import LEAST_TRIALS, SCORED, axes_of, behind_complete
from hitl_widget.explain.ped_anova import ped_anova
from hitl_widget.explain.phrases import listed

__all__ = ["importances", "sentence", "shares"]


def importances(state: SessionState, family: str) -> dict[str, float]:
    """Return the share of each hyperparameter of a family in what makes a trial good, over all generations.

    Parameters
    ----------
    state
        The session: every scored trial of the family on today's columns that was not discarded is evidence, also
        outside today's search space.
    family
        Name of the family.

    Returns
    -------
    dict
        Shares by name, the largest first, which sum to 1; empty below `LEAST_TRIALS` trials, or when no hyperparameter
        was ever varied.
    """
    trials = [one for one in state.trials if one.family == family and state.informs(one)]
    return shares(state.space.of(family), trials)


def shares(parameters: Sequence[Parameter], trials: Sequence[Trial]) -> dict[str, float]:
    """Return the shares of hyperparameters from trials of one family; see `importances`.

    Notes
    -----
    By PED-ANOVA. A trial that was stopped early was scored on its first folds only: it ranks behind every complete one.
    """
    ended = [one for one in trials if one.score is not None and one.state in SCORED]
    if len(ended) < LEAST_TRIALS:
        return {}
    axes, _, units = axes_of(parameters, ended)
    if not axes:
        return {}
    scores = np.array([one.score for one in ended], np.float64)
    complete = np.array([one.state is TrialState.COMPLETE for one in ended])
    return ped_anova(axes, units, behind_complete(scores, complete))


def sentence(found: Mapping[str, float], parameters: Sequence[Parameter], trials: int) -> str:
    """Return a sentence on which hyperparameters matter most in a family.

    Parameters
    ----------
    found
        Shares, as `importances` returns them.
    parameters
        The hyperparameters, for their labels.
    trials
        Number of trials behind the shares.

    Examples
    --------
    >>> from hitl_widget.domain.space import Float
    >>> rate = Float("gbm.rate", 0.01, 1.0, 0.1, label="learning rate")
    >>> sentence({"gbm.rate": 0.7, "gbm.leaves": 0.3}, [rate], 40)
    'Over 40 trials, the score depends mostly on learning rate (70%), then on leaves (30%).'
    """
    if not found:
        return f"Too early to tell which hyperparameters matter: {LEAST_TRIALS} trials with a score are needed."
    names = {one.name: name_in_words(one) for one in parameters}
    named = [(names.get(name, name.split(".", 1)[-1]), share) for name, share in found.items()]
    named.sort(key=lambda item: -item[1])
    (first, most), *others = named
    how = "mostly" if most >= 0.5 else "first"
    text = f"Over {trials:,} trials, the score depends {how} on {first} ({100 * most:.0f}%)"
    if others:
        text += f", then on {others[0][0]} ({100 * others[0][1]:.0f}%)"
    slight = [name for name, share in others[1:] if share < 0.02]
    if slight:
        text += f"; it hardly depends on {listed(slight, len(slight))}"
    return text + "."
