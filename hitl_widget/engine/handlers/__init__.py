"""The handlers of commands, one module per subject."""
