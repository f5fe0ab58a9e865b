"""Floor 2: a configuration on folds, from rows to scores, predictions and fitted models."""
