"""The success criterion of a person: a sentence such as "at least 0.8 recall at 5% false alarms", read and checked."""

from __future__ import annotations

import re

from hitl_widget.data.scorers import BINARY, CLASSES, NUMBERS, checked_metric
from hitl_widget.domain.objective import METRICS, metric_named
from hitl_widget.domain.success import CURVES, RATES, Rate, Success
from hitl_widget.domain.task import Kind, Task
from hitl_widget.errors import DataError

__all__ = ["read_success"]

_NUMBER = r"(?P<{0}>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*(?P<{0}_percent>%|percent)?"
_LEAST = r"(?:>=|≥|>|at least|no less than|over|above|min(?:imum)?)"
_MOST = r"(?:<=|≤|<|at most|no more than|under|below|max(?:imum)?)"
_SIDE = rf"(?P<side>{_LEAST}|{_MOST})"
_NAME = r"(?P<name>[^\W\d][\w ²^()'-]*?)"
_FORMS = (
    re.compile(rf"{_SIDE}\s*{_NUMBER.format('value')}\s*{_NAME}", re.IGNORECASE),
    re.compile(rf"{_NAME}\s*(?:of\s+|is\s+)?{_SIDE}\s*{_NUMBER.format('value')}", re.IGNORECASE),
)
_AT = (
    re.compile(rf"(?:{_MOST}|{_LEAST})?\s*{_NUMBER.format('value')}\s*{_NAME}", re.IGNORECASE),
    re.compile(rf"{_NAME}\s*(?:of\s+)?(?:{_MOST}|{_LEAST}|=)?\s*{_NUMBER.format('value')}", re.IGNORECASE),
)
_LABELS = {one.label.lower(): one.scorer for one in METRICS.values()}
_HOW = (
    'success= must be a sentence such as "ROC AUC at least 0.85", "RMSE at most 10" or '
    '"at least 0.8 recall at 5% false alarms"'
)


def read_success(text: object, task: Task) -> Success:
    """Return the success criterion in a sentence.

    Parameters
    ----------
    text
        A metric, "at least" or "at most" (or a sign such as ``>=``), and a number; for two classes also a rate at
        another one: recall at false alarms or at a precision, precision at a recall. Where a metric is at most 1, 90
        means 90%.
    task
        The task, which decides which metrics there are.

    Raises
    ------
    DataError
        If it cannot be read, or does not suit the task.

    Examples
    --------
    >>> from hitl_widget.domain.task import Split, SplitScheme
    >>> task = Task("y", Kind.BINARY, metric_named("roc_auc"), (), Split(SplitScheme.STRATIFIED, 5), 100)
    >>> read_success("at least 0.8 recall at 5 % false alarms", task).in_words()
    'recall of at least 0.8 at 5% false alarms'
    """
    if not isinstance(text, str) or not text.strip():
        raise DataError(f"{_HOW}; got {text!r:.60}.")
    plain = " ".join(text.strip().rstrip(".").split())
    main, _, condition = re.sub(r"\bat (?=least|most)", "at_", plain, flags=re.IGNORECASE).partition(" at ")
    main, condition = (one.replace("at_", "at ") for one in (main, condition))
    found = _matched(main, _FORMS)
    if found is None:
        raise DataError(f"{_HOW}; {plain!r:.80} was not understood.")
    name, value = found["name"].strip(), _value(found)
    least = re.fullmatch(_LEAST, found["side"], re.IGNORECASE) is not None
    if condition:
        return _rate(plain, name, value, least, condition, task)
    rate = _rate_named(name)
    name = _LABELS.get(name.lower(), name)
    own = task.metric.code is not None and name.lower() in (task.metric.label.lower(), task.metric.scorer.lower())
    known = own or metric_named(name).scorer in BINARY | CLASSES | NUMBERS
    if rate is not None and not known:
        raise DataError(
            f"{name!r} depends on the threshold: state two rates, for example 'at least 0.8 recall at 5% false alarms'."
        )
    if not known:
        raise DataError(f"{_HOW}; there is no metric {name!r:.60}.")
    metric = task.metric if own else checked_metric(name, task.kind)
    if least != (metric.sign > 0):
        better = "at least" if metric.sign > 0 else "at most"
        raise DataError(f"{metric.label} is better the {'higher' if metric.sign > 0 else 'lower'}: say '{better}'.")
    if (
        metric.code is None
        and (metric.sign > 0 or metric.scorer == "neg_brier_score")
        and metric.scorer not in _UNBOUNDED
    ):
        value = _share(value, metric.label, plain)
    return Success(plain, metric.scorer, metric.label, metric.sign, value)


def _rate(text: str, name: str, value: float, least: bool, condition: str, task: Task) -> Success:
    """Return a criterion on a curve of thresholds."""
    rate, given = _rate_named(name), _matched(re.sub(r"^an? ", "", condition), _AT)
    at = None if given is None else _rate_named(given["name"].strip())
    if rate is None or at is None or given is None or (rate, at) not in CURVES:
        allowed = "; ".join(f"{RATES[a]} at {RATES[b]}" for a, b in CURVES)
        raise DataError(f"{_HOW}. Two rates go together as: {allowed}; got {text!r:.80}.")
    if task.kind is not Kind.BINARY:
        raise DataError(f"Rates such as {name} need two classes. Name one metric, for example '{task.metric.label}'.")
    if not least:
        raise DataError(f"{RATES[rate].capitalize()} is better the higher: say 'at least'.")
    value = _share(value, name, text)
    bound = _share(_value(given), given["name"].strip(), text)
    return Success(text, rate, RATES[rate], 1, value, at, bound)


_UNBOUNDED = frozenset({"positive_likelihood_ratio"})
_LEAST_PERCENT = 10
"""A number from here on, for a value between 0 and 1, is a percentage; smaller ones may be a slip."""


def _share(value: float, name: str, text: str) -> float:
    """Return a value between 0 and 1; 90 means 90%."""
    if value <= 1:
        return value
    if _LEAST_PERCENT <= value <= 100:
        return value / 100
    raise DataError(
        f"{name} must lie between 0 and 1 (or 0% and 100%); got {value:g} in {text!r:.80}. Say {value / 100:g} or "
        f"{value:g}% if you mean that."
    )


def _rate_named(name: str) -> Rate | None:
    plain = re.sub(r"[\s_-]+", " ", name.lower()).strip()
    names: dict[str, Rate] = {
        **dict.fromkeys(("recall", "sensitivity", "tpr", "true positive rate", "hit rate"), "recall"),
        **dict.fromkeys(("precision", "ppv"), "precision"),
        **dict.fromkeys(("false alarms", "false alarm rate", "fpr", "false positive rate", "fall out"), "false_alarms"),
    }
    return names.get(plain)


def _matched(text: str, forms: tuple[re.Pattern[str], ...]) -> re.Match[str] | None:
    found = (form.fullmatch(text.strip()) for form in forms)
    return next((one for one in found if one is not None), None)


def _value(found: re.Match[str]) -> float:
    return float(found["value"].replace(",", "")) / (100 if found["value_percent"] else 1)
