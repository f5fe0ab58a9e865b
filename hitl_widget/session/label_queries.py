"""The rows without a label that are most worth labeling next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hitl_widget.data.row_set import RowSet
from hitl_widget.data.similar import Similarity
from hitl_widget.data.univariate import column_values
from hitl_widget.data.unlabeled import places_in_given, unlabeled_rows
from hitl_widget.domain.figures import number
from hitl_widget.domain.task import Kind
from hitl_widget.errors import CommandError
from hitl_widget.evaluation.label_queries import Queries, choose_queries, disagreement, margin_uncertainty
from hitl_widget.session.label_check import judges_of
from hitl_widget.session.results import blend
from hitl_widget.session.runtime import Runtime

if TYPE_CHECKING:
    import pandas as pd

    from hitl_widget.data.task import Understood

__all__ = ["rows_to_label"]

_MODELS = 3
_MOST_ROWS = 20_000
_COLUMNS = 30


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """Rows without a label: their numbers, their positions in the table as given, and their cells."""

    numbers: np.ndarray
    positions: np.ndarray
    table: pd.DataFrame


def rows_to_label(runtime: Runtime, count: int) -> pd.DataFrame:
    """Return the rows that are most worth labeling, as `session.to_label` does.

    Raises
    ------
    CommandError
        If all rows have a label, or too few models are complete.
    """
    import pandas as pd

    state = runtime.state
    understood = runtime.columns.rows.understood(state.steering.data)
    pool = _pool(runtime, understood)
    judges = judges_of(runtime, state)[:_MODELS]
    regression = understood.task.kind is Kind.REGRESSION
    if len(judges) < (2 if regression else 1):
        needed = "Two models must be complete, whose predictions can differ." if regression else "No trial is complete."
        raise CommandError(f"{needed} Wait for more: session.wait(10).")
    each = np.array([_predicted(runtime, one, pool.table, regression) for one in judges])
    uncertainty = disagreement(each) if regression else margin_uncertainty(each.mean(axis=0))
    chosen = choose_queries(
        uncertainty, _similarity(runtime, pool.table), np.arange(len(pool.table)), count, runtime.seed
    )
    why = _reasons(understood, each, chosen, regression)
    predicted = each.mean(axis=0)[chosen.places]
    labels = predicted if regression else understood.classes[predicted.argmax(axis=1)]
    return pd.DataFrame(
        {
            "row": pool.numbers[chosen.places],
            "position": pool.positions[chosen.places],
            "predicted": labels,
            "uncertainty": np.round(uncertainty[chosen.places], 3),
            "why": why,
        }
    )


def _pool(runtime: Runtime, understood: Understood) -> _Pool:
    """Return the rows without a label, at most 20,000 of them."""
    choices, rows = runtime.state.steering.data, runtime.columns.rows
    first = rows.first
    current = RowSet.of(first) if choices.rows is None else rows.store.rows(choices.rows.key)
    if current.target is not None:
        numbers = current.unlabeled
    else:
        numbers, places = unlabeled_rows(first, current)
    if not len(numbers):
        raise CommandError(
            f"All rows have a value of {understood.task.target!r}. Rows whose target is missing can be labeled: open a "
            "session on a table that has some."
        )
    some = np.sort(np.random.default_rng(runtime.seed).permutation(len(numbers))[:_MOST_ROWS])
    numbers = numbers[some]
    if current.target is not None:
        positions = places_in_given(first, current)[numbers]
        return _Pool(numbers, positions, understood.table.iloc[numbers].reset_index(drop=True))
    assert first.unlabeled is not None
    assert first.kept is not None
    places = places[some]
    return _Pool(numbers, np.flatnonzero(~first.kept)[places], first.unlabeled.iloc[places].reset_index(drop=True))


def _predicted(runtime: Runtime, trial: int, table: pd.DataFrame, regression: bool) -> np.ndarray:
    model: Any = blend(runtime, ((trial, 1.0),))
    found = model.predict(table) if regression else model.predict_proba(table)
    return np.asarray(found, np.float64)


def _similarity(runtime: Runtime, table: pd.DataFrame) -> Similarity:
    """Return the distances between the rows of a table, by the columns in use; strong columns count more."""
    used = runtime.state.steering.data.applied(runtime.understood.task).used
    known = runtime.survey.profiles_now(runtime.state.steering.data.columns(runtime.understood.task))
    relations = {name: one.relation for name, one in known.items()}
    strengths = [0.1 + (0.0 if (it := relations.get(one.name)) is None else it.strength) for one in used]
    chosen = np.argsort(-np.array(strengths), kind="stable")[:_COLUMNS]
    return Similarity([column_values(used[i], table[used[i].name]) for i in chosen], [strengths[i] for i in chosen])


def _reasons(understood: Understood, each: np.ndarray, chosen: Queries, regression: bool) -> list[str]:
    """Return a sentence for each row."""
    said = []
    classes = understood.task.classes
    for place, typical in zip(chosen.places, chosen.typical, strict=True):
        if regression:
            low, high = each[:, place].min(), each[:, place].max()
            first = f"The models disagree: they predict {number(float(low))} to {number(float(high))}."
        else:
            mean = each[:, place].mean(axis=0)
            one, two = np.argsort(-mean, kind="stable")[:2]
            first = (
                f"The models are unsure: {classes[one]!r:.60} has a probability of {mean[one]:.2f}, "
                f"{classes[two]!r:.60} one of {mean[two]:.2f}."
            )
        said.append(f"{first} The row is more typical than {100 * typical:.0f}% of those without a label.")
    return said
