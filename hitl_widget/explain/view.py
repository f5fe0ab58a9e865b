"""The form of every explanation: a question, its answer in words, and the rows that a chart draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Level", "Rows", "View"]

Rows = Sequence[Mapping[str, Any]]
"""Rows of a dataset: plain numbers, texts, truth values and None, as JSON holds them."""


class Level(StrEnum):
    """The subject of a view."""

    MODEL = "model"
    ALGORITHM = "algorithm"
    SEARCH = "search"
    COMPARISON = "comparison"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class View:
    """One explanation.

    Parameters
    ----------
    name
        Its name in `session.explain` and `session.charts`.
    level
        The subject: a model, its algorithm, the search, a comparison or the data.
    question
        The question that it answers, as a heading ("Which columns matter most?").
    sentences
        The answer in one or two sentences; the first can be read alone.
    data
        Rows of each dataset that its charts draw, by name.
    charts
        Names of the charts that draw it, the main one first.
    notes
        Caveats: few rows, a sample, correlated columns.
    concept
        Key of the paragraph for learners ("shap").
    about
        Subject of the view: trial, family, column, row.
    options
        Options of the view: the values to choose from by the name of the option.
    partial
        True when it is based on a part of the rows and a more precise one follows.
    """

    name: str
    level: Level
    question: str
    sentences: tuple[str, ...]
    data: Mapping[str, Rows] = field(default_factory=dict)
    charts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    concept: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    partial: bool = False

    def frame(self, dataset: str = "") -> pd.DataFrame:
        """Return a dataset as a table, by default the first one.

        Parameters
        ----------
        dataset
            Name of the dataset.

        Returns
        -------
        pandas.DataFrame
            One row per entry.

        Raises
        ------
        KeyError
            When there is no dataset of this name.
        """
        import pandas as pd

        name = dataset or next(iter(self.data), "")
        if name not in self.data:
            raise KeyError(
                f"The view {self.name!r} has the datasets {', '.join(self.data) or 'none'}; got {dataset!r}."
            )
        return pd.DataFrame(list(self.data[name]))

    def __str__(self) -> str:
        return "\n".join((self.question, *self.sentences, *(f"({note})" for note in self.notes)))
