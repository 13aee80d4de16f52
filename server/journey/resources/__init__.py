"""What the programmes of a person have at hand for where they stand in each."""
