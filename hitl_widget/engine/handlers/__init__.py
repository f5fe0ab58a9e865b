"""Commands carried out, a file per subject."""
