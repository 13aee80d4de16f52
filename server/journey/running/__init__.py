"""One programme as who runs it sees it: its settings, its groups, and the next step of each."""
