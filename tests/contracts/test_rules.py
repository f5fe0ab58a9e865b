"""Rules of each kind keep their contract."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hitl_widget.advise.result_view import LabelEvidence, ResultView
from hitl_widget.advise.rules import data_rules, nudge_rules, result_rules
from hitl_widget.testing import RuleCase, RuleContract, data_view
from hitl_widget.testing.rule import clean_table
from tests.advise.states import TASK, Story, advisor
from tests.advise.test_advisor import CROWDED
from tests.advise.test_families import behind
from tests.advise.test_ranges import crowded

NUDGES = {rule.name: rule for rule in nudge_rules()}
DATA = {rule.name: rule for rule in data_rules()}
RESULTS = {rule.name: rule for rule in result_rules()}


def failing() -> Story:
    story = behind(6, 0.8)
    for _ in range(6):
        story.trial("forest", problem=("timeout", "slow"))
    return story


def scored(*scores: float) -> Story:
    story = Story(trials=500)
    story.trial("dummy", 0.5)
    for score in scores:
        story.trial("gbm", score)
    return story


def visits(rng: np.random.Generator) -> pd.DataFrame:
    """Ten visits of each of eighty people, whose age and target stay alike."""
    person = np.repeat(np.arange(80), 10)
    wish = rng.normal(size=80)[person] + rng.normal(0, 0.5, 800)
    columns = {"person": person, "age": rng.integers(20, 80, 80)[person], "pulse": rng.normal(70, 9, 800)}
    return pd.DataFrame({**columns, "y": np.where(wish > 0, "ill", "well")}).sample(frac=1, random_state=0)


class TestNudges(RuleContract):
    @pytest.fixture(params=["widen", "drop", "limit"])
    def case(self, request: pytest.FixtureRequest) -> RuleCase:
        stories = {"widen": lambda: crowded(CROWDED), "drop": lambda: behind(12, 0.7), "limit": failing}
        story = stories[request.param]()
        return RuleCase(NUDGES[request.param], advisor().view(story.state, story.state.elapsed))


TABLES = {
    "copy": lambda table, rng: table.assign(told=table["y"]),
    "missingness": lambda table, rng: table.assign(
        gone=np.where(table["y"] == "yes", np.nan, 1.0 + np.arange(len(table)))
    ),
    "shifted": lambda table, rng: table.assign(last=np.roll(table["y"].to_numpy(), 1)),
    "duplicates": lambda table, rng: table.iloc[rng.integers(0, 200, len(table))].reset_index(drop=True),
    "groups": lambda table, rng: visits(rng),
    "codes": lambda table, rng: table.assign(
        weight=np.where(rng.random(len(table)) < 0.05, 999, rng.integers(40, 99, len(table)))
    ),
    "unknowns": lambda table, rng: table.assign(job=rng.choice(["cook", "smith", "unknown"], len(table))),
    "imbalance": lambda table, rng: table.assign(y=np.where(np.arange(len(table)) % 40 == 0, "yes", "no")),
    "tiny_classes": lambda table, rng: table.assign(y=np.where(np.arange(len(table)) % 50 == 0, "rare", table["y"])),
    "identifiers": lambda table, rng: table.assign(code=rng.permutation(len(table)) + 5000),
    "recodes": lambda table, rng: table.assign(district=table["town"].map({"north": 1, "south": 2, "east": 3})),
    "constant": lambda table, rng: table.assign(unit="cm"),
}


class TestDataWarnings(RuleContract):
    @pytest.fixture(params=TABLES)
    def case(self, request: pytest.FixtureRequest) -> RuleCase:
        table = TABLES[request.param](clean_table(400), np.random.default_rng(0))
        return RuleCase(DATA[request.param], data_view(table))


class TestResultWarnings(RuleContract):
    @pytest.fixture(params=["perfect", "winner", "wrong_labels"])
    def case(self, request: pytest.FixtureRequest) -> RuleCase:
        level = np.random.default_rng(0).normal(0.8, 0.001, 60)
        story = scored(0.999, 0.9991) if request.param == "perfect" else scored(*level)
        evidence = LabelEvidence((1,), 1000, 40, 300, 0.04, 0.06, (("12", "no", "yes", "0.98"),))
        return RuleCase(RESULTS[request.param], ResultView(story.state, TASK, label_evidence=evidence))
