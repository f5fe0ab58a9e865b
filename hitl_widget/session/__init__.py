"""Floor 5: the session, `hitl_widget.session.facade.AutoMLSession`."""
