"""People of an organisation: who they are, what they know and want, when they have time, what they agreed to."""
