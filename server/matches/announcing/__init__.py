"""The day on which a group hears who is matched with whom."""
