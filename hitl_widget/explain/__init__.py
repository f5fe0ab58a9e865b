"""What a search, an algorithm and a model have learnt: computed here, shown elsewhere."""
