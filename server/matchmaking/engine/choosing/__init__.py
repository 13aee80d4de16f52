"""Whom people are shown to choose from: lists for everybody, and what stays secret."""
