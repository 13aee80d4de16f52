"""Somebody is in another time zone: what the days of theirs decide."""
