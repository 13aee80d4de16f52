"""Inviting many into a programme: by a list of addresses, looked at line by line before anything is done."""
