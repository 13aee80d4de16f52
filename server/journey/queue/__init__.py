"""`ithaca queue`: the living queue of a group from a terminal, by the acts that the console has."""
