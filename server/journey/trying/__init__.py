"""Bring your own records: a manager's files are matched once, shown to that manager alone, and erased after a day."""
