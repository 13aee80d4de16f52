"""What a programme calls people and things: a part of its document."""
