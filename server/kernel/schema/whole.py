"""A new database in one step: what all the migrations come to, as statements kept beside them.

Running the migrations one by one makes some two hundred states of all the models: 12 s of a processor, where the
statements take a moment. `make tables` writes them, and a test compares them with what the migrations really make.
"""

from importlib.resources import files

from tortoise.backends.base.client import BaseDBAsyncClient

FOLDER = "whole"


async def make(connection: BaseDBAsyncClient, migrations: str) -> None:
    """Give an empty database the tables of this package and note its migrations as run; nothing if it keeps none.

    All or nothing: on PostgreSQL the caller's transaction, on SQLite one of its own.
    """
    dialect = connection.capabilities.dialect
    kept = files(migrations) / FOLDER / f"{dialect}.sql"
    if not kept.is_file():
        return
    statements = kept.read_text(encoding="utf-8")
    await connection.execute_script(statements if dialect == "postgres" else f"BEGIN;\n{statements}\nCOMMIT;")
