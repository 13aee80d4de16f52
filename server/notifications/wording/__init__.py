"""A programme's own words for a message: which names they may hold, what they must say, and how they are filled in."""
