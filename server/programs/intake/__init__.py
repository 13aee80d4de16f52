"""How people come into a programme: a part of its document."""
