"""On what a programme makes a message depend besides its own rule: which conditions fit which kind, and whether they hold."""
