"""Giving roles from the command line, where people are named by address and programmes by key."""
