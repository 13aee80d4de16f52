"""Places of mentors: who is short of what, and what would close the gap."""
