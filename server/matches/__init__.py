"""The relationship between people, and its life from draft to end."""
