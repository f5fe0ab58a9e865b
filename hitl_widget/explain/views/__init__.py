"""The views: one file, one question."""
