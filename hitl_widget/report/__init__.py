"""Floor 4: the session in words."""
