"""The AnyWidget: one model per session, with any number of views."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from hitl_widget.widget.kernel import answer_on_own_subshell, quicken
from hitl_widget.widget.pack import packed
from hitl_widget.widget.publisher import Publisher
from hitl_widget.widget.static_output import StaticOutput

if TYPE_CHECKING:
    from hitl_widget.session.runtime import Runtime

__all__ = ["SessionWidget"]


class SessionWidget(anywidget.AnyWidget):
    """The dashboard of one session.

    Parameters
    ----------
    runtime
        The runtime of the session to show.

    Notes
    -----
    Only persistent facts are traits: the session's id, the epoch of the publisher, the journal's path. Everything else
    is sent in custom messages, see `hitl_widget.widget.wire`.
    """

    _esm = Path(__file__).parent.parent / "static" / "widget.js"

    session_id = traitlets.Unicode().tag(sync=True)
    epoch = traitlets.Unicode().tag(sync=True)
    journal = traitlets.Unicode().tag(sync=True)

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(session_id=runtime.id, journal=runtime.shown_path)
        answer_on_own_subshell(self.comm)
        quicken()
        self.static_output = StaticOutput(runtime)
        self._publisher = Publisher(runtime, self._publish, self.static_output.update)
        self.epoch = self._publisher.epoch
        self.on_msg(self._take)

    def _take(self, _widget: object, content: object, _buffers: object) -> None:
        self._publisher.receive(content)

    def _publish(self, message: Any) -> None:
        content, buffers = packed(message)
        self.send(content, buffers=buffers)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return an empty representation: without a kernel the static summary takes this place."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0].update({"text/plain": "", "text/html": "<span></span>"})
        return bundle

    def close(self) -> None:
        """Close the model and the publisher; the session goes on."""
        self._publisher.close()
        super().close()
