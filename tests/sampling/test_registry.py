"""Samplers have names, and a session says which there are."""

from __future__ import annotations

import pandas as pd
import pytest

from hitl_widget import AutoMLSession
from hitl_widget.errors import ConfigError
from hitl_widget.sampling.registry import DEFAULT, SAMPLERS, checked_sampler


def test_the_default_is_built_in() -> None:
    """None means the sampler of this package."""
    assert checked_sampler(None) == DEFAULT
    assert checked_sampler("tpe") in SAMPLERS


def test_an_unknown_sampler_is_refused_before_anything_runs(tmp_path) -> None:
    """The error names those that there are, and no journal is left."""
    table = pd.DataFrame({"x": [i % 7 + 0.5 for i in range(60)], "y": [0, 1] * 30})
    with pytest.raises(ConfigError, match="There is no sampler 'nope'; choose from tpe"):
        AutoMLSession(table, "y", sampler="nope", journal=tmp_path / "s.sqlite")
    assert not list(tmp_path.iterdir())
