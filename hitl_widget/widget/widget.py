"""The AnyWidget: one model a session, as many views as the person opens."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from hitl_widget.widget.bridge import Bridge
from hitl_widget.widget.keepsake import Keepsake

if TYPE_CHECKING:
    from hitl_widget.session import AutoMLSession

__all__ = ["SessionWidget"]

_PACK_ABOVE = 50
_SWITCH = 0.001
"""Seconds after which a computing cell lets other threads of the kernel run; Python's own 5 ms add up over the some ten
changes of thread between a click and its answer."""


class SessionWidget(anywidget.AnyWidget):
    """The dashboard of one session.

    Parameters
    ----------
    session
        The session to show.

    Notes
    -----
    Only what must outlive a message is a trait: the session's id, the epoch of the bridge, the journal's path.
    Everything else goes by custom message, see `hitl_widget.widget.wire`.
    """

    _esm = Path(__file__).parent.parent / "static" / "widget.js"

    session_id = traitlets.Unicode().tag(sync=True)
    epoch = traitlets.Unicode().tag(sync=True)
    journal = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: AutoMLSession) -> None:
        super().__init__(session_id=session.id, journal=session.shown_path)
        _answer_on_own_subshell(self.comm)
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH))
        self.keepsake = Keepsake(session)
        self._bridge = Bridge(session, self._publish, self.keepsake.update)
        self.epoch = self._bridge.epoch
        self.on_msg(self._take)

    def _take(self, _widget: object, content: object, _buffers: object) -> None:
        self._bridge.receive(content)

    def _publish(self, message: Any) -> None:
        """Send a message; many rows go as one buffer of JSON, which spares the kernel walking through them."""
        rows = message.get("rows") or (message.get("result") or {}) if isinstance(message, dict) else ()
        rows = rows.get("rows", ()) if isinstance(rows, dict) else rows
        if isinstance(rows, list) and len(rows) > _PACK_ABOVE:
            packed = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
            self.send({"type": "packed"}, buffers=[packed])
        else:
            self.send(message)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Leave the words to the keepsake: without a kernel this output stays empty."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0].update({"text/plain": "", "text/html": "<span></span>"})
        return bundle

    def close(self) -> None:
        """Close the model and the bridge; the session goes on."""
        self._bridge.close()
        super().close()


def _answer_on_own_subshell(comm: Any) -> None:
    """Keep ipykernel 7.4 from sending clicks to the shell that pushed last.

    That version routes a browser's message to the shell of the last send on the comm; a background thread that
    pushes would make the next click wait until the running cell ends.
    """
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _data, default: default
