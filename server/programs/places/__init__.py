"""How many people a mentor takes, as who runs the programme sets it."""
