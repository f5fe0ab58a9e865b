"""Floor 3: the session in words."""
