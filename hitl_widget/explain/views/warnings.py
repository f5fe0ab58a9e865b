"""View "Did the fit raise warnings?": each warning, its meaning and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hitl_widget.domain.figures import plural
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.options import TRIAL
from hitl_widget.explain.phrases import listed
from hitl_widget.explain.record import Record
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "warnings_in_words"]


def compute(source: Record) -> View:
    """Return the view of the trial."""
    return warnings_in_words(source.trial, source.labels)


@dataclass(frozen=True, slots=True)
class _Advice:
    """The meaning of a warning, and its remedy."""

    means: str
    helps: str


_ADVICE = {
    "Stopped before it settled.": _Advice(
        "the fit reached its limit of iterations before it converged",
        "stronger regularization or more iterations usually help",
    ),
    "Columns nearly repeat each other.": _Advice(
        "single coefficients mean little, predictions rarely suffer",
        "leave out one of these columns, or regularize more",
    ),
    "Numbers grew too large or too small on the way.": _Advice(
        "its scores may be worse than necessary", "a smaller learning rate or stronger regularization usually helps"
    ),
    "Some columns have few distinct values.": _Advice(
        "quantiles repeat, which does no harm", "nothing needs to be done"
    ),
    "Some categories were not seen in training.": _Advice(
        "rare categories occur in some folds only and are treated as unknown",
        "nothing needs to be done, or merge rare categories",
    ),
    "A class has very few rows.": _Advice(
        "results for that class are based on a handful of rows", "more rows of that class help most"
    ),
    "Took longer than its share of the budget.": _Advice(
        "the fit was cut short or finished late", "a longer budget or a smaller model helps"
    ),
}


def warnings_in_words(trial: Trial, labels: Mapping[str, str] | None = None) -> View:
    """Return the warnings of the libraries, with their meaning and remedy.

    Parameters
    ----------
    trial
        The trial.
    labels
        Display names of families.

    Returns
    -------
    View
        ``warnings``: warning, folds (how many said so), of (folds), means, helps.
    """
    counts: dict[str, int] = {}
    for fold in trial.folds:
        for said in dict.fromkeys(fold.warnings):
            counts[said] = counts.get(said, 0) + 1
    ranked = sorted(counts.items(), key=lambda item: -item[1])
    rows: list[dict[str, Any]] = []
    for said, count in ranked:
        advice = _ADVICE.get(said)
        means, helps = (advice.means, advice.helps) if advice is not None else ("", "")
        rows.append({"warning": said, "folds": count, "of": len(trial.folds), "means": means, "helps": helps})
    name = (labels or {}).get(trial.family, trial.family)
    if trial.state is TrialState.FAILED and trial.problem is not None:
        sentences: tuple[str, ...] = (f"The trial failed: {trial.problem.message}",)
    elif not rows:
        sentences = (f"No: {name} was fitted on {plural(len(trial.folds), 'fold')} without a warning.",)
    else:
        top = rows[0]
        first = f"On {top['folds']} of {plural(top['of'], 'fold')}: “{top['warning']}”"
        advice = _ADVICE.get(str(top["warning"]))
        sentences = (f"{first} This means that {advice.means}; {advice.helps}." if advice is not None else first,)
        if len(rows) > 1:
            others = [f"“{row['warning']}”" for row in rows[1:]]
            sentences += (f"Also: {listed(others)}",)
    return VIEW.answer(sentences, {"warnings": rows}, about={"trial": trial.number, "family": trial.family})


VIEW = ViewDefinition(
    name="warnings",
    level=Level.ALGORITHM,
    question="Did the fit raise warnings?",
    summary="Return the warnings of the fit in plain words, with their meaning and remedy.",
    options=(TRIAL,),
    worker=False,
    compute=compute,
    concept=Concept(
        "convergence",
        "Warnings of a fit",
        "Some models search for their solution step by step and may stop before they reach it. That need not harm "
        "the score, but more iterations, scaled numbers or stronger regularization usually fix it.",
    ),
)
