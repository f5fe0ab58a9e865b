"""The engine (floor 2): the controller with its sampler, workers and journal."""
