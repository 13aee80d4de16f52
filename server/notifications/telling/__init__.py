"""Who is told at once of what others did for a goal, and of a match that had its time."""
