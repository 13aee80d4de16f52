"""The configuration of a programme as one document: what it may hold, its versions, and what sets it."""
