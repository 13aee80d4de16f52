"""Between two runs: who comes later, why somebody was not chosen, and what would open more doors."""
