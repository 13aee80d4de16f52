"""Ithaca as an app on a phone: its manifest, its icons, and the worker that answers when there is no network."""
