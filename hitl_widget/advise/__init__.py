"""The initiative of the search: rules that propose acts from the evidence, each in its own words."""
