"""Display names of the families."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["FamilyLabels"]


class FamilyLabels(Mapping[str, str]):
    """The labels of installed families and of learners that were added since, read from the current state.

    Parameters
    ----------
    installed
        Labels of installed families, by name.
    added
        Returns the labels of custom learners, by name.

    Examples
    --------
    >>> added = {}
    >>> labels = FamilyLabels({"svm": "SVM"}, lambda: added)
    >>> added["mine"] = "My model"
    >>> dict(labels)
    {'svm': 'SVM', 'mine': 'My model'}
    """

    def __init__(self, installed: Mapping[str, str], added: Callable[[], Mapping[str, str]]) -> None:
        self._installed = installed
        self._added = added

    def __getitem__(self, name: str) -> str:
        added = self._added()
        return added[name] if name in added else self._installed[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._installed, **self._added()})

    def __len__(self) -> int:
        return len({**self._installed, **self._added()})

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)
