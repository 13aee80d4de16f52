"""Short guides where people need them: the first session, feedback, the end."""
