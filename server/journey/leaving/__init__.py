"""Leaving a programme or an organisation, pausing and coming back: what one person does changes for two."""
