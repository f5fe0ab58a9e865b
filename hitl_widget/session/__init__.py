"""Floor 5: `AutoMLSession`, what people hold in their hands."""

from hitl_widget.session.facade import AutoMLSession, warm_up, watch_sessions

__all__ = ["AutoMLSession", "warm_up", "watch_sessions"]
