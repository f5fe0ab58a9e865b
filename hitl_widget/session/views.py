"""`session.explain`, `charts` and `study`: explanations, charts, and the Optuna study."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hitl_widget.domain.task import Kind, Role
from hitl_widget.session.results import family_colours
from hitl_widget.session.runtime import Part

if TYPE_CHECKING:
    import optuna

    from hitl_widget.session.charts import Charts
    from hitl_widget.session.explanations import Explain

__all__ = ["ViewMethods"]


class ViewMethods(Part):
    """Properties that lead to explanations, charts and the Optuna study."""

    @property
    def explain(self) -> Explain:
        """Explanations of models, the search and comparisons, such as ``session.explain.importance()``."""
        return self._runtime.explain

    @property
    def charts(self) -> Charts:
        """Altair charts of the session, such as ``session.charts.progress()``."""
        from hitl_widget.session.charts import Charts

        runtime = self._runtime
        task, words = runtime.understood.task, runtime.words
        return Charts(
            lambda: runtime.state,
            runtime.task.metric,
            words.labels,
            family_colours(runtime),
            words.baselines | {"linear"},
            runtime.explain.view,
            runtime.preference_model.assess,
            task.kind is not Kind.REGRESSION,
            [column.name for column in task.columns_with(Role.DATE)],
        )

    @property
    def study(self) -> optuna.Study:
        """The finished trials as an Optuna study in memory, for Optuna's functions and plots."""
        from hitl_widget.sampling.sampler import study_of

        state = self._runtime.state
        return study_of(state, state.space, self._runtime.understood.task.target)
