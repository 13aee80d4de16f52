"""The single-letter keys of the console: everybody may turn them off for themselves."""
