"""Who asked to be told when a programme takes people in again."""
