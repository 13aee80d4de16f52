"""The first step of an installation: its organisation, and who may let everybody else in."""
