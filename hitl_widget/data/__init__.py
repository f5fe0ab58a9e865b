"""Tables: reading, column roles, targets, splits and column profiles."""
