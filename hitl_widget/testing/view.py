"""The contract of explanation views."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from hitl_widget.explain.definition import ViewDefinition
from hitl_widget.explain.registry import VIEWS, compute_path
from hitl_widget.explain.view import View
from hitl_widget.session.facade import AutoMLSession

__all__ = ["ViewContract"]


class ViewContract:
    """The promises of every view. Override the fixture `view`; `options` holds those that the view needs.

    The package of the view must be installed: workers find it by its entry point. `searched` can be overridden with a
    session of another task.
    """

    @pytest.fixture
    def view(self) -> ViewDefinition:
        """Return the definition of the view."""
        raise NotImplementedError

    @pytest.fixture
    def options(self) -> dict[str, object]:
        """Return options for the view."""
        return {}

    @pytest.fixture(scope="class")
    @classmethod
    def searched(cls) -> Iterator[AutoMLSession]:
        """Return a session of a binary target after six trials; it is closed at the end."""
        rng = np.random.default_rng(0)
        size, age = rng.normal(50, 9, 240), rng.integers(18, 80, 240)
        good = 0.1 * (size - 50) + 0.03 * (age - 50) + rng.normal(0, 0.5, 240) > 0
        table = pd.DataFrame({"size": size, "age": age, "town": rng.choice(["n", "s"], 240), "good": good})
        session = AutoMLSession(table, "good", max_trials=6, workers=1, seed=0)
        session.start()
        assert session.wait(120)
        yield session
        session.close()

    @pytest.fixture
    def answer(self, searched: AutoMLSession, view: ViewDefinition, options: dict[str, object]) -> View:
        """Return the view of the session, complete."""
        return searched.explain.view(view.name, **options)

    def test_it_is_found_by_its_name(self, view: ViewDefinition) -> None:
        """An entry point, or the registry of this package, names it."""
        assert VIEWS.get(view.name) is view, f"no entry point of hitl_widget.views names {view.name!r}; install it"
        if view.worker:
            assert compute_path(view)

    def test_it_asks_a_question(self, view: ViewDefinition) -> None:
        """The question ends with a mark, the summary with a full stop; every option is described."""
        assert view.question.endswith("?")
        assert view.summary.endswith(".")
        assert all(option.doc.endswith(".") for option in view.options)
        assert view.concept is None or view.concept.text.endswith(".")

    def test_it_answers_in_sentences(self, answer: View, view: ViewDefinition) -> None:
        """The answer is complete: sentences that end with a full stop, under the name of the view."""
        assert answer.name == view.name
        assert not answer.partial
        assert answer.sentences
        assert all(sentence.strip().endswith((".", "?", "!")) for sentence in answer.sentences)

    def test_its_data_are_fit_for_json(self, answer: View) -> None:
        """Every dataset is rows of plain values; no number is infinite or missing."""
        for name, rows in answer.data.items():
            assert all(isinstance(row, dict) for row in rows), name
            json.dumps(list(rows), allow_nan=False)

    def test_its_charts_draw(self, answer: View, view: ViewDefinition) -> None:
        """Each chart that the answer names is a Vega-Lite specification, with the rows and without."""
        for chart in answer.charts:
            assert view.draw(answer, chart).to_dict()["$schema"]
            assert view.charts[chart]().to_dict()["$schema"]
