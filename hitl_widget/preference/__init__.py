"""Preference learning: a utility over the objectives, learned from pairwise comparisons."""
