"""The end of a group: its matches, its people and itself, together."""
