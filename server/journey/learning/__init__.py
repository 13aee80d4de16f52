"""Learning from what became of proposals, over the rooms that know it."""
