"""The contract of learners."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hitl_widget.charts.theme import FAMILIES
from hitl_widget.data.task import understand
from hitl_widget.domain.space import Categorical, Config, Float, Int, Space
from hitl_widget.domain.task import Kind, Task
from hitl_widget.evaluation.context import Context, open_context, write_context
from hitl_widget.evaluation.fitting import FoldUnit, prepared
from hitl_widget.evaluation.fold import FoldResult, evaluate_fold
from hitl_widget.evaluation.fold_models import TrialModel, load_fold_pipeline
from hitl_widget.learners.base import Job, Learner
from hitl_widget.learners.complexity import columns_used, parts_of
from hitl_widget.learners.fitting import heard
from hitl_widget.learners.scoring import predictions_of

__all__ = ["LearnerContract"]

_ROWS = 160
_ROUNDS = {"rounds": 12}


def _table(kind: Kind, seed: int = 0) -> pd.DataFrame:
    """Return a table of numbers, categories and dates with missing cells; its target follows the numbers."""
    rng = np.random.default_rng(seed)
    size, age = rng.normal(50, 9, _ROWS), rng.integers(18, 80, _ROWS)
    wish = 0.1 * (size - 50) + 0.03 * (age - 50) + rng.normal(0, 0.5, _ROWS)
    table = pd.DataFrame(
        {
            "size": np.where(rng.random(_ROWS) < 0.1, np.nan, size),
            "age": age,
            "town": rng.choice(["north", "south", "east"], _ROWS, p=[0.5, 0.3, 0.2]),
            "when": pd.date_range("2024-01-01", periods=_ROWS, freq="D"),
        }
    )
    table.loc[::17, "town"] = None
    if kind is Kind.REGRESSION:
        return table.assign(y=100 + 20 * wish)
    cuts = [-99, 0, 99] if kind is Kind.BINARY else [-99, -0.6, 0.6, 99]
    return table.assign(y=pd.cut(wish, cuts, labels=list("abc")[: len(cuts) - 1]).astype(str))


class LearnerContract:
    """The promises of every learner. Override the fixture `learner`.

    Attributes
    ----------
    seconds
        Wall time that one fit of the suite's 160 rows may take.
    """

    seconds = 30.0

    @pytest.fixture
    def learner(self) -> Learner:
        """Return the learner."""
        raise NotImplementedError

    @pytest.fixture(params=list(Kind), ids=str)
    def kind(self, request: pytest.FixtureRequest, learner: Learner) -> Kind:
        """Return a kind of task that the learner suits."""
        kind: Kind = request.param
        if kind not in learner.kinds:
            pytest.skip(f"{learner.label} is not for a {kind} task")
        if not learner.available():
            pytest.skip(f"{learner.package} is not installed")
        return kind

    @pytest.fixture
    def context(self, tmp_path: Path, learner: Learner, kind: Kind) -> Context:
        """Return a small task of the kind, as workers have it."""
        write_context(tmp_path, understand(_table(kind), "y"), 0)
        context = open_context(tmp_path)
        context.learners[learner.name] = learner
        return context

    def space(self, learner: Learner, task: Task) -> Space:
        """Return the space of the learner alone."""
        return Space((learner.name,), learner.parameters(task))

    def fitted(self, context: Context, learner: Learner, config: Config | None = None) -> FoldResult:
        """Fit one configuration, by default the first start, on the first fold."""
        space = self.space(learner, context.task)
        whole = space.complete(learner.starts(context.task)[0] if config is None else config)
        return evaluate_fold(context, FoldUnit(0, 0, whole, dict(_ROUNDS), 7, self.seconds))

    def pipeline(self, context: Context, learner: Learner) -> Any:
        """Return the pipeline from the raw table to the predictions, of the first start."""
        self.fitted(context, learner)
        config = self.space(learner, context.task).complete(learner.starts(context.task)[0])
        return load_fold_pipeline(context, TrialModel(0, config, _ROUNDS, 7), 0)

    # What it says of itself

    def test_it_introduces_itself(self, learner: Learner) -> None:
        """It has a name, a label, a story of two to four sentences, and a colour of the palette."""
        assert learner.name.isidentifier()
        assert learner.label.strip()
        assert 2 <= learner.story.count(". ") + 1 <= 4
        assert learner.story.endswith(".")
        assert learner.colour in FAMILIES, f"choose one of {', '.join(FAMILIES)}"

    def test_hyperparameters_are_legal(self, learner: Learner, context: Context) -> None:
        """Each bears the learner's name and a label; its default lies in the range, and the range in the legal one."""
        for one in learner.parameters(context.task):
            assert one.name.startswith(f"{learner.name}."), f"{one.name} begins with {learner.name}."
            assert one.label, f"{one.name} has no label"
            if isinstance(one, Categorical):
                assert one.default in one.choices
                continue
            assert isinstance(one, Float | Int)
            assert one.legal_low <= one.low <= one.default <= one.high <= one.legal_high, one.name
            assert not one.log or one.low > 0, f"{one.name} is logarithmic and begins at {one.low}"

    def test_starts_lie_in_the_space(self, learner: Learner, context: Context) -> None:
        """There is a first configuration; all are legal and differ."""
        space = self.space(learner, context.task)
        whole = [space.complete(config) for config in learner.starts(context.task)]
        assert whole
        assert all(config in space for config in whole)
        assert len({json.dumps(config, sort_keys=True) for config in whole}) == len(whole)

    # Fitting

    def test_it_fits_and_is_scored(self, learner: Learner, context: Context) -> None:
        """A fold gives finite predictions of the right shape; a score and hints that fit JSON."""
        result = self.fitted(context, learner)
        rows, classes = len(context.folds[0][1]), len(context.task.classes)
        assert result.predictions.shape == ((rows, classes) if classes > 2 else (rows,))
        assert np.isfinite(result.predictions).all()
        assert np.isfinite(result.score)
        json.dumps(result.hints)

    def test_every_corner_of_the_space_fits(self, learner: Learner, context: Context) -> None:
        """The ends of each range and each choice give finite scores, one at a time."""
        space = self.space(learner, context.task)
        for one in learner.parameters(context.task):
            ends = one.choices if isinstance(one, Categorical) else (one.low, one.high)
            for value in ends:
                result = self.fitted(context, learner, space.complete({"family": learner.name, one.name: value}))
                assert np.isfinite(result.score), f"{one.name} = {value!r}"

    def test_the_same_seed_gives_the_same_model(self, learner: Learner, context: Context) -> None:
        """Two fits of one seed predict the same."""
        one, two = self.fitted(context, learner), self.fitted(context, learner)
        assert np.array_equal(one.predictions, two.predictions)

    def test_weights_count(self, learner: Learner, context: Context, kind: Kind) -> None:
        """If it takes weights, heavier rows of high targets raise the predictions."""
        if not learner.takes_weights:
            return
        space = self.space(learner, context.task)
        config = space.complete(learner.starts(context.task)[0])
        ready = prepared(context, learner.preparation(config), 0)
        X, y = np.asarray(ready.arrays["train"]), context.y[context.folds[0][0]]
        job = Job(context.task, X.shape[0], X.shape[1], ready.extra.n_categorical_, ready.extra.levels_, 7, 12)
        weights = np.where(y > np.median(y) if kind is Kind.REGRESSION else y == y.max(), 9.0, 1.0)
        if learner.rounds_matter:
            some, rest = slice(0, None, 2), slice(1, None, 2)
            halves = replace(job, weights=weights[some], stopping_weights=weights[rest])
            assert learner.find_rounds(config, halves, (X[some], y[some]), (X[rest], y[rest])) >= 1
        means = []
        for one in (job, replace(job, weights=weights)):
            with heard():
                model = learner.fit(learner.build(config, one), X.copy(), y, one)
            found = predictions_of(model, np.asarray(ready.arrays["valid"]), context.task)
            means.append(float(np.mean(found if found.ndim == 1 else found[:, -1])))
        assert means[1] > means[0]

    def test_a_fit_leaves_its_rows_alone(self, learner: Learner, context: Context) -> None:
        """The table is unchanged after a fit."""
        before = context.table.copy(deep=True)
        self.fitted(context, learner)
        pd.testing.assert_frame_equal(context.table, before)

    def test_it_uses_one_thread(self, learner: Learner, context: Context) -> None:
        """A parameter that sets the number of threads is 1: trials already share the cores."""
        model = self.pipeline(context, learner)[-1]
        given = model.get_params() if hasattr(model, "get_params") else {}
        threads = {"n_jobs", "num_threads", "thread_count", "nthread"}
        found = {name: value for name, value in given.items() if name.split("__")[-1] in threads}
        assert set(found.values()) <= {1, None}, found

    # Delivery

    def test_a_raw_table_goes_in(self, learner: Learner, context: Context, kind: Kind) -> None:
        """New rows as they came, with categories never seen and missing cells, get predictions of the right shape."""
        pipeline = self.pipeline(context, learner)
        rows = _table(kind, seed=1).drop(columns="y")
        rows.loc[:3, "town"], rows.loc[4:6, "size"] = "west", np.nan
        if kind is Kind.REGRESSION:
            assert np.asarray(pipeline.predict(rows)).shape == (_ROWS,)
            return
        chances = np.asarray(pipeline.predict_proba(rows))
        assert chances.shape == (_ROWS, len(context.task.classes))
        assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)
        assert (chances >= 0).all()
        assert np.size(pipeline.predict(rows)) == _ROWS

    def test_it_travels(self, learner: Learner, context: Context, kind: Kind) -> None:
        """A pickled model predicts as before; it goes from a worker to the notebook and to production."""
        pipeline = self.pipeline(context, learner)
        rows = _table(kind, seed=1).drop(columns="y")
        again = pickle.loads(pickle.dumps(pipeline))  # noqa: S301 - our own bytes
        answer = "predict" if kind is Kind.REGRESSION else "predict_proba"
        assert np.array_equal(getattr(again, answer)(rows), getattr(pipeline, answer)(rows))

    # Explanations

    def test_it_can_be_taken_apart(self, learner: Learner, context: Context) -> None:
        """Its complexity is a number, and the columns that it uses are columns of the table."""
        pipeline = self.pipeline(context, learner)
        assert parts_of(pipeline[-1]) >= 1
        assert columns_used(pipeline[-1], pipeline[1]) <= set(context.table.columns)

    def test_its_own_answers_fit_its_matrix(self, learner: Learner, context: Context) -> None:
        """Where it recognizes its model, SHAP values, columns used and stages have the shapes that they promise."""
        pipeline = self.pipeline(context, learner)
        model = pipeline[-1]
        if not learner.recognizes(model):
            return
        matrix = np.asarray(pipeline[:-1].transform(context.rows(context.folds[0][1])), np.float64)
        mask, shap = learner.used_columns(model), learner.shap_values(model, matrix)
        assert mask is None or mask.shape == (matrix.shape[1],)
        if shap is not None:
            values, base = shap
            assert values.shape[:2] == matrix.shape
            assert base.shape == values.shape[2:]
            assert np.isfinite(values).all()
        rounds = learner.found(model, Job(context.task, rows=len(context.train), columns=1)).get("rounds")
        staged = None if rounds is None else learner.predict_staged(model, matrix, int(rounds))
        if staged is not None:
            assert np.allclose(np.asarray(staged).ravel(), np.asarray(model.predict(matrix)).ravel())
