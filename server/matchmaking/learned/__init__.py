"""Learning inside the product: what the log of proposals holds, and the models it taught."""
