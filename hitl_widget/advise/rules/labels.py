"""A warning about labels that models contradict even where they are surest."""

from __future__ import annotations

from collections.abc import Iterator

from hitl_widget.advise.data_view import keep, share
from hitl_widget.advise.drawings import table_of
from hitl_widget.advise.illustration import Illustration
from hitl_widget.advise.result_view import ResultView
from hitl_widget.advise.rule import result_warning
from hitl_widget.domain.nudge import Answer
from hitl_widget.domain.safeguard import Safeguard, Severity

__all__ = ["wrong_labels"]

_FEWEST = 5
REVIEW = Answer("review", "Review these labels", None, "session.suspect_labels()")


def _draw(view: ResultView, _found: Safeguard) -> Illustration:
    """List the labels that are contradicted most clearly."""
    assert view.label_evidence is not None
    header = ("row", f"{view.task.target} in the table", "predicted without the row", "mean probability")
    return table_of("The labels that are contradicted most clearly.", header, view.label_evidence.examples)


@result_warning(order=25, draw=_draw)
def wrong_labels(view: ResultView) -> Iterator[Safeguard]:
    """Find labels that models contradict about as often where they are surest as where they are less sure."""
    found, target = view.label_evidence, view.task.target
    if found is None or found.wrong < _FEWEST:
        return
    row, label, predicted, probability = found.examples[0]
    yield Safeguard(
        key="wrong_labels",
        rule="wrong_labels",
        severity=Severity.MEDIUM,
        sentence=f"About {found.wrong:,} values of {target} may be wrong.",
        evidence=(
            f"In the {found.surest:,} rows with the most certain predictions, models contradict {share(found.share)} "
            f"of the labels; in the more certain half of all rows, {share(found.in_half)}. If the models were at "
            "fault, contradictions would become rarer as predictions become more certain. For example, row "
            f"{row} is labeled {label!r:.60}, and models that were not fitted on it predict {predicted!r:.60} with a "
            f"mean probability of {probability}."
        ),
        remedy="Review these rows one by one, and correct the labels that are wrong.",
        answers=(REVIEW, keep("Keep them, these rows are exceptions")),
        numbers={"wrong": found.wrong, "share": found.share, "in_half": found.in_half},
    )
