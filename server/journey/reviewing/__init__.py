"""The manager's word on suggested matches: what waits, why, and what is done about it."""
