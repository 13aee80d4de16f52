"""The manager's first page: what needs a person, how the programmes are doing, what ran by itself."""
