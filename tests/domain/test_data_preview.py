"""The preview of a data change says what it costs before it is applied."""

from __future__ import annotations

import pytest

from hitl_widget.domain.data_choices import DataChoices
from hitl_widget.domain.data_preview import preview_data
from hitl_widget.domain.task import Role
from tests.advise.states import Story


def test_the_best_configuration_of_each_family_is_measured_again() -> None:
    """The time of those that would be set aside, over the workers."""
    story = Story()
    story.trial("linear", 0.7, seconds=30)
    story.trial("gbm", 0.8, seconds=60)
    story.trial("gbm", 0.7, seconds=600)
    story.trial("forest")
    found = preview_data(story.state, DataChoices(roles={"a": Role.IGNORED}), workers=2)
    assert found.leave == 3
    assert found.seconds == pytest.approx(45)
    assert found.sentence().startswith("3 trials are set aside, including the best one,")
    assert found.sentence().endswith("the best configuration of each family runs again: about 45 s.")
