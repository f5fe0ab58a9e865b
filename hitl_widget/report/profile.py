"""The columns of a table for a notebook cell: as text, as HTML without scripts, and as a data frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING

from hitl_widget.data.profile import ColumnProfile, Distribution
from hitl_widget.domain.figures import plural
from hitl_widget.domain.task import Role, Task

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TableProfile", "bars_of", "missing_in_words", "table_in_words"]

_SHOWN = 30
_BLOCKS = " ▁▂▃▄▅▆▇█"
_TALL = 100
_WIDE, _HIGH, _BAR = 120, 24, 6
_CELL = 'style="text-align:left;padding:1px 10px 1px 0"'


def bars_of(spread: Distribution) -> list[int]:
    """Return the height of each bar, from 0 to 100, and at least 1 if there are rows.

    The outermost bars hold values beyond the histogram, the last one of categories all other categories.

    Examples
    --------
    >>> bars_of(Distribution("numbers", ("0", "1"), (500, 1000), above=1))
    [0, 50, 100, 1]
    >>> bars_of(Distribution("categories", ("a", "b"), (30, 20), other=60))
    [50, 33, 100]
    """
    counts = list(spread.counts)
    if spread.below or spread.above:
        counts = [spread.below, *counts, spread.above]
    if spread.other:
        counts.append(spread.other)
    most = max(counts, default=0)
    return [max(round(_TALL * one / most), 1) if one else 0 for one in counts]


def missing_in_words(one: ColumnProfile) -> str:
    """Return the share of missing cells, for example "12%"; "" for none."""
    share = 100 * one.missing_share
    if not one.missing:
        return ""
    if one.missing_share == 1:
        return "100%"
    return "under 0.1%" if share < 0.1 else "over 99.9%" if share > 99.9 else f"{share:.2g}%"


def table_in_words(task: Task) -> str:
    """Return one sentence on a table: its rows, the columns in use, missing cells, the target.

    Parameters
    ----------
    task
        The task, with the current roles of the columns.
    """
    used = task.used
    gaps = [one for one in used if one.missing]
    cells = sum(one.missing for one in used) / max(task.rows * len(used), 1)
    if not gaps:
        holes = "No cell is missing."
    else:
        share = "Under 0.1" if cells < 0.001 else f"{100 * cells:.2g}"
        holes = f"{share}% of cells are missing, in {plural(len(gaps), 'column')}."
    return (
        f"{task.rows:,} rows; models use {len(used):,} of {plural(len(task.columns), 'column')} to predict "
        f"{task.target}. {holes}"
    )


class TableProfile(Sequence[ColumnProfile]):
    """The columns of a task at a glance.

    A sequence of `ColumnProfile` in the order of the table; ``profile["age"]`` is the column of that name. In a
    notebook it displays as a table.

    Parameters
    ----------
    task
        The task, with the current roles of the columns.
    columns
        Their profiles.
    target
        Distribution of the target.
    """

    def __init__(self, task: Task, columns: Sequence[ColumnProfile], target: Distribution) -> None:
        self._task, self._columns, self.target = task, tuple(columns), target
        self._places = {one.name: place for place, one in enumerate(self._columns)}

    def __len__(self) -> int:
        return len(self._columns)

    def __iter__(self) -> Iterator[ColumnProfile]:
        return iter(self._columns)

    def __getitem__(self, which: int | slice | str) -> ColumnProfile | tuple[ColumnProfile, ...]:  # type: ignore[override]
        if isinstance(which, str):
            if which not in self._places:
                raise KeyError(which)
            return self._columns[self._places[which]]
        return self._columns[which]

    def frame(self) -> pd.DataFrame:
        """Return a row for each column.

        Returns
        -------
        pandas.DataFrame
            Columns name, role, kind, missing (share), distinct, strength (predictive power of the column alone: 0 if
            no better than a constant guess, 1 if perfect; missing for columns not in use), reason.
        """
        import pandas as pd

        rows = [
            (one.name, one.role, one.kind, one.missing_share, one.distinct, _strength(one), one.reason) for one in self
        ]
        names = ("name", "role", "kind", "missing", "distinct", "strength", "reason")
        return pd.DataFrame(rows, columns=names).astype({"missing": "float64", "strength": "float64"})

    def __repr__(self) -> str:
        shown = self._columns[:_SHOWN]
        wide = min(max((len(one.name) for one in shown), default=4), 32)
        lines = [table_in_words(self._task), ""]
        for one in shown:
            name = one.name if len(one.name) <= wide else f"{one.name[: wide - 1]}…"
            told = f"{_strength(one):5.2f}" if one.relation is not None else "    –"
            lines.append(
                f"{name:<{wide}}  {one.role:<11}  {missing_in_words(one):>11}  {one.distinct:>9,}  {told}  "
                f"{_sparks(bars_of(one.distribution))}"
            )
        head = f"{'column':<{wide}}  {'role':<11}  {'missing':>11}  {'distinct':>9}  power  distribution"
        lines.insert(2, head)
        return "\n".join([*lines, *self._rest()])

    def _repr_html_(self) -> str:
        head = "".join(
            f"<th {_CELL}>{one}</th>" for one in ("column", "role", "missing", "distinct", "power", "distribution")
        )
        rows = "".join(_row(one) for one in self._columns[:_SHOWN])
        rest = "".join(f'<p style="opacity:.75">{escape(line)}</p>' for line in self._rest())
        return (
            '<div style="font:13px/1.45 system-ui,sans-serif">'
            f"<p>{escape(table_in_words(self._task))}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
            f"</table>{rest}</div>"
        )

    def _rest(self) -> list[str]:
        more = len(self._columns) - _SHOWN
        return [f"{plural(more, 'more column')}: profile.frame() has all of them."] if more > 0 else []


def _strength(one: ColumnProfile) -> float | None:
    return None if one.relation is None else one.relation.strength


def _sparks(bars: list[int]) -> str:
    return "".join(_BLOCKS[-(-one * (len(_BLOCKS) - 1) // _TALL)] for one in bars)


def _row(one: ColumnProfile) -> str:
    told = "–" if one.relation is None else f"{one.relation.strength:.2f}"
    title = "" if one.relation is None else f' title="{escape(one.relation.sentence)}"'
    faint = ";opacity:.6" if one.role == str(Role.IGNORED) else ""
    cells = (
        f'<td {_CELL} title="{escape(one.reason)}"><b>{escape(one.name)}</b></td>',
        f"<td {_CELL}>{escape(one.role)}, {escape(one.kind)}</td>",
        f"<td {_CELL}>{missing_in_words(one) or '–'}</td>",
        f"<td {_CELL}>{one.distinct:,}</td>",
        f"<td {_CELL}{title}>{told}</td>",
        f"<td {_CELL}>{_picture(one.distribution)}</td>",
    )
    return f'<tr style="background:none{faint}">{"".join(cells)}</tr>'


def _picture(spread: Distribution) -> str:
    bars = bars_of(spread)
    if not bars:
        return "no values"
    width = min(_WIDE / len(bars), 2 * _BAR)
    drawn = "".join(
        f'<rect x="{i * width:.1f}" y="{_HIGH * (1 - one / _TALL):.1f}" width="{width - 1:.1f}" '
        f'height="{_HIGH * one / _TALL:.1f}" fill="#0b7a75"/>'
        for i, one in enumerate(bars)
        if one
    )
    return f'<svg width="{_WIDE}" height="{_HIGH}" role="img" aria-label="distribution">{drawn}</svg>'
