"""`session.suspect_labels()` and `to_label()`: rows whose label is probably wrong, and rows that need one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hitl_widget.domain.arguments import plain
from hitl_widget.domain.spelling import is_count
from hitl_widget.errors import CommandError
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LabelMethods"]


class LabelMethods(Part):
    """Methods that find wrong and missing labels."""

    def suspect_labels(self, n: int = 20) -> pd.DataFrame:
        """Return the rows whose label is probably wrong, most probable first.

        The best model of each family, up to five, predicts each row by folds that were not fitted on it. Classes are
        compared by confident learning, numbers by their residual against the spread of the residuals at similar
        predictions. Rows of the holdout are not judged. Rows that `relabel` has corrected or confirmed are left out.

        Parameters
        ----------
        n
            Greatest number of rows.

        Returns
        -------
        pandas.DataFrame
            One row per suspect, with the columns ``row`` (its number, as explanations use it), ``label``,
            ``suggested`` (the label that the models predict), ``confidence`` (their mean probability of it; for
            numbers, the share of rows with a relatively smaller residual) and ``why``.

        Raises
        ------
        CommandError
            If no trial is complete yet.

        Examples
        --------
        >>> suspects = session.suspect_labels(50)                            # doctest: +SKIP
        >>> session.relabel(dict(zip(suspects.row, suspects.suggested)))     # doctest: +SKIP
        """
        import pandas as pd

        from hitl_widget.session.label_check import check_labels

        count = _count(n)
        found = check_labels(self._runtime, self._runtime.state)
        chosen = found.proposed[:count]
        given, suggested = found.understood.y[found.rows[chosen]], found.suspects.suggested[chosen]
        if found.noise is not None:
            given, suggested = found.understood.classes[given], found.understood.classes[suggested]
        return pd.DataFrame(
            {
                "row": found.rows[chosen],
                "label": given,
                "suggested": suggested,
                "confidence": np.round(found.suspects.confidence[chosen], 3),
                "why": [found.why(at) for at in chosen],
            }
        )

    def to_label(self, n: int = 20) -> pd.DataFrame:
        """Return the rows without a label that are most worth labeling next, the most valuable first.

        A row is worth labeling if the best models of three families are unsure about it and if it is typical of the
        rows without a label (uncertainty sampling of Lewis and Gale, 1994, weighted by the information density of
        Settles and Craven, 2008; see Settles, "Active learning literature survey", 2009). The value of a row falls with
        its similarity to a row that was chosen before, so the rows are no twins. For numbers, models are unsure where
        their predictions differ.

        Give the labels to `relabel`: the rows then join the search.

        Parameters
        ----------
        n
            Greatest number of rows.

        Returns
        -------
        pandas.DataFrame
            The columns ``row`` (its number, as `relabel` takes it), ``position`` (its position in the table as you gave
            it), ``predicted``, ``uncertainty`` (0 to 1) and ``why``.

        Raises
        ------
        CommandError
            If all rows have a label, or no trial is complete; for numbers, two trials of different families are needed.

        Examples
        --------
        >>> batch = session.to_label(20)                                    # doctest: +SKIP
        >>> df.iloc[batch.position]                                         # doctest: +SKIP
        >>> session.relabel(dict(zip(batch.row, labels)))                   # doctest: +SKIP
        """
        from hitl_widget.session.label_queries import rows_to_label

        return rows_to_label(self._runtime, _count(n))


def _count(n: int) -> int:
    count = plain(n)
    if not is_count(count) or count < 1:
        raise CommandError(f"n must be a whole number of at least 1; got {n!r:.100}.")
    return int(count)
