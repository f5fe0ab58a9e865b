"""The rules, a file per subject. A function with a decorator of `hitl_widget.advise.rule` is all that a rule needs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import TypeVar

from hitl_widget.advise import rule
from hitl_widget.plugins import loaded_once

__all__ = ["data_rules", "nudge_rules", "result_rules"]

V = TypeVar("V")
F = TypeVar("F")


def nudge_rules() -> tuple[rule.NudgeRule, ...]:
    """Return every nudge, those of other packages too, in their order."""
    return _ordered(rule.NUDGES)


def data_rules() -> tuple[rule.DataRule, ...]:
    """Return every warning about the data, those of other packages too, in their order."""
    return _ordered(rule.DATA)


def result_rules() -> tuple[rule.ResultRule, ...]:
    """Return every warning about results, those of other packages too, in their order."""
    return _ordered(rule.RESULTS)


def _ordered(rules: Mapping[str, rule.Rule[V, F]]) -> tuple[rule.Rule[V, F], ...]:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    loaded_once("hitl_widget.rules")
    return tuple(sorted(rules.values(), key=lambda one: (one.order, one.name)))
