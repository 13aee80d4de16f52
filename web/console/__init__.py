"""The programme manager's console: one module per screen."""
