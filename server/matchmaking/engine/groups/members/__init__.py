"""What a circle is to each of its members, and to whoever could still come in."""
