"""The words of the dashboard, of Python and of the documentation: what each means, said once.

`docs/made.py` makes the glossary of them, `js/generate_terms.py` the dashboard's tooltips.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["TERMS", "Term"]


class Term(NamedTuple):
    """What a word means: plain sentences for a tooltip, and what the glossary adds in Markdown."""

    text: str
    more: str = ""


TERMS: Mapping[str, Term] = {
    "act": Term(
        "Something that you or the machine did and that can be undone: an edit of the space, a belief, an answer, a "
        "limit.",
        "It has a number; `session.undo(number)` takes it back.",
    ),
    "autonomy": Term("Who takes the next step: you, or the machine.", "See *you drive*, *cruise* and *autopilot*."),
    "autopilot": Term(
        "It searches to the end of the budget and asks nothing; what it decides is recorded and undoable.",
        '`session.autonomy = "autopilot"`.',
    ),
    "baseline": Term(
        "A model that any other should beat: always guessing the same, a linear model, or one of your own.",
        "`session.add_baseline(...)` adds one.",
    ),
    "belief": Term(
        "What you expect to be good. It leads at first, never forbids, and gives way to the evidence.",
        "It gets a *verdict*: supported, contradicted or undecided.",
    ),
    "budget": Term(
        "How long the search may go on: seconds, trials, or both. Its clock stands still while nothing runs.",
    ),
    "configuration": Term(
        "A family and values for its hyperparameters.",
        '`{"family": "lightgbm", "lightgbm.learning_rate": 0.05}`.',
    ),
    "constraint": Term(
        "What a model must keep (hard: else it is never recommended) or should keep (soft: else it costs).",
    ),
    "cruise": Term("It searches under your steering, and asks when in doubt.", '`session.autonomy = "cruise"`.'),
    "ensemble": Term("The weighted average of a few good models that is better than the best alone."),
    "family": Term(
        "A kind of model, such as linear, LightGBM or random forest, with hyperparameters of its own.",
    ),
    "fold": Term("A part of the rows that tests a model which was fitted on the others."),
    "generation": Term(
        "The search between two changes of the space.",
        "Trials that still fit teach the next generation; the others turn grey.",
    ),
    "holdout": Term("Rows that the search never sees. They are looked at once, when it ends."),
    "hyperparameter": Term(
        "A setting of a learner that is chosen before it is fitted, such as a learning rate.",
    ),
    "journal": Term(
        "The story of the session in a file: what happened, when, who did it and why.",
        "A session can be taken up from it.",
    ),
    "metric": Term(
        "How predictions are scored.",
        "A scikit-learn scorer: in Python a score is always better when greater, and errors have a minus.",
    ),
    "nudge": Term(
        "A proposal of the machine, with its evidence and its effect. You accept, change or decline it.",
    ),
    "objective": Term(
        "What is measured of a trial beside the metric: milliseconds, columns used, cost, difference between groups.",
    ),
    "out-of-fold prediction": Term("The prediction of a row by a model that was not fitted on it."),
    "Pareto front": Term(
        "The trials that no other beats in everything that matters: to gain in one thing is to lose in another.",
    ),
    "preference": Term(
        "Which of two trials you would rather have. What your answers have in common is learnt, and the search "
        "follows it.",
    ),
    "proposed by": Term("Who thought of a trial, you or the machine, and how."),
    "score": Term(
        "How well a trial predicts rows that it was not fitted on: the mean over its folds, ± their spread.",
    ),
    "search space": Term("Which families may be tried, and the range of each hyperparameter."),
    "seed": Term(
        "A number from which random choices follow.",
        "One worker, a budget in trials and a seed give the same search again.",
    ),
    "state": Term("Where a trial stands: queued, running, complete, stopped early because it lost, or failed."),
    "steering": Term(
        "Changing where the running search looks, or what it looks for. Nothing that was measured is lost.",
    ),
    "trial": Term("One configuration that was tried, with its number."),
    "utility": Term(
        "What you are expected to prefer, learnt from your answers: 0 is the worst of the front, 100 the best.",
    ),
    "warning": Term(
        "What may make the scores untrue, with its evidence and what to do. Your answer goes on record.",
    ),
    "work": Term("Seconds of computing that a trial took, over all its folds."),
    "you drive": Term(
        "Trials run only when you queue them or ask for a batch.",
        '`session.autonomy = "user"`.',
    ),
}
"""By the word, as the glossary lists it."""
