"""Floor 2: which configuration next; the only importer of Optuna's samplers."""
