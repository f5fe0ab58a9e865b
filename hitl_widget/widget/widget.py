"""The AnyWidget: one model a session, as many views as the person opens."""

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
    session
        The session to show.

    Notes
    -----
    Only what must outlive a message is a trait: the session's id, the epoch of the publisher, the journal's path.
    Everything else goes by custom message, see `hitl_widget.widget.wire`.
    """

    _esm = Path(__file__).parent.parent / "static" / "widget.js"

    session_id = traitlets.Unicode().tag(sync=True)
    epoch = traitlets.Unicode().tag(sync=True)
    journal = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: Runtime) -> None:
        super().__init__(session_id=session.id, journal=session.shown_path)
        answer_on_own_subshell(self.comm)
        quicken()
        self.keepsake = StaticOutput(session)
        self._publisher = Publisher(session, self._publish, self.keepsake.update)
        self.epoch = self._publisher.epoch
        self.on_msg(self._take)

    def _take(self, _widget: object, content: object, _buffers: object) -> None:
        self._publisher.receive(content)

    def _publish(self, message: Any) -> None:
        content, buffers = packed(message)
        self.send(content, buffers=buffers)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Leave the words to the keepsake: without a kernel this output stays empty."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0].update({"text/plain": "", "text/html": "<span></span>"})
        return bundle

    def close(self) -> None:
        """Close the model and the publisher; the session goes on."""
        self._publisher.close()
        super().close()
