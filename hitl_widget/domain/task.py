"""What is to be learnt: the task, its columns and its split."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hitl_widget.domain.objective import Metric

__all__ = ["Column", "Kind", "Role", "Split", "SplitScheme", "Task"]


class Kind(StrEnum):
    """The kind of a supervised task."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Role(StrEnum):
    """How a column enters the models."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    DATE = "date"
    TEXT = "text"
    IGNORED = "ignored"


class SplitScheme(StrEnum):
    """How rows are divided into folds."""

    STRATIFIED = "stratified"
    KFOLD = "kfold"
    GROUPED = "grouped"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its role and the reason for it.

    Parameters
    ----------
    name
        As in the table.
    role
        How it enters the models.
    reason
        Why, in words ("text that reads as numbers; 11 blanks become missing").
    missing
        Missing cells after reading.
    distinct
        Distinct values after reading.
    given
        True when the person set the role.
    codes
        Values that stand for a missing cell, as the person said.
    """

    name: str
    role: Role
    reason: str
    missing: int = 0
    distinct: int = 0
    given: bool = False
    codes: tuple[str | float, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """The folds of cross-validation.

    Parameters
    ----------
    scheme
        How rows are divided.
    folds
        Number of folds.
    column
        The group column (grouped) or the time column (forward).
    """

    scheme: SplitScheme
    folds: int
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A supervised task as understood from a table and a target.

    Parameters
    ----------
    target
        Name of the target column.
    kind
        Binary, multiclass or regression.
    metric
        What is optimised.
    columns
        All columns but the target, in the order of the table.
    split
        The folds, over the rows outside the holdout.
    rows
        Rows with a target (training and holdout).
    holdout_rows
        Rows kept aside, measured once at the end.
    dropped_rows
        Rows left out because their target was missing.
    classes
        Class labels as text, by code: of two classes the positive one is the last; empty for regression.
    class_counts
        Rows per class, in the order of `classes`.
    positive
        The positive class as text (binary only).
    notes
        Sentences about what was done to the table.
    target_offset, target_scale
        Mean and standard deviation of the target on the training rows (regression), for sizing and wording.
    target_skewed
        True when the target is never negative and has a long tail to the right, so that its logarithm suits
        linear models and networks.
    """

    target: str
    kind: Kind
    metric: Metric
    columns: tuple[Column, ...]
    split: Split
    rows: int
    holdout_rows: int = 0
    dropped_rows: int = 0
    classes: tuple[str, ...] = ()
    class_counts: tuple[int, ...] = ()
    positive: str | None = None
    notes: tuple[str, ...] = ()
    target_offset: float = 0.0
    target_scale: float = 1.0
    target_skewed: bool = False

    @property
    def train_rows(self) -> int:
        """Rows that cross-validation uses."""
        return self.rows - self.holdout_rows

    def columns_with(self, *roles: Role) -> tuple[Column, ...]:
        """Return the columns that have one of the roles."""
        return tuple(column for column in self.columns if column.role in roles)

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns that enter the models."""
        return tuple(column for column in self.columns if column.role is not Role.IGNORED)

    def split_in_words(self) -> str:
        """Say how scores are estimated, for example ``"5-fold cross-validation"``."""
        folds = self.split.folds
        match self.split.scheme:
            case SplitScheme.GROUPED:
                return f"{folds} folds that keep each {self.split.column} together"
            case SplitScheme.FORWARD:
                return f"{folds} folds forward in time by {self.split.column}"
            case _:
                return f"{folds}-fold cross-validation"

    def sentence(self) -> str:
        """Say in one sentence what was understood."""
        subject = {
            Kind.BINARY: f"Binary classification of {self.target}",
            Kind.MULTICLASS: f"Classification of {self.target} into {len(self.classes)} classes",
            Kind.REGRESSION: f"Regression of {self.target}",
        }[self.kind]
        facts = f"{self.rows:,} rows, {len(self.used)} of {len(self.columns)} columns in use"
        if self.kind is Kind.BINARY and self.positive is not None:
            share = self.class_counts[self.classes.index(self.positive)] / max(sum(self.class_counts), 1)
            facts += f", {100 * share:.2g} % {self.positive}"
        return f"{subject}, {facts}; {self.metric.label} by {self.split_in_words()}."
