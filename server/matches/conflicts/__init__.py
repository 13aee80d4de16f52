"""Conflicts of interest between two people, in force wherever people are matched."""
