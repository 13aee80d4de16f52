"""What people say about whom they could be matched with, and the lists from which they choose."""
