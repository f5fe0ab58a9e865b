"""Fitting one estimator within its time, on one thread, its warnings in plain words."""

from __future__ import annotations

import re
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["heard", "one_thread"]

_WORDS = (
    (r"converge|max_iter|Maximum iterations", "Stopped before it settled."),
    (r"ill-conditioned|Singular matrix|singular", "Columns nearly repeat each other."),
    (r"overflow|divide by zero|invalid value|underflow", "Numbers grew too large or too small on the way."),
    (r"n_quantiles|bins whose width", "Some columns have few distinct values."),
    (r"unknown categor", "Some categories were not seen in training."),
    (r"least populated class|fewer than n_splits", "A class has very few rows."),
    (r"feature names|categorical_feature|deprecat|FutureWarning|will be removed|PerformanceWarning", ""),
)


def in_words(message: str) -> str:
    """Return a library's warning as a sentence for people; empty when it does not concern them.

    Examples
    --------
    >>> in_words("lbfgs failed to converge (status=1)")
    'Stopped before it settled.'
    """
    for pattern, words in _WORDS:
        if re.search(pattern, message, re.IGNORECASE):
            return words
    first = message.strip().split("\n", 1)[0]
    return first[:160]


@contextmanager
def heard() -> Iterator[list[str]]:
    """Collect warnings in plain words, each once; nothing is printed."""
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield said
    for warning in caught:
        if issubclass(warning.category, DeprecationWarning | FutureWarning | ImportWarning | ResourceWarning):
            continue
        words = in_words(f"{warning.category.__name__}: {warning.message}".removeprefix("UserWarning: "))
        if words and words not in said:
            said.append(words)


_pools: dict[int, Any] = {}
_pools_lock = threading.Lock()


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold the thread pools of BLAS and OpenMP to one thread: a fit per core is faster than a shared one."""
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    from hitl_widget.learners.registry import LEARNERS

    packages = {one.package for one in LEARNERS.known.values() if one.package} | {"sklearn", "scipy.linalg"}
    loaded = sum(name in sys.modules for name in packages)
    with _pools_lock:
        if loaded not in _pools:
            _pools[loaded] = ThreadpoolController()
        pools = _pools[loaded]
    with pools.limit(limits=1):
        yield
