"""The contract of rules: nudges, warnings about data and warnings about results."""

from __future__ import annotations

import copy
import json
import re
import time
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from hitl_widget.advise.data_view import DataView
from hitl_widget.advise.rule import Rule
from hitl_widget.advise.rules import data_rules, nudge_rules, result_rules
from hitl_widget.advise.view import Found
from hitl_widget.data.task import understand
from hitl_widget.domain.commands import command_from
from hitl_widget.domain.nudge import Answer, Nudge
from hitl_widget.domain.safeguard import Safeguard

__all__ = ["RuleCase", "RuleContract", "clean_table", "data_view"]

_MOST_LETTERS = 60
_LABEL_LETTERS = 80
_OPENINGS = re.compile(r"^(What|Whether|That|Those|It|There)\b(?! are | is )")


class RuleCase(NamedTuple):
    """A rule, and a view in which it finds something.

    Parameters
    ----------
    rule
        What the decorator returned.
    view
        A `View`, `DataView` or `ResultView`, as the rule takes it.
    """

    rule: Rule[Any, Any]
    view: Any


def clean_table(rows: int = 400, seed: int = 0) -> pd.DataFrame:
    """Return a table without faults: numbers, categories, and a target ``y`` that follows them a little."""
    rng = np.random.default_rng(seed)
    size, age = rng.normal(50, 9, rows), rng.integers(18, 80, rows)
    town = rng.choice(["north", "south", "east"], rows, p=[0.5, 0.3, 0.2])
    wish = 0.08 * (size - 50) + 0.02 * (age - 50) + (town == "south") + rng.normal(0, 1.2, rows)
    return pd.DataFrame({"size": size, "age": age, "town": town, "y": np.where(wish > 0.4, "yes", "no")})


def data_view(table: pd.DataFrame, target: str = "y", **arguments: Any) -> DataView:
    """Return a table as rules on data see it; arguments as of `AutoMLSession`."""
    return DataView(understand(table, target, **arguments))


class RuleContract:
    """The promises of every rule. Override the fixture `case`.

    Attributes
    ----------
    seconds
        Processor time that the rule may take in the view of the case.
    """

    seconds = 0.5

    @pytest.fixture
    def case(self) -> RuleCase:
        """Return the rule with a view in which it finds something."""
        raise NotImplementedError

    def found(self, case: RuleCase) -> list[Nudge | Safeguard]:
        """Return the nudges or warnings of the rule."""
        return [one.nudge if isinstance(one, Found) else one for one in case.rule(case.view)]

    def test_it_is_registered(self, case: RuleCase) -> None:
        """Its decorator entered it, so that sessions ask it."""
        assert case.rule in {*nudge_rules(), *data_rules(), *result_rules()}

    def test_it_speaks(self, case: RuleCase) -> None:
        """It finds something in the view of the case."""
        assert self.found(case), f"the rule {case.rule.name!r} found nothing"

    def test_it_is_pure(self, case: RuleCase) -> None:
        """Asked twice it says the same; the table or the state that it read is unchanged."""
        before = copy.deepcopy(case.view.y) if isinstance(case.view, DataView) else case.view.state
        first, second = self.found(case), self.found(case)
        assert first == second
        after = case.view.y if isinstance(case.view, DataView) else case.view.state
        assert np.array_equal(before, after) if isinstance(case.view, DataView) else before is after

    def test_it_is_quick(self, case: RuleCase) -> None:
        """Nudges and warnings about results are asked after every trial."""
        self.found(case)
        begun = time.process_time()
        self.found(case)
        assert time.process_time() - begun < self.seconds

    def test_it_is_silent_where_nothing_is_wrong(self, case: RuleCase) -> None:
        """A warning about data does not speak of a clean table."""
        if isinstance(case.view, DataView):
            assert not list(case.rule(data_view(clean_table())))

    def test_its_words_are_complete(self, case: RuleCase) -> None:
        """Sentences end with a full stop, the question with a mark; the evidence has a number in it."""
        for one in self.found(case):
            sentences = [one.evidence]
            if isinstance(one, Nudge):
                assert one.question.endswith("?"), one.question
                assert len(one.question) <= _MOST_LETTERS, f"{one.question} has {len(one.question)} letters"
                sentences += [one.effect]
            else:
                assert any(letter.isdigit() for letter in one.evidence), one.evidence
                sentences += [one.sentence, one.remedy]
            for sentence in sentences:
                assert sentence.endswith("."), sentence
                assert not _OPENINGS.match(sentence), f"name the thing: {sentence}"
                assert "  " not in sentence

    def test_it_survives_json(self, case: RuleCase) -> None:
        """It reads back from JSON as it was: it is kept in the journal and sent to the page."""
        for one in self.found(case):
            assert type(one).from_json(json.loads(json.dumps(one.as_json(), allow_nan=False))) == one

    def test_its_key_names_the_rule(self, case: RuleCase) -> None:
        """Keys are unique, and those of one rule tell where they come from; the evidence may change under a key."""
        found = self.found(case)
        assert len({one.key for one in found}) == len(found)
        assert all(one.rule for one in found)

    def test_every_answer_acts_or_says_why_not(self, case: RuleCase) -> None:
        """An answer has a command that decodes, or a line of Python to copy, or it only records."""
        for one in self.found(case):
            assert one.answers
            assert len({answer.id for answer in one.answers}) == len(one.answers)
            for answer in one.answers:
                self.check_answer(answer)

    def check_answer(self, answer: Answer) -> None:
        """Check the label and the command of an answer."""
        assert answer.label[:1].isupper(), answer.label
        assert len(answer.label) <= _LABEL_LETTERS, answer.label
        assert not answer.label.endswith("."), answer.label
        if answer.command is not None:
            assert command_from(dict(answer.command)) is not None
            assert answer.python, f"the answer {answer.id!r} has a command and no line of Python"
