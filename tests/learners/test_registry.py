"""Families offer a space, good beginnings and a story, before any learning library is loaded."""

import numpy as np
import pandas as pd
import pytest

from hitl_widget.charts.theme import FAMILIES
from hitl_widget.data.task import understand
from hitl_widget.domain.space import Categorical, Float, Int
from hitl_widget.errors import ConfigError
from hitl_widget.learners.registry import LEARNERS, families_for, learner_named, space_for, starting_configs


def task(kind: str = "binary", rows: int = 120):
    rng = np.random.default_rng(0)
    y = {
        "binary": rng.integers(0, 2, rows),
        "multiclass": rng.choice(list("abc"), rows),
        "regression": rng.gamma(1, 9, rows),
    }
    frame = pd.DataFrame({"x": rng.normal(size=rows), "c": rng.choice(list("uvw"), rows), "y": y[kind]})
    return understand(frame, "y").task


@pytest.mark.parametrize("kind", ["binary", "multiclass", "regression"])
def test_the_space_holds_its_beginnings(kind: str) -> None:
    """Every starting configuration lies in the space, whole, and no two are the same."""
    space = space_for(task(kind))
    starts = starting_configs(task(kind))
    assert all(config in space for config in starts)
    assert len({tuple(config.items()) for config in starts}) == len(starts)
    assert {config["family"] for config in starts} == set(space.families)


def test_it_begins_with_the_floor_then_the_fast_and_strong() -> None:
    """The first three are the constant guess, LightGBM and a linear model."""
    assert [config["family"] for config in starting_configs(task())[:3]] == ["dummy", "lightgbm", "linear"]


@pytest.mark.parametrize("name", LEARNERS)
def test_a_family_speaks_plainly(name: str) -> None:
    """Each family has a label, a story of two to four sentences, a colour, and words for its parameters."""
    learner = LEARNERS[name]
    assert learner.label
    assert 2 <= learner.story.count(". ") + 1 <= 4
    assert learner.colour in FAMILIES
    for kind in ("binary", "multiclass", "regression"):
        for parameter in learner.parameters(task(kind)):
            assert parameter.name.startswith(name + ".")
            assert parameter.label
            if isinstance(parameter, Float | Int):
                assert (
                    parameter.legal_low <= parameter.low <= parameter.default <= parameter.high <= parameter.legal_high
                )
                assert not parameter.log or parameter.low > 0
            else:
                assert isinstance(parameter, Categorical)
                assert parameter.default in parameter.choices


def test_preparation_is_offered_where_it_matters() -> None:
    """A table without many-valued numbers or small categories has nothing to choose; native families have nothing."""
    names = {one.name for one in space_for(task())}
    assert {"linear.numbers", "linear.categories", "svm.numbers", "mlp.categories"} <= names
    assert not any(name.startswith(("lightgbm.numbers", "tree.numbers")) for name in names)
    numbers = space_for(task())["linear.numbers"]
    assert numbers.default == "normal scores"
    assert numbers.legal == ("ranks",)
    coarse = understand(
        pd.DataFrame({"x": np.arange(99) % 4 + 0.5, "c": list("uv" * 49 + "u"), "y": np.arange(99) % 2}), "y"
    )
    assert {one.name for one in space_for(coarse.task, ["linear"])} == {"linear.C", "linear.penalty"}


def test_a_space_can_be_narrowed_to_families() -> None:
    """Only the families asked for are in the space."""
    assert space_for(task(), ["linear"]).families == ("linear",)
    assert {c["family"] for c in starting_configs(task(), ["linear", "tree"])} == {"linear", "tree"}


def test_an_unknown_family_is_refused() -> None:
    """The error names the families there are."""
    with pytest.raises(ConfigError, match="lightgbm"):
        learner_named("knn")


def test_slow_families_are_for_small_tables() -> None:
    """The support vector machine is offered up to 10,000 rows."""
    assert "svm" in families_for(task())
    assert "svm" not in families_for(task(rows=13_000))
