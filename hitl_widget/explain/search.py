"""What the search has found out about the hyperparameters: which of them decide the score."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hitl_widget.domain.figures import name_in_words
from hitl_widget.domain.space import Categorical, Parameter, Value
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

__all__ = ["LEAST_TRIALS", "importances", "sentence", "shares", "warm"]

LEAST_TRIALS = 12
_LEAST_GOOD = 5
_GOOD = 0.1


def warm() -> None:
    """Import in the background what importances need: two seconds, for Optuna brings scikit-learn along."""
    threading.Thread(target=_import, name="hitl-warm-importances", daemon=True).start()


def _import() -> None:
    import optuna.importance  # noqa: F401


def importances(state: SessionState, family: str) -> dict[str, float]:
    """Return the share of each hyperparameter of a family in what decides the score, over all generations.

    Parameters
    ----------
    state
        The session: every scored trial of the family on today's columns that was not discarded is evidence, wherever
        today's space ends.
    family
        Name of the family.

    Returns
    -------
    dict
        Shares by name, the greatest first, which sum to 1; empty below `LEAST_TRIALS` trials, or where no
        hyperparameter was ever varied.
    """
    trials = [one for one in state.trials if one.family == family and state.informs(one)]
    return shares(state.space.of(family), trials)


def shares(parameters: Sequence[Parameter], trials: Sequence[Trial]) -> dict[str, float]:
    """Return the shares of hyperparameters from trials of one family; see `importances`.

    Notes
    -----
    PED-ANOVA (Watanabe et al. 2023, arXiv 2304.10255): a hyperparameter matters as far as its values among the best
    tenth of the trials, and no fewer than five, are distributed otherwise than among all. A trial that lost the race
    was scored on its first folds only: it ranks behind every complete one.
    """
    ended = [one for one in trials if one.score is not None and one.state in _SCORED]
    if len(ended) < LEAST_TRIALS:
        return {}
    varied = _varied(parameters, ended)
    if not varied:
        return {}
    found = _ped_anova(varied, ended)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


_SCORED = (TrialState.COMPLETE, TrialState.STOPPED)


def _ped_anova(distributions: Mapping[str, BaseDistribution], trials: Sequence[Trial]) -> dict[str, float]:
    import optuna
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(logging.WARNING)
    try:
        study = optuna.create_study(direction="minimize")
    finally:
        optuna.logging.set_verbosity(level)
    study.add_trials(_frozen(distributions, trials))
    evaluator = PedAnovaImportanceEvaluator(target_quantile=max(_GOOD, _LEAST_GOOD / len(trials)))
    return dict(get_param_importances(study, evaluator=evaluator))


def _frozen(distributions: Mapping[str, BaseDistribution], trials: Sequence[Trial]) -> list[FrozenTrial]:
    from optuna.trial import create_trial

    losses = [-(one.score or 0.0) for one in trials]
    complete = [one.state is TrialState.COMPLETE for one in trials]
    worst = max((loss for loss, full in zip(losses, complete, strict=True) if full), default=0.0)
    made = []
    for trial, loss, full in zip(trials, losses, complete, strict=True):
        own = {name: one for name, one in distributions.items() if name in trial.config}
        params = {name: trial.config[name] for name in own}
        made.append(create_trial(params=params, distributions=own, value=loss if full else max(loss, worst)))
    return made


def _varied(parameters: Sequence[Parameter], trials: Sequence[Trial]) -> dict[str, BaseDistribution]:
    """Return one distribution for each hyperparameter, wide enough for every trial and today's space."""
    found: dict[str, BaseDistribution] = {}
    for one in parameters:
        values = [trial.config[one.name] for trial in trials if one.name in trial.config]
        if len({(type(value), value) for value in values}) > 1:
            found[one.name] = _spanning(one, values)
    return found


def _spanning(parameter: Parameter, values: Sequence[Value]) -> BaseDistribution:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if isinstance(parameter, Categorical) or len(numbers) < len(values):
        choices = parameter.choices if isinstance(parameter, Categorical) else ()
        return CategoricalDistribution(list({(type(one), one): one for one in (*choices, *values)}.values()))
    low, high = min(parameter.low, *numbers), max(parameter.high, *numbers)
    log = parameter.log and low > 0
    if all(isinstance(value, int) for value in numbers):
        return IntDistribution(int(low), int(high), log=log)
    return FloatDistribution(float(low), float(high), log=log)


def sentence(found: Mapping[str, float], parameters: Sequence[Parameter], trials: int) -> str:
    """Say what decides the score of a family.

    Parameters
    ----------
    found
        Shares, from `importances`.
    parameters
        The hyperparameters, for their names in words.
    trials
        Trials that the shares rest on.

    Examples
    --------
    >>> from hitl_widget.domain.space import Float
    >>> rate = Float("gbm.rate", 0.01, 1.0, 0.1, label="learning rate")
    >>> sentence({"gbm.rate": 0.7, "gbm.leaves": 0.3}, [rate], 40)
    'Over 40 trials the score depends mostly on learning rate (70 %), then on leaves (30 %).'
    """
    if not found:
        return f"Too early to say what matters: it takes {LEAST_TRIALS} trials with a score."
    names = {one.name: name_in_words(one) for one in parameters}
    named = [(names.get(name, name.split(".", 1)[-1]), share) for name, share in found.items()]
    named.sort(key=lambda item: -item[1])
    (first, most), *others = named
    how = "mostly" if most >= 0.5 else "first"
    text = f"Over {trials:,} trials the score depends {how} on {first} ({100 * most:.0f} %)"
    if others:
        text += f", then on {others[0][0]} ({100 * others[0][1]:.0f} %)"
    slight = [name for name, share in others[1:] if share < 0.02]
    if slight:
        text += f"; it hardly depends on {_listed(slight)}"
    return text + "."


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
