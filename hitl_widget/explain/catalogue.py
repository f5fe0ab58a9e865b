"""The views by name: what each answers, what can be asked of it, and for which tasks it is."""

from __future__ import annotations

from dataclasses import dataclass

from hitl_widget.domain.task import Kind
from hitl_widget.explain.view import Level

__all__ = ["ENTRIES", "Entry"]

_CLASSES = frozenset({Kind.BINARY, Kind.MULTICLASS})


@dataclass(frozen=True, slots=True)
class Entry:
    """One view.

    Parameters
    ----------
    name
        Its name in `session.explain`.
    level
        What it explains.
    question
        The question that it answers.
    takes
        Names of its options.
    kinds
        The tasks it is for.
    works
        True when it is computed in a worker; else it is quick and computed where it is asked.
    """

    name: str
    level: Level
    question: str
    takes: tuple[str, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)
    works: bool = True


ENTRIES: dict[str, Entry] = {
    one.name: one
    for one in (
        Entry("importance", Level.MODEL, "Which columns matter to this model?", ("trial", "of")),
        Entry("beeswarm", Level.MODEL, "Which way does each column push?", ("trial", "of")),
        Entry("dependence", Level.MODEL, "What does one column do, row by row?", ("trial", "column", "of")),
        Entry("row", Level.MODEL, "Why this prediction?", ("trial", "row", "of")),
        Entry("what_if", Level.MODEL, "What if this row were different?", ("trial", "row", "changes", "of")),
        Entry("effect", Level.MODEL, "What happens when one column changes?", ("trial", "column", "centred", "of")),
        Entry("permutation", Level.MODEL, "What would the score lose without a column?", ("trial",)),
        Entry("confusion", Level.MODEL, "Which mistakes does it make?", ("trial", "threshold"), _CLASSES),
        Entry("roc_pr", Level.MODEL, "How well does it tell the classes apart?", ("trial",), _CLASSES),
        Entry("calibration", Level.MODEL, "Can its probabilities be believed?", ("trial",), _CLASSES),
        Entry("residuals", Level.MODEL, "How far off is it, and where?", ("trial",), frozenset({Kind.REGRESSION})),
        Entry(
            *("threshold", Level.MODEL, "Where to draw the line?", ("trial", "false_alarm", "miss")),
            frozenset({Kind.BINARY}),
        ),
        Entry("slices", Level.MODEL, "For whom does it err most?", ("trial",)),
        Entry("learning_curve", Level.ALGORITHM, "More data, or more modelling?", ("trial",)),
        Entry("training_gap", Level.ALGORITHM, "Does it learn by heart?", ("trial",)),
        Entry("rounds", Level.ALGORITHM, "Were there enough rounds?", ("trial", "fold")),
        Entry("fold_spread", Level.ALGORITHM, "How much hangs on which rows were seen?", ("trial",), works=False),
        Entry("warnings", Level.ALGORITHM, "Did the fit complain?", ("trial",), works=False),
        Entry("time_split", Level.ALGORITHM, "Where does the time go?", ("trial",), works=False),
        Entry("baselines", Level.COMPARISON, "Is it better than something simple?", works=False),
        Entry("sessions", Level.COMPARISON, "How do the sessions of this notebook compare?", works=False),
        Entry("hyperparameters", Level.SEARCH, "Which settings decide the score?", ("family",), works=False),
        Entry(
            *("setting", Level.SEARCH, "What does one setting do to the score?", ("family", "parameter", "around")),
            works=False,
        ),
        Entry("interactions", Level.SEARCH, "Do settings depend on each other?", ("family",), works=False),
        Entry("ablation", Level.SEARCH, "What made the best better than the default?", ("family",), works=False),
        Entry("parallel", Level.SEARCH, "On what do the best agree?", ("family",), works=False),
        Entry("footprint", Level.SEARCH, "Where has it looked?", ("family",), works=False),
        Entry("pipelines", Level.SEARCH, "Which pipelines were tried?", works=False),
        Entry("course", Level.SEARCH, "What did each step bring?", works=False),
        Entry("winner", Level.SEARCH, "Why did this one win?", works=False),
    )
}
