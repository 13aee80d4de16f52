"""When a message may go: the hours of its class, and how many nudges somebody gets (domain/lifecycle.md, 2)."""
