"""What people say about whom they could be matched with, and the lists drawn up for them to choose from."""
