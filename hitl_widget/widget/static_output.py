"""The static summary in a saved notebook: a second output, hidden while the dashboard is live.

A notebook front end shows a widget only from its model, which is gone with the kernel, so the summary needs a
separate output. The live dashboard hides it by its class; the rule below hides what the front end writes instead of a
missing model ("Loading widget...", "model not found").
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython
from IPython.display import HTML, display, update_display

from hitl_widget.domain.state import Phase, SessionState
from hitl_widget.session.results import summary_html

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

__all__ = ["StaticOutput"]

_log = logging.getLogger("hitl_widget")
_RESTING = (Phase.PAUSED, Phase.FINISHED, Phase.FAILED)
_HIDE_ERROR = (
    "<style>.jp-OutputArea-child:has(+ .jp-OutputArea-child .{name}) .jp-OutputArea-output:not(:has(*))"
    "{{display:none}}</style>"
)


class StaticOutput:
    """The static summary of one session in the notebook's outputs.

    Updated when the search rests, and at 5, 10, 20, 40 … trials, so that the cost per trial is negligible. Tools that
    run a notebook without a browser (nbconvert) drop updates between two cells; therefore the first cell that ends
    while the search rests repeats the last update.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._shown = False
        self._phase: Phase | None = None
        self._due = 5
        self._told: tuple[Phase, int] | None = None

    @property
    def name(self) -> str:
        """Class of the output, by which the live dashboard hides it."""
        return f"hitl-static-{self._runtime.id}"

    def show(self) -> None:
        """Put the summary under the dashboard."""
        display(self._html(), display_id=self.name)  # type: ignore[no-untyped-call]
        if not self._shown and (shell := get_ipython()) is not None:
            shell.events.register("post_run_cell", self._after_cell)
        self._shown = True

    def update(self, state: SessionState) -> None:
        """Update the summary if it is due; called on the publisher thread."""
        rests = state.phase in _RESTING and state.phase is not self._phase
        self._phase = state.phase
        if not self._shown or not (rests or state.ended >= self._due):
            return
        while self._due <= state.ended:
            self._due *= 2
        self._update()

    def _after_cell(self, *_: object) -> None:
        state = self._runtime.state
        now = state.phase, state.ended
        if state.phase in _RESTING and now != self._told:
            self._told = now
            self._update()

    def _update(self) -> None:
        try:
            update_display(self._html(), display_id=self.name)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - the summary must never disturb the search
            _log.exception("The summary in the notebook could not be updated")

    def _html(self) -> HTML:
        rule = _HIDE_ERROR.format(name=self.name)
        return HTML(f'{rule}<div class="{self.name}">{summary_html(self._runtime)}</div>')  # type: ignore[no-untyped-call]
