"""Our PED-ANOVA against Optuna's."""

from __future__ import annotations

from typing import Any

import optuna
import pytest
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from hitl_widget.domain.space import Int
from hitl_widget.explain.evidence import Axis, evidence_of
from hitl_widget.explain.ped_anova import GOOD, LEAST_GOOD, ped_anova
from tests.explain.searched import truth
from tests.explain.test_importances import by_choice, by_rate, searched


def distribution(axis: Axis) -> BaseDistribution:
    if axis.levels:
        return CategoricalDistribution(axis.levels)  # type: ignore[arg-type]
    if isinstance(axis.parameter, Int):
        return IntDistribution(int(axis.low), int(axis.high), log=axis.log)
    return FloatDistribution(axis.low, axis.high, log=axis.log)


def of_optuna(evidence: Any) -> dict[str, float]:
    """Return the shares that Optuna's evaluator finds in the same trials."""
    distributions = {axis.name: distribution(axis) for axis in evidence.axes}
    study = optuna.create_study(direction="minimize")
    study.add_trials(
        optuna.trial.create_trial(
            params={name: trial.config[name] for name in distributions}, distributions=distributions, value=-score
        )
        for trial, score in zip(evidence.trials, evidence.scores, strict=True)
    )
    quantile = max(GOOD, LEAST_GOOD / len(evidence.trials))
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=quantile)
    return dict(optuna.importance.get_param_importances(study, evaluator=evaluator))


@pytest.mark.parametrize("count", [40, 300])
@pytest.mark.parametrize("score", [by_rate, by_choice, truth], ids=["rate", "choice", "truth"])
def test_shares_are_those_of_optuna(count: int, score: Any) -> None:
    """For numbers, whole numbers on a log scale and choices."""
    evidence = evidence_of(searched(count, score).state, "gbm")
    ours, theirs = ped_anova(evidence.axes, evidence.units, evidence.scores), of_optuna(evidence)
    assert ours == pytest.approx(theirs, abs=1e-6)
    assert list(ours) == list(theirs)
