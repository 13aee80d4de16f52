"""Who may read goals: the levels that a programme lets people choose from."""
