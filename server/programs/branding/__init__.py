"""How a programme looks: its name in the header and its colour, a part of its document."""
