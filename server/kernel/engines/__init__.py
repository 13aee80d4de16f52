"""The clients of the two databases, mended where upstream leaves us alone (docs/decisions/0002-database.md).

Tortoise tells engines apart by the name of their module: "sqlite" and "asyncpg" must stay in these.
"""
