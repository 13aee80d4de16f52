"""The people whom a manager may look up: the list, and one person across programmes and roles."""
