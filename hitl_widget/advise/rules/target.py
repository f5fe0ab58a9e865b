"""Warnings about the target: rare classes, small classes, numbers cut off at a limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hitl_widget.advise.data_view import DataView, balance, drop_rows, keep, listed, share, use_metric
from hitl_widget.advise.drawings import counted, target_column, target_counts
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.cells import cell_text
from hitl_widget.data.scorers import near_zero
from hitl_widget.domain.figures import plural
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind

__all__ = ["capped", "imbalance", "percentage_error", "tiny_classes"]

_RARE, _VERY_RARE = 0.1, 0.03


def _draw_imbalance(view: DataView, _found: Safeguard) -> Illustration:
    """Draw the rows of each class, the rarest marked."""
    return target_counts(view, (view.task.classes[int(np.argmin(view.task.class_counts))],))


@data_warning(order=210, draw=_draw_imbalance)
def imbalance(view: DataView) -> Iterator[Safeguard]:
    """Find a rare class, and say what the search does about it."""
    counts = view.task.class_counts
    if not counts:
        return
    rare = int(np.argmin(counts))
    part = counts[rare] / sum(counts)
    if part >= min(_RARE, 0.5 / len(counts)):
        return
    metric = view.task.metric
    blind = metric.scorer == "accuracy"
    most = max(counts) / sum(counts)
    done = (
        f"A model that never predicts {view.task.classes[rare]} has an accuracy of {share(most)}"
        if blind
        else f"Folds are stratified by class, and models are compared by {metric.label}; "
        + ("the search tries to balance the classes" if view.task.balance else "rows have equal weight")
    )
    advice = "roc_auc" if len(counts) == 2 else "balanced_accuracy"
    change = use_metric(advice)
    balanced = () if view.task.balance else (balance(metric),)
    why = "Keep accuracy, all errors cost the same" if blind else "Leave the classes as they are"
    yield Safeguard(
        key="imbalance",
        rule="imbalance",
        severity=Severity.HIGH if blind else Severity.MEDIUM if part < _VERY_RARE else Severity.LOW,
        sentence=(
            f"Class imbalance: only {share(part)} of the rows have {view.task.target} = {view.task.classes[rare]}."
        ),
        evidence=(
            f"{counts[rare]:,} of {sum(counts):,} rows have {view.task.target} = {view.task.classes[rare]}. {done}."
        ),
        remedy="Use a metric that reflects the rare class, and check how many of its rows the model finds."
        if blind
        else "Check how many rows of the rare class the model finds; balanced classes may help to find more.",
        answers=(*([change] if blind else []), *balanced, keep(why)),
        numbers={"share": part, "rows": counts[rare]},
    )


def _draw_near_zero(view: DataView, found: Safeguard) -> Illustration:
    """Draw the distribution of the target, the rows nearest to 0 marked."""
    rows = int(found.numbers["rows"])
    nearest = np.zeros(len(view.y), bool)
    nearest[np.argsort(np.abs(view.y), kind="stable")[:rows]] = True
    return counted(target_column(view), nearest, "0 or close to it")


@data_warning(order=205, draw=_draw_near_zero)
def percentage_error(view: DataView) -> Iterator[Safeguard]:
    """Find a percentage error that a few rows decide, because the target is 0 or close to it there."""
    task = view.task
    rows = near_zero(task.metric, view.y) if task.kind is Kind.REGRESSION else 0
    if not rows:
        return
    change = use_metric("neg_mean_absolute_error")
    yield Safeguard(
        key="percentage_error",
        rule="percentage_error",
        severity=Severity.HIGH,
        sentence=f"{plural(rows, 'row')} with the smallest {task.target} decide the percentage error alone.",
        evidence=(
            f"The mean absolute percentage error divides by {task.target}, which is 0 or close to it in {rows:,} of "
            f"{len(view.y):,} rows ({share(rows, len(view.y))})."
        ),
        remedy="Use a metric that does not divide by the target, or leave out these rows.",
        answers=(change, keep("Keep it, these rows matter most")),
        numbers={"rows": rows},
    )


_TINY, _FEW = 10, 30


def _draw_tiny(view: DataView, _found: Safeguard) -> Illustration:
    """Draw the rows of each class, those with too few marked."""
    counts = np.bincount(view.y[view.train], minlength=len(view.task.classes))
    return target_counts(view, (view.task.classes[i] for i in np.flatnonzero(counts < _FEW)))


@data_warning(order=200, draw=_draw_tiny)
def tiny_classes(view: DataView) -> Iterator[Safeguard]:
    """Find classes with too few rows to train and validate on."""
    if not view.task.classes:
        return
    counts = np.bincount(view.y[view.train], minlength=len(view.task.classes))
    small = [i for i in np.argsort(counts, kind="stable") if counts[i] < _FEW]
    if not small:
        return
    names = [view.task.classes[i] for i in small]
    each = max(1, int(counts[small[0]]) // max(view.task.split.folds, 1))
    yield Safeguard(
        key="tiny_classes",
        rule="tiny_classes",
        severity=Severity.HIGH if counts[small[0]] < _TINY else Severity.MEDIUM,
        sentence=f"Too few rows of {listed(names, 3)} to train and validate on.",
        evidence=f"{names[0]} has {plural(int(counts[small[0]]), 'row')} for training, about {each} in each fold.",
        remedy="Collect more rows, merge the class with a similar one, or do not rely on its predictions.",
        answers=(keep("Keep the classes, their scores are not needed"), _merged(view.task.target, names)),
        numbers={"rows": int(counts[small[0]]), "classes": len(small)},
    )


def _merged(target: str, names: Sequence[str]) -> Answer:
    """Return the answer that shows how to merge classes."""
    merged = dict.fromkeys(names[:5], "other")
    code = f"data[{target!r}] = data[{target!r}].replace({merged!r})"
    return Answer("merge", "Show how to merge the classes", None, code)


_CAP_SHARE = 0.01


def _draw_capped(view: DataView, found: Safeguard) -> Illustration:
    """Draw the distribution of the target, the rows at the cap marked."""
    value = found.numbers["value"]
    return counted(target_column(view), view.y == value, f"exactly {cell_text(value)}")


@data_warning(order=180, draw=_draw_capped)
def capped(view: DataView) -> Iterator[Safeguard]:
    """Find a target that is capped at its largest or smallest value."""
    if view.task.kind is not Kind.REGRESSION:
        return
    values, counts = np.unique(view.y, return_counts=True)
    if len(values) < 30:
        return
    for side, at, beside in (("most", -1, counts[-21:-1]), ("least", 0, counts[1:21])):
        rows = int(counts[at])
        if rows < max(10, _CAP_SHARE * len(view.y)) or rows < 5 * beside.max() or (at == 0 and values[0] == 0):
            continue
        value = cell_text(values[at])
        yield Safeguard(
            key=f"capped:{side}",
            rule="capped",
            severity=Severity.MEDIUM,
            sentence=f"{view.task.target} looks capped at {value}.",
            evidence=(
                f"{rows:,} rows ({share(rows, len(view.y))}) have exactly {value}, the "
                f"{'largest' if at else 'smallest'} value; none of the 20 neighboring values has more than "
                f"{plural(int(beside.max()), 'row')}."
            ),
            remedy=(
                "Leave out these rows if the true values lie beyond the cap, or do not rely on predictions near the "
                "cap."
            ),
            answers=(
                keep("Keep them, the limit is real"),
                drop_rows("rows", "Leave out these rows", f"`{view.task.target}` == {float(values[at])!r}"),
            ),
            numbers={"value": float(values[at]), "rows": rows},
        )
