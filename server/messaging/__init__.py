"""One thread of written words per match."""
