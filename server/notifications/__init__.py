"""What to tell whom, when and over which channel."""
