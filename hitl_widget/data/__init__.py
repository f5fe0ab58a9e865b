"""Floor 1: reading tables, roles, splits."""
