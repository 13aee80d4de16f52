"""Telling a browser that asked for it, at once and beside the mail (docs/decisions/0011-web-push.md)."""
