"""The rules at work in a running search: offered, accepted, carried out, and by the autopilot too."""

from __future__ import annotations

import pytest

from hitl_widget.advise.rules.ranges import widen
from hitl_widget.domain.commands import AnswerNudge, Autonomy, Start
from hitl_widget.domain.state import Phase
from hitl_widget.domain.trial import Author
from tests.advise.states import advisor
from tests.doubles import FormulaExecutor, Stage

KEY = "widen:line.x:high"


def beyond(unit):
    """The line gets better without end; the other families stay below."""
    config = unit.config
    level = {"dummy": 0.1, "line": config.get("line.x", 0.0), "tree": 0.2}[config["family"]]
    return level - 0.1 * unit.fold


@pytest.fixture
def stage(tmp_path):
    made = []

    def make(**plan):
        found = Stage(tmp_path, executor=FormulaExecutor(beyond), advisor=advisor(rules=(widen,)), **plan)
        made.append(found)
        return found

    yield make
    for one in made:
        one.close()


def test_an_accepted_proposal_opens_the_space_it_speaks_of(stage):
    search = stage(budget_trials=200)
    search.do(Start())
    state = search.until(lambda state: any(one.key == KEY for one in state.nudges))
    assert state.space["line.x"].high == 1.0
    search.do(AnswerNudge(KEY), author=Author.YOU)
    state = search.until(lambda state: (state.best_trial.score or 0.0) > 0.95)
    assert state.space["line.x"].high == 1.3
    assert state.acts[0].author is Author.YOU
    assert "5 best line trials" in state.acts[0].why
    assert state.answered[KEY][0] == "widen"


def test_the_autopilot_widens_by_itself_and_says_so(stage):
    search = stage(budget_trials=60, autonomy=Autonomy.AUTOPILOT)
    search.do(Start())
    state = search.until(lambda state: state.phase is Phase.FINISHED)
    assert state.acts
    assert {act.author for act in state.acts} == {Author.MACHINE}
    assert state.space["line.x"].high >= 1.3
