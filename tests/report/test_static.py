"""The static summary of a saved notebook."""

from __future__ import annotations

from dataclasses import replace

from hitl_widget.domain.trial import Author
from hitl_widget.report.static import summary_html
from tests.report.sessions import WORDS, state_of, trial
from tests.tables import EVIL


def test_the_static_summary_escapes_and_draws():
    """It has the picture and no markup from names."""
    words = replace(WORDS, labels={**WORDS.labels, "lightgbm": EVIL})
    state = state_of(trial(0, "dummy", 0.5, 0.0), trial(1, "lightgbm", 0.8, author=Author.YOU))
    html = summary_html(words, state, {"lightgbm": "lgbm"}, 12.0, "/a/<b>.sqlite")
    assert EVIL not in html
    assert "<b>.sqlite" not in html
    assert "data:image/svg+xml;base64," in html
