"""What a person's first page shows: where they are, and the one next thing."""
