"""Curves of models and audits of groups, from stored predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from hitl_widget.domain.figures import plural
from hitl_widget.domain.objective import metric_named
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.task import Kind
from hitl_widget.domain.trial import TrialState
from hitl_widget.errors import CommandError
from hitl_widget.explain.wording import points
from hitl_widget.session.results import audit, truth_and_predictions
from hitl_widget.widget.requests import request

if TYPE_CHECKING:
    from hitl_widget.explain.fairness import Audit, GroupFigures
    from hitl_widget.session.runtime import Runtime


__all__ = ["AuditInfo", "Curve", "GroupInfo", "PictureInfo", "PictureKind", "Pictures", "checked_numbers"]


PictureKind = Literal["roc", "calibration", "residuals"]


class Curve(TypedDict):
    number: int
    points: list[list[float]]
    """roc: [false positive rate, true positive rate]; calibration: [predicted, observed, low, high, rows];
    residuals: [predicted, error]."""


class PictureInfo(TypedDict):
    kind: PictureKind
    x: str
    y: str
    sentence: str
    curves: list[Curve]


class GroupInfo(TypedDict):
    label: str
    rows: int
    share: float
    small: bool
    """True if it has too few rows for reliable figures."""
    figures: list[list[float | None]]
    """For each of `AuditInfo.figures`: [value, low, high]."""


class AuditInfo(TypedDict):
    """The audit of a model by the groups of a column: figures and a sentence, never a verdict."""

    column: str
    number: int
    figures: list[str]
    """Labels of the figures for each group; the first is the metric."""
    groups: list[GroupInfo]
    sentence: str
    notes: list[str]


class Pictures:
    """Answers requests about the stored predictions of trials."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    @request("picture", beside=True)
    def picture(self, state: SessionState, numbers: list[int], kind: PictureKind) -> PictureInfo:
        """Return the curves of one or two trials, from their out-of-fold predictions."""
        return picture_info(self._runtime, checked_numbers(state, numbers, 1, 2), kind)

    @request("audit", beside=True)
    def audit(self, state: SessionState, number: int, column: str) -> AuditInfo:
        """Return the audit of a trial's model by the groups of a column."""
        (found,) = checked_numbers(state, [number], 1, 1)
        return audit_info(self._runtime, found, column)


def checked_numbers(state: SessionState, given: Sequence[int], least: int, most: int) -> list[int]:
    """Return the numbers of complete trials without duplicates.

    Raises
    ------
    CommandError
        If there are too few or too many, or one is not the number of a complete trial.
    """
    if not least <= len(given) <= most:
        raise CommandError(f"Give the numbers of {least} to {most} trials; got {given!r:.100}.")
    for one in given:
        if not 0 <= one < len(state.trials):
            raise CommandError(f"There is no trial {one!s:.40}; there are {plural(len(state.trials), 'trial')}.")
        if state.trials[one].state is not TrialState.COMPLETE:
            raise CommandError(f"Trial {one} is {state.trials[one].state}; only complete trials have predictions.")
    return list(dict.fromkeys(given))


def picture_info(runtime: Runtime, numbers: Sequence[int], kind: PictureKind) -> PictureInfo:
    """Return curves of trials, from their out-of-fold predictions."""
    regression = runtime.task.kind is Kind.REGRESSION
    if kind == "residuals" and regression:
        return _residuals(runtime, numbers)
    if kind == "roc" and not regression:
        return _roc(runtime, numbers)
    if kind == "calibration" and not regression:
        return _calibration(runtime, numbers)
    known = "residuals" if regression else "roc and calibration"
    raise CommandError(f"The charts of this task are {known}; got {kind!r:.40}.")


def _roc(runtime: Runtime, numbers: Sequence[int]) -> PictureInfo:
    from hitl_widget.explain.pictures import roc_points

    curves: list[Curve] = []
    areas = []
    for one in numbers:
        y, predictions = truth_and_predictions(runtime, one)
        found = roc_points(y, predictions)
        if found is not None:
            points = [list(pair) for pair in zip(found.false_positive_rate, found.true_positive_rate, strict=True)]
            curves.append({"number": one, "points": _rounded(points)})
            areas.append(f"#{one} {found.area:.3f}")
    return {
        "kind": "roc",
        "x": "false positive rate",
        "y": "true positive rate",
        "sentence": f"Area under the curve: {', '.join(areas)}; higher and further left is better.",
        "curves": curves,
    }


def _calibration(runtime: Runtime, numbers: Sequence[int]) -> PictureInfo:
    from hitl_widget.explain.pictures import calibration_points

    curves: list[Curve] = []
    for one in numbers:
        y, predictions = truth_and_predictions(runtime, one)
        found = calibration_points(y, predictions)
        points = [[p.predicted, p.share, p.low, p.high, float(p.rows)] for p in found]
        curves.append({"number": one, "points": _rounded(points)})
    return {
        "kind": "calibration",
        "x": "predicted probability",
        "y": "observed frequency",
        "sentence": "On the diagonal, predicted probabilities match the observed frequencies.",
        "curves": curves,
    }


def _residuals(runtime: Runtime, numbers: Sequence[int]) -> PictureInfo:
    from hitl_widget.explain.pictures import residual_points

    curves: list[Curve] = []
    for one in numbers:
        found = residual_points(*truth_and_predictions(runtime, one))
        points = [list(pair) for pair in zip(found.prediction, found.residual, strict=True)]
        curves.append({"number": one, "points": _rounded(points)})
    return {
        "kind": "residuals",
        "x": f"predicted {runtime.task.target}",
        "y": "error",
        "sentence": "Errors should scatter evenly around zero; a bend or a funnel shows where a model fails.",
        "curves": curves,
    }


def _rounded(points: list[list[float]]) -> list[list[float]]:
    return [[float(f"{value:.4g}") for value in point] for point in points]


def audit_info(runtime: Runtime, number: int, column: str) -> AuditInfo:
    """Return the audit of a trial by the groups of a column."""
    found = audit(runtime, column, number)
    names = _figures(runtime)
    return {
        "column": column,
        "number": number,
        "figures": names,
        "groups": [_group(one, runtime) for one in found.groups],
        "sentence": found.sentence,
        "notes": [*_notes(found), *_about_mean_error(runtime)],
    }


def _figures(runtime: Runtime) -> list[str]:
    task = runtime.task
    if task.kind is Kind.BINARY:
        return [task.metric.label, "selection rate", "true positive rate", "false positive rate"]
    return [task.metric.label, "mean error"] if task.kind is Kind.REGRESSION else [task.metric.label]


def _about_mean_error(runtime: Runtime) -> list[str]:
    if runtime.task.kind is not Kind.REGRESSION:
        return []
    return ["Mean error: above 0, the model predicts too much in the group on average; below 0, too little."]


def _group(one: GroupFigures, runtime: Runtime) -> GroupInfo:
    sign = runtime.task.metric.sign if one.scorer == runtime.task.metric.scorer else metric_named(one.scorer).sign
    figures = [_interval(one.score, sign)]
    if runtime.task.kind is Kind.BINARY:
        figures += [_interval(x) for x in (one.selection_rate, one.true_positive_rate, one.false_positive_rate)]
    elif runtime.task.kind is Kind.REGRESSION:
        figures.append(_interval(one.mean_error))
    return {
        "label": one.label,
        "rows": one.rows,
        "share": round(one.share, 4),
        "small": one.small,
        "figures": figures,
    }


def _interval(found: Any, sign: int = 1) -> list[float | None]:
    if found is None:
        return [None, None, None]
    ends = sorted((sign * found.low, sign * found.high))
    return [float(f"{value:.4g}") for value in (sign * found.value, *ends)]


def _notes(found: Audit) -> list[str]:
    notes = []
    small = [one for one in found.groups if one.small]
    if small:
        rows = ", ".join(f"{one.label} ({plural(one.rows, 'row')})" for one in small)
        notes.append(f"Too few rows for reliable figures: {rows}.")
    few = [one.label for one in found.groups if one.few_cases and not one.small]
    if few:
        notes.append(f"Too few cases for reliable error rates: {', '.join(few)}.")
    other = (
        {metric_named(one.scorer).label for one in found.groups} if len({o.scorer for o in found.groups}) > 1 else ()
    )
    if other:
        notes.append(f"Some groups contain only one class, so the scores mix {' and '.join(sorted(other))}.")
    notes += [
        f"The largest difference in {one.of} is {points(one.value)}, between “{one.high}” and “{one.low}”"
        f"{'; the intervals overlap' if one.overlap else ''}."
        for one in (found.demographic_parity, found.equalised_odds)
        if one is not None
    ]
    return notes
