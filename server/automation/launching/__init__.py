"""Telling people of a programme that opens: once each, in their own morning, a few hundred at a time."""
