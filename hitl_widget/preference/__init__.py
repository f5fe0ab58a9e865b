"""What a person wants, learnt from answers to pairs."""
