"""Whom people are shown to choose from: lists for everybody, what their noes taught, and what stays secret."""
