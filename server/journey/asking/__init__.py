"""Choosing whom to ask for a match, where a programme lets its people do that."""
