"""Which way a message goes to somebody, and why it goes none."""
