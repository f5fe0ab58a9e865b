"""Is one model better than another? Scores on the same folds side by side, with a corrected test, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean, variance

from hitl_widget.domain import t_distribution
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import Config
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.errors import ConfigError
from hitl_widget.explain.phrases import capital, gap_in_words

__all__ = [
    "MOST_COMPARED",
    "Comparison",
    "Contender",
    "compare",
    "contender_of",
    "contenders",
    "mean_error",
    "pair_to_compare",
    "untried",
]

MOST_COMPARED = 5
"""The most trials that are compared side by side."""

_SURE = 0.975
USUAL = ("dummy", "linear", "lightgbm")
"""The models to compare with: a constant guess, a linear model, and LightGBM with its defaults."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison of two models on the same folds, in scores of which greater is better.

    Parameters
    ----------
    gap
        Mean lead of the first model.
    error
        Its corrected standard error.
    low, high
        95% interval of the lead.
    folds
        Folds that both were scored on.
    better
        Probability that the first is better in truth.
    again
        Probability that it is ahead on another split into as many folds.
    sentence
        The answer in words.
    """

    gap: float
    error: float
    low: float
    high: float
    folds: int
    better: float
    again: float
    sentence: str

    @property
    def decided(self) -> bool:
        """True when the interval excludes zero."""
        return self.low > 0 or self.high < 0


def compare(
    one: Mapping[int, float],
    other: Mapping[int, float],
    metric: Metric,
    *,
    names: tuple[str, str] = ("the first", "the second"),
    folds: int | None = None,
) -> Comparison | None:
    """Compare two models on the folds that both were scored on.

    Parameters
    ----------
    one, other
        Score by fold.
    metric
        Metric of the scores, for the sentences.
    names
        Names of the models in sentences.
    folds
        Number of parts that the rows are cut into, which tells how much of them a fold tests; default the folds in
        common.

    Returns
    -------
    Comparison or None
        None with fewer than two folds in common.

    Notes
    -----
    Folds share training rows, so their differences hang together. With k folds in common and a share 1/(K - 1) of test
    to training rows, the variance of the mean is ``s² (1/k + 1/(K - 1))`` and the lead follows Student's distribution
    with k - 1 degrees of freedom (Nadeau & Bengio 2003). Read as a belief about the true lead, that gives `better`
    (Corani & Benavoli 2015). Another split adds the same variance again, which gives `again`.
    """
    common = sorted(one.keys() & other.keys())
    k = len(common)
    if k < 2:
        return None
    apart = [one[fold] - other[fold] for fold in common]
    gap = fmean(apart)
    error = mean_error(apart, folds or k) or 0.0
    if error <= 1e-12 * max(1.0, abs(gap)):
        error = 0.0
    half = t_distribution.quantile(_SURE, k - 1) * error
    better, again = (_chance(gap, spread, k - 1) for spread in (error, math.sqrt(2) * error))
    low, high = gap - half, gap + half
    return Comparison(gap, error, low, high, k, better, again, _said(metric, gap, error, low, high, k, again, names))


def mean_error(values: Sequence[float], folds: int) -> float | None:
    """Return the standard error of a mean over some of so many folds, corrected as in `compare`; None for one value."""
    k = len(values)
    return math.sqrt(variance(values) * (1 / k + 1 / (max(folds, 2) - 1))) if k > 1 else None


def _chance(gap: float, spread: float, df: int) -> float:
    if spread == 0:
        return 0.5 if gap == 0 else float(gap > 0)
    return t_distribution.cdf(gap / spread, df)


def _said(
    metric: Metric,
    gap: float,
    error: float,
    low: float,
    high: float,
    k: int,
    again: float,
    names: tuple[str, str],
) -> str:
    if gap == 0 and error == 0:
        return f"{capital(names[0])} and {names[1]} score the same on every fold."
    ahead, behind = names if gap > 0 else names[::-1]
    size = gap_in_words(metric, gap, error)
    if low <= 0 <= high:
        tie = f"{capital(ahead)} and {behind} are statistically tied on these {k} folds"
        if not float(size.split()[0].replace(",", "")):
            return f"{tie}: no measurable difference ({size})."
        return f"{tie}: {ahead} is ahead by {size}."
    cases = round(100 * max(again, 1 - again))
    again_in_words = "would almost always be better" if cases > 99 else f"would be better in {cases} of 100 cases"
    return f"{capital(ahead)} is better than {behind} by {size}; on another split, it {again_in_words}."


@dataclass(frozen=True, slots=True)
class Contender:
    """A model to compare with others.

    Parameters
    ----------
    name
        Name in sentences ("the linear model", "trial 37").
    scores
        Score by fold, greater is better.
    kind
        ``"chosen"``, ``"usual"`` (a common choice), ``"own"`` (the user's) or ``"trial"``.
    trial
        Its number, where it is a trial.
    seconds
        Seconds of its folds.
    problem
        Reason why it has no scores.
    """

    name: str
    scores: Mapping[int, float] = field(default_factory=dict)
    kind: str = "trial"
    trial: int | None = None
    seconds: float | None = None
    problem: str = ""

    @property
    def score(self) -> float | None:
        """Mean over its folds."""
        return fmean(self.scores.values()) if self.scores else None


def contender_of(trial: Trial, name: str = "", kind: str = "trial") -> Contender:
    """Return a trial as a contender."""
    scores = {fold.fold: fold.score for fold in trial.folds}
    return Contender(name or f"trial {trial.number}", scores, kind, trial.number, trial.seconds)


def contenders(
    state: SessionState, labels: Mapping[str, str], beside: Mapping[str, Contender] | None = None
) -> tuple[Contender | None, tuple[Contender, ...]]:
    """Return the model to take, and those among the trials that everybody would try first.

    Parameters
    ----------
    state
        The session.
    labels
        Display names of families.
    beside
        By family, results of the usual models that the search did not try.

    Returns
    -------
    chosen : Contender or None
    usual : tuple of Contender
        The families of `USUAL` in order; those not tried yet have no scores and are marked so.
    """
    chosen = None
    if state.chosen is not None:
        trial = state.trials[state.chosen]
        chosen = contender_of(trial, f"{labels.get(trial.family, trial.family)} (trial {trial.number})", "chosen")
    found = []
    for family in USUAL:
        if family not in {one.name.split(".", 1)[0] for one in state.base.parameters} | set(state.base.families):
            continue
        label = labels.get(family, family)
        name = label if family == "dummy" else f"{label} with default settings"
        trials = _as_it_comes(state, family)
        if trials:
            found.append(contender_of(trials[0], name, "usual"))
        elif beside and family in beside:
            found.append(replace(beside[family], name=name))
        else:
            found.append(Contender(name, kind="usual", problem="not tried yet."))
    return chosen, tuple(found)


def pair_to_compare(state: SessionState) -> tuple[int, int] | None:
    """Return the recommended trial and the best one of another family, or else of its own; None without two trials."""
    if state.chosen is None:
        return None
    chosen = state.trials[state.chosen]
    others = [one for one in state.models() if one.number != chosen.number]
    if not others:
        return None
    rival = max(others, key=lambda one: (one.family != chosen.family, one.score or 0.0, -one.number))
    return chosen.number, rival.number


def untried(state: SessionState) -> dict[str, Config]:
    """Return, by family, the configurations that everybody would try first and the search has not finished."""
    return {
        family: state.base.complete({"family": family})
        for family in USUAL
        if family in state.base.families and not _as_it_comes(state, family)
    }


def _as_it_comes(state: SessionState, family: str) -> list[Trial]:
    """Return the complete trials of a family with the defaults of the space as first given."""
    try:
        plain_one = state.base.complete({"family": family})
    except ConfigError:
        return []
    return [
        trial
        for trial in state.trials
        if trial.state is TrialState.COMPLETE
        and trial.family == family
        and dict(trial.config) == plain_one
        and not state.on_other_data(trial)
    ]
