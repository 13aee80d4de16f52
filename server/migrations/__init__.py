"""Tortoise's own migrations, run by the guarded `ithaca migrate`."""
