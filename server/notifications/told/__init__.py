"""What somebody was told, to read again in the app."""
