"""Floor 0: frozen values and pure rules, standard library only."""
