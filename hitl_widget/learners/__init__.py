"""Floor 1: a file per learner family."""
