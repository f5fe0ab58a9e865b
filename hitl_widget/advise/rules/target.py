"""Warnings about the target: rare classes, small classes, numbers cut off at a limit."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hitl_widget.advise.data_view import DataView, keep, listed, share
from hitl_widget.advise.rule import data_warning
from hitl_widget.data.cells import cell_text
from hitl_widget.domain.figures import plural
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity
from hitl_widget.domain.task import Kind

__all__ = ["capped", "imbalance", "tiny_classes"]

_RARE, _VERY_RARE = 0.1, 0.03


@data_warning(order=210)
def imbalance(view: DataView) -> Iterator[Safeguard]:
    """Say that a class is rare, and what the search does about it."""
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
        f"Accuracy is {share(most)} for a model that never says {view.task.classes[rare]}: choose another metric"
        if blind
        else f"Every fold has its share of each class and {metric.label} is what counts; no row is weighted or repeated"
    )
    advice = "roc_auc" if len(counts) == 2 else "balanced_accuracy"
    change = Answer(
        "metric",
        f"Use {advice} instead",
        {"type": "set_metric", "metric": advice},
        f"AutoMLSession(data, {view.task.target!r}, metric={advice!r})",
    )
    yield Safeguard(
        key="imbalance",
        rule="imbalance",
        severity=Severity.HIGH if blind else Severity.MEDIUM if part < _VERY_RARE else Severity.LOW,
        sentence=f"{view.task.classes[rare]} is rare: {share(part)} of the rows.",
        evidence=f"{counts[rare]:,} of {sum(counts):,} rows are {view.task.classes[rare]}. {done}.",
        remedy="Look at how many of the rare class are found, not at the share that is right.",
        answers=((change, keep("Keep the metric")) if blind else (keep("Understood"),)),
        numbers={"share": part, "rows": counts[rare]},
    )


_TINY, _FEW = 10, 30


@data_warning(order=200)
def tiny_classes(view: DataView) -> Iterator[Safeguard]:
    """Find classes of too few rows to learn and to check."""
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
        sentence=f"{listed(names, 3)} {'have' if len(names) > 1 else 'has'} too few rows to learn from and to check.",
        evidence=f"{names[0]} has {plural(int(counts[small[0]]), 'row')} to train on, about {each} in each fold.",
        remedy="Gather more of them, merge them with a class that is like them, or do not rely on them.",
        answers=(keep("Keep the classes"), Answer("merge", "I will merge them")),
        numbers={"rows": int(counts[small[0]]), "classes": len(small)},
    )


_CAP_SHARE = 0.01


@data_warning(order=180)
def capped(view: DataView) -> Iterator[Safeguard]:
    """Find a target that stands still at its greatest or least value."""
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
            sentence=f"{view.task.target} looks cut off at {value}.",
            evidence=(
                f"{rows:,} rows ({share(rows, len(view.y))}) have exactly {value}, its {'greatest' if at else 'least'} "
                f"value; of the 20 values beside it none has more than {int(beside.max()):,}."
            ),
            remedy="The true values lie beyond: leave these rows out, or do not trust predictions near the limit.",
            answers=(keep("It is a true limit: keep them"), Answer("rows", "I will leave these rows out")),
            numbers={"value": float(values[at]), "rows": rows},
        )
