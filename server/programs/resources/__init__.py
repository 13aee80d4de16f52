"""Links and files that people of a programme have at hand: a part of its document."""
