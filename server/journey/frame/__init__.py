"""What stands around every page: whose it is, where they take part, what waits for them."""
