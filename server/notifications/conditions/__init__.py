"""On what a programme makes a message depend besides its own rule: what fits which kind, and whether it holds."""
