"""The glossary: each term of the dashboard, of Python and of the documentation, defined once.

`docs/made.py` generates the glossary from it, `js/generate_terms.py` the tooltips of the dashboard.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["TERMS", "Term"]


class Term(NamedTuple):
    """A definition: plain sentences for a tooltip, and Markdown that only the glossary shows."""

    text: str
    more: str = ""


TERMS: Mapping[str, Term] = {
    "act": Term(
        "A change by you or the search that can be undone: an edit of the search space, a belief, an answer, a "
        "constraint.",
        "Each act has a number; `session.undo(number)` takes it back.",
    ),
    "autonomy": Term("Who decides what runs next: you or the search.", "See *you drive*, *cruise* and *autopilot*."),
    "autopilot": Term(
        "The search runs until the budget is spent, without asking. Its decisions are recorded and can be undone.",
        '`session.autonomy = "autopilot"`.',
    ),
    "baseline": Term(
        "A model that every other model should beat: the constant prediction, a linear model, or your own.",
        "`session.add_baseline(...)` adds one.",
    ),
    "belief": Term(
        "Your hint about good values. It guides the search at first, forbids nothing, and yields to the evidence.",
        "The evidence gives it a *verdict*: supported, contradicted or undecided.",
    ),
    "budget": Term(
        "The limit of the search in seconds, in trials, or both. The clock stops while nothing runs.",
    ),
    "configuration": Term(
        "A family and a value for each of its hyperparameters.",
        '`{"family": "lightgbm", "lightgbm.learning_rate": 0.05}`.',
    ),
    "constraint": Term(
        "A limit on an objective. A model that violates a hard constraint is never recommended; violating a soft "
        "constraint lowers its rank.",
    ),
    "cruise": Term(
        "The search runs, you can steer it at any time, and it asks before it changes the search space.",
        '`session.autonomy = "cruise"`.',
    ),
    "ensemble": Term("A weighted average of several models, often better than the best single model."),
    "family": Term(
        "A kind of model with its own hyperparameters, such as linear, LightGBM or random forest.",
    ),
    "fold": Term("One part of the training rows. Each fold validates a model that was fitted on the other folds."),
    "generation": Term(
        "The part of the search between two changes of the search space.",
        "Trials inside the new space keep counting; the others turn gray.",
    ),
    "holdout": Term("Rows that the search never uses. The final models are evaluated on them once, at the end."),
    "hyperparameter": Term(
        "A setting of a learner that is chosen before fitting, such as the learning rate. The dashboard calls it a "
        "setting.",
    ),
    "journal": Term(
        "The file that records the session: what happened, when, who did it and why.",
        "`AutoMLSession.load(path)` continues a session from it.",
    ),
    "metric": Term(
        "The measure that scores predictions.",
        "It is a scikit-learn scorer: in Python greater is always better, so errors are negative.",
    ),
    "nudge": Term(
        "A proposal of the search, with its evidence and effect. You accept, change or decline it.",
    ),
    "objective": Term(
        "A further measure of a trial besides the metric: prediction time, columns used, cost, gap between groups.",
    ),
    "origin": Term(
        "Where a trial comes from: you, the search, a belief, a suggestion, a baseline, or a starting point, whose "
        "settings work well on many tables.",
    ),
    "out-of-fold prediction": Term("The prediction for a row by a model that was not fitted on that row."),
    "Pareto front": Term(
        "The trials that no other trial beats in every objective. Moving along the front trades one objective for "
        "another.",
    ),
    "preference": Term(
        "Your choice between two trials. The session learns a utility from your answers, and the search follows it.",
    ),
    "score": Term(
        "How well a trial predicts rows that it was not fitted on: mean ± standard deviation over its folds.",
    ),
    "SD": Term("Standard deviation: how far the scores of single folds lie from their mean."),
    "SE": Term(
        "Standard error: how far the mean of the folds lies from the score on all such data. A difference within one "
        "standard error may be chance.",
    ),
    "search space": Term("The families that the search may try, and the range of each hyperparameter."),
    "seed": Term(
        "The number that determines all random choices.",
        "With one worker, a budget in trials and the same seed, a search is repeatable.",
    ),
    "state": Term("The status of a trial: queued, running, complete, stopped early (clearly behind), or failed."),
    "steering": Term(
        "Changing a running search: its space, its goals or its data. No result is lost.",
    ),
    "trial": Term("One evaluated configuration, with its number."),
    "utility": Term(
        "How much you are expected to like a trial, learned from your answers: 0 is the worst of the Pareto front, "
        "100 the best.",
    ),
    "warning": Term(
        "A possible problem that makes scores misleading, with evidence and remedy. Your answer is recorded.",
    ),
    "work": Term("Computing time of a trial, summed over its folds."),
    "you drive": Term(
        "Trials run only when you queue them or request a batch.",
        '`session.autonomy = "user"`.',
    ),
}
"""By term, in the order of the glossary."""
