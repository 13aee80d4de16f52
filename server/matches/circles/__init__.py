"""Circles: what a match of more than two people has beyond that of a pair."""
