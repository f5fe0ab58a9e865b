"""Compute explanations of the search, its algorithms and its models; other packages show them."""
