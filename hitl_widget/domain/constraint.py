"""Constraints: limits on objectives, and allowed families."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hitl_widget.domain.objective import Source, value_of
from hitl_widget.domain.space import FAMILY
from hitl_widget.domain.trial import Trial
from hitl_widget.errors import CommandError

__all__ = ["Constraint"]

_SIGN_AND_LIMIT = r"\s*(<=|>=|<|>)\s*([-+0-9.,eE_]+)\s*$"
_LIMIT = re.compile(rf"^\s*([^<>=]+?){_SIGN_AND_LIMIT}")
_LIMIT_ON_COLUMN = re.compile(rf"^\s*(\w+:.+?){_SIGN_AND_LIMIT}", re.DOTALL)  # a column may be called anything
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")
_FAMILIES = re.compile(r"^\s*family\s+in\s+(.+?)\s*$")
_HOW = "Write a limit such as 'predict_ms < 5' or 'roc_auc >= 0.8', or 'family in linear, lightgbm'"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A hard or soft constraint on a model.

    Parameters
    ----------
    about
        Name of an objective, or ``"family"``.
    op
        ``"<"``, ``"<="``, ``">"`` or ``">="``; ``"in"`` for families.
    limit
        The limit, in displayed values (an RMSE of 30, not a score of -30).
    families
        The allowed families.
    hard
        True: a model that violates it is never recommended. False: violating it lowers a model's rank.
    source, sign
        Source of the objective's values, and the sign in which they are displayed.

    Examples
    --------
    >>> rule = Constraint.parse("predict_ms < 5")
    >>> rule.about, rule.op, rule.limit, rule.text
    ('predict_ms', '<', 5.0, 'predict_ms < 5')
    >>> Constraint.parse("family in linear, lightgbm").families
    ('linear', 'lightgbm')
    """

    about: str
    op: str
    limit: float = 0.0
    families: tuple[str, ...] = ()
    hard: bool = True
    source: Source = Source.MODEL
    sign: int = 1

    @classmethod
    def parse(cls, text: object, hard: bool = True) -> Constraint:
        """Parse a constraint from text.

        Raises
        ------
        CommandError
            If the text is not a constraint.
        """
        if not isinstance(text, str) or len(text) > 500:
            raise CommandError(f"A constraint must be a string; got {text!r:.100}. {_HOW}.")
        among = _FAMILIES.match(text)
        if among:
            names = tuple(name.strip(" '\"") for name in among[1].strip("[](){}").split(","))
            if not all(names):
                raise CommandError(f"A constraint on the family must list families; got {text!r}. {_HOW}.")
            return cls(FAMILY, "in", families=names, hard=hard)
        found = _LIMIT.match(text) or _LIMIT_ON_COLUMN.match(text)
        if found is None:
            raise CommandError(f"The constraint {text!r} cannot be parsed. {_HOW}.")
        if "," in found[3] and not _THOUSANDS.fullmatch(found[3]):
            raise CommandError(f"A limit needs a decimal point instead of a comma; got {text!r}. {_HOW}.")
        try:
            limit = float(found[3].replace("_", "").replace(",", ""))
        except ValueError:
            limit = math.nan
        if not math.isfinite(limit):
            raise CommandError(f"The limit of a constraint must be a number; got {text!r}. {_HOW}.")
        return cls(found[1], found[2], limit, hard=hard)

    @property
    def text(self) -> str:
        """The constraint as text."""
        if self.op == "in":
            return f"{FAMILY} in {', '.join(self.families)}"
        name = self.about.removeprefix("neg_") if self.sign < 0 else self.about  # the limit is a displayed value
        return f"{name} {self.op} {self.limit:.12g}"

    @property
    def side(self) -> str:
        """``"at most"``, ``"at least"`` or ``"one of"``."""
        return {"<": "at most", "<=": "at most", "in": "one of"}.get(self.op, "at least")

    def on(self, name: str, source: Source, sign: int) -> Constraint:
        """Return the constraint with its objective resolved."""
        return replace(self, about=name, source=source, sign=sign)

    def value(self, trial: Trial) -> float | None:
        """Return the value compared with the limit, or None if unknown."""
        value = value_of(trial, self.about, self.source)
        return None if value is None else self.sign * value

    def violation(self, trial: Trial) -> float | None:
        """Return the size of a complete trial's violation, in the unit of the limit; 0 if satisfied.

        None if unknown. A family that is not allowed counts as a violation of 1.
        """
        if self.op == "in":
            return 0.0 if trial.family in self.families else 1.0
        value = self.value(trial)
        if value is None:
            return None
        kept = {"<": value < self.limit, "<=": value <= self.limit, ">": value > self.limit}.get(
            self.op, value >= self.limit
        )
        return 0.0 if kept else max(abs(value - self.limit), 1e-12)

    def as_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        body: dict[str, Any] = {"about": self.about, "op": self.op, "hard": self.hard}
        if self.op == "in":
            return {**body, "families": list(self.families)}
        return {**body, "limit": self.limit, "source": str(self.source), "sign": self.sign}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Constraint:
        """Read a constraint from its JSON form."""
        return cls(
            str(data["about"]),
            str(data["op"]),
            float(data.get("limit", 0.0)),
            tuple(map(str, data.get("families", ()))),
            bool(data["hard"]),
            Source(data.get("source", "model")),
            int(data.get("sign", 1)),
        )
