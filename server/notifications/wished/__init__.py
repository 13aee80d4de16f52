"""Whether what a message wishes for is done by now."""
