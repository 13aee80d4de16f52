"""Signing in by mail: a link, or six digits typed where the person started (docs/decisions/0009-sign-in-by-mail.md)."""
