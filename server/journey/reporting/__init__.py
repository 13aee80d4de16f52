"""What reports say: how a programme runs, what it brings, and who of somebody's people takes part."""
