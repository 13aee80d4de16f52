"""What a good match is in a programme: its weights and hard rules, tried on its own people before they are set."""
