"""Circles in a programme: formed by a run, changed by a manager."""
