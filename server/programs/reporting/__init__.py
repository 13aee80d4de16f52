"""Which reports a programme sends, on which day and to whom: a part of its document."""
