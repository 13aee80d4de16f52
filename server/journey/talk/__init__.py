"""What the Session screen shows: agenda, notes, the milestone question, and the next time."""
