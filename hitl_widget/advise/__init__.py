"""The machine's initiative: rules that propose acts from the evidence, each in its own words."""
