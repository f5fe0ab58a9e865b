"""One learner, rule, view and sampler for hitl_widget."""
