"""The subject of a warning, drawn: a small chart or a table, with a caption. For any rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hitl_widget.charts.subjects import SUBJECTS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Illustration"]


@dataclass(frozen=True, slots=True)
class Illustration:
    """What a warning is about, as a chart or as a table.

    Parameters
    ----------
    caption
        What is drawn, in one or two sentences.
    chart
        Name of its chart in `hitl_widget.charts.subjects.SUBJECTS`; "" for a table.
    data
        The rows of the chart.
    across, up
        Names of the axes of a chart of points.
    dates
        True if the horizontal axis holds dates, in days since 1970.
    header, cells
        The columns and the rows of a table, as text.
    sets
        The number of the set that each row of the table belongs to; empty if there is one set.
    marked
        Columns of the table that the warning is about.
    """

    caption: str
    chart: str = ""
    data: tuple[Mapping[str, Any], ...] = ()
    across: str = ""
    up: str = ""
    dates: bool = False
    header: tuple[str, ...] = ()
    cells: tuple[tuple[str, ...], ...] = ()
    sets: tuple[int, ...] = ()
    marked: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """Return the rows of the chart or of the table."""
        import pandas as pd

        if self.chart:
            return pd.DataFrame([dict(row) for row in self.data])
        frame = pd.DataFrame([list(row) for row in self.cells], columns=list(self.header))
        if self.sets:
            frame.insert(0, "set", list(self.sets), allow_duplicates=True)
        return frame

    def draw(self) -> Any:
        """Return the Altair chart; None for a table."""
        if not self.chart:
            return None
        return SUBJECTS[self.chart](self.data, **({"dates": True} if self.dates else {}))

    def __str__(self) -> str:
        return f"{self.caption}\n{self.frame().to_string(index=False)}"
