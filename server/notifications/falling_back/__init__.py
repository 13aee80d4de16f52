"""Telling somebody once more, by another way, what nobody opened."""
