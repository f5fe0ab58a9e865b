"""The supervised task: target, columns and split."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hitl_widget.domain.objective import Metric

__all__ = ["Column", "Kind", "Role", "Split", "SplitScheme", "Task"]


_OWN = "your own folds"


class Kind(StrEnum):
    """The kind of a supervised task."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Role(StrEnum):
    """The role in which a column enters the models."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    DATE = "date"
    TEXT = "text"
    IGNORED = "ignored"


class SplitScheme(StrEnum):
    """The scheme that divides rows into folds."""

    STRATIFIED = "stratified"
    KFOLD = "kfold"
    GROUPED = "grouped"
    FORWARD = "forward"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its role and the reason for it.

    Parameters
    ----------
    name
        As in the table.
    role
        The role in which it enters the models.
    reason
        The reason ("numbers stored as text; 11 blank cells treated as missing").
    missing
        Missing cells after reading.
    distinct
        Distinct values after reading.
    given
        True if the user set the role.
    codes
        Values that the user marked as missing.
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
        The scheme that divides rows into folds.
    folds
        Number of folds, of all repeats.
    column
        The group column (grouped) or the time column (forward, given).
    groups
        The group column of folds that also have a time column, or that a person gave.
    repeats
        Number of times that the rows are shuffled and divided.
    gap
        Least distance in time between training and validation rows, in the unit of the time column or in seconds.
    gap_in_words
        The gap as a person gave it, for example ``"7 days"``.
    made_by
        The name of the splitter, or ``"your own folds"`` (given).
    parts
        Number of equal parts into which the rows would be cut for validation sets of this size; 0: `folds` / `repeats`.
    """

    scheme: SplitScheme
    folds: int
    column: str | None = None
    groups: str | None = None
    repeats: int = 1
    gap: float = 0.0
    gap_in_words: str = ""
    made_by: str = ""
    parts: int = 0

    def __post_init__(self) -> None:
        if not self.parts:
            object.__setattr__(self, "parts", max(1, self.folds // self.repeats))

    def resized(self, folds: int, parts: int = 0) -> Split:
        """Return the same split with another number of folds in each repeat."""
        return replace(self, folds=folds * self.repeats, parts=parts)

    def number_of(self, fold: int) -> int:
        """Return the number by which people know a fold, from 1.

        Folds that run forward in time are evaluated latest first, and numbered in time.

        Examples
        --------
        >>> Split(SplitScheme.FORWARD, 3, "day").number_of(0), Split(SplitScheme.KFOLD, 3).number_of(0)
        (3, 1)
        """
        return self.folds - fold if self.scheme is SplitScheme.FORWARD else fold + 1

    @property
    def asked_gap(self) -> str | float | None:
        """The gap as a person gives it: a number or a duration; None without one."""
        if not self.gap:
            return None
        return self.gap if self.gap_in_words == f"{self.gap:g}" else self.gap_in_words

    @property
    def group_column(self) -> str | None:
        """The column whose equal values stay together; None without groups."""
        return self.column if self.scheme is SplitScheme.GROUPED else self.groups

    @property
    def time_column(self) -> str | None:
        """The column that orders the rows; None if they have no order."""
        return None if self.scheme is SplitScheme.GROUPED else self.column


@dataclass(frozen=True, slots=True)
class Task:
    """A supervised task, derived from a table and a target.

    Parameters
    ----------
    target
        Name of the target column.
    kind
        Binary, multiclass or regression.
    metric
        The metric that the search optimizes.
    columns
        All columns but the target, in the order of the table.
    split
        The folds, over the rows outside the holdout.
    rows
        Rows with a target (training and holdout).
    holdout_rows
        Rows in the holdout, evaluated once at the end.
    dropped_rows
        Rows dropped because the target is missing.
    classes
        Class labels as text, by code; the positive class is the last of two; empty for regression.
    class_counts
        Rows per class, in the order of `classes`.
    positive
        The positive class as text (binary only).
    notes
        Sentences on how the table was read.
    target_offset, target_scale
        Mean and standard deviation of the target on the training rows (regression), for sizing and wording.
    target_skewed
        True if the target is non-negative with a long right tail, so that its logarithm suits linear models and
        networks.
    unused_rows
        Rows neither in the search nor in the holdout: a gap in time or groups keep them out.
    durations
        True if the target holds durations, which models learn in seconds.
    balance
        Ways to balance classes that the search tries, of `hitl_widget.domain.balance.BALANCES`.
    weights
        The weights of the rows in words: their column, or ``"your weights"``; "" if all rows count the same.
    monotone
        Columns with the direction in which predictions must move as they grow: 1 or -1.
    between
        The smallest and the largest possible prediction; None without limits.
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
    unused_rows: int = 0
    durations: bool = False
    balance: tuple[str, ...] = ()
    weights: str = ""
    monotone: tuple[tuple[str, int], ...] = ()
    between: tuple[float | None, float | None] | None = None

    @property
    def train_rows(self) -> int:
        """Number of rows used in cross-validation."""
        return self.rows - self.holdout_rows - self.unused_rows

    def columns_with(self, *roles: Role) -> tuple[Column, ...]:
        """Return the columns that have one of the roles."""
        return tuple(column for column in self.columns if column.role in roles)

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns that enter the models."""
        return tuple(column for column in self.columns if column.role is not Role.IGNORED)

    def split_in_words(self) -> str:
        """Return how scores are estimated, for example ``"5-fold cross-validation"``."""
        split = self.split
        repeated = f", repeated {split.repeats} times" if split.repeats > 1 else ""
        match split.scheme:
            case SplitScheme.GIVEN if split.made_by == _OWN:
                return f"{_OWN} ({split.folds})"
            case SplitScheme.GIVEN:
                return f"{split.folds} folds of {split.made_by}"
            case SplitScheme.GROUPED:
                return f"{split.parts}-fold cross-validation grouped by {split.column}{repeated}"
            case SplitScheme.FORWARD:
                gap = f" with a gap of {split.gap_in_words}" if split.gap else ""
                apart = f" and grouped by {split.groups}" if split.groups else ""
                return f"{split.folds} folds forward in time by {split.column}{gap}{apart}"
            case _:
                return f"{split.parts}-fold cross-validation{repeated}"

    def sentence(self) -> str:
        """Return the task in one sentence."""
        subject = {
            Kind.BINARY: f"Binary classification of {self.target}",
            Kind.MULTICLASS: f"Classification of {self.target} into {len(self.classes)} classes",
            Kind.REGRESSION: f"Regression of {self.target}",
        }[self.kind]
        facts = f"{self.rows:,} rows, {len(self.used)} of {len(self.columns)} columns in use"
        if self.kind is Kind.BINARY and self.positive is not None:
            share = self.class_counts[self.classes.index(self.positive)] / max(sum(self.class_counts), 1)
            facts += f", {100 * share:.2g}% with {self.target} = {self.positive}"
        weighted = f", rows weighted by {self.weights}" if self.weights else ""
        return f"{subject}, {facts}; {self.metric.label} by {self.split_in_words()}{weighted}."
