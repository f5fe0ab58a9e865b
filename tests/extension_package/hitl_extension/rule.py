"""A warning about prices below zero."""

from __future__ import annotations

from collections.abc import Iterator

from hitl_widget.advise.data_view import DataView, drop, keep
from hitl_widget.advise.rule import data_warning
from hitl_widget.domain.safeguard import Safeguard, Severity


@data_warning()
def negative_price(view: DataView) -> Iterator[Safeguard]:
    """Find prices below zero."""
    for column in view.used:
        if column.numbers is None or "price" not in column.name.lower():
            continue
        below = int((column.numbers < 0).sum())
        if below:
            yield Safeguard(
                key=f"negative_price:{column.name}",
                rule="negative_price",
                severity=Severity.MEDIUM,
                sentence=f"{column.name} has prices below zero.",
                evidence=f"{below:,} of {len(view.y):,} rows are below zero.",
                remedy=f"Correct them in the data, or drop {column.name}.",
                columns=(column.name,),
                answers=(drop(column.name), keep("Keep them, they are refunds")),
                numbers={"rows": below},
            )
