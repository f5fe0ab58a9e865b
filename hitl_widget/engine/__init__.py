"""Floor 2: the study controller, its sampler, its workers and its journal."""
