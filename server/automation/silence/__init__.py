"""The end of a match in which nobody met for long, where its programme wants that."""
