"""How many people a mentor takes: as who runs the programme sets it, and one more where they are asked for it."""
