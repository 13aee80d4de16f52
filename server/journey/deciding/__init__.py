"""What those who run a programme decided about single pairs."""
