"""From the records of people to what the engine knows of their way so far."""
