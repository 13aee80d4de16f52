"""How the tables change: guarded migrations (decision 8 of the design, docs/decisions/0002-database.md)."""
