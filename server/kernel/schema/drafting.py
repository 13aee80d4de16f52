"""Drafts a migration from what changed in the models (`make migration name=...`); a person reads and commits it.

The first line of a model's docstring would become a comment of its table upstream: it is left out, so that better words
never need a migration.
"""

import asyncio
import sys
from pathlib import Path

from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.writer import MigrationWriter, format_migration_name

from server.kernel.db import MIGRATIONS, configuration
from server.kernel.schema.short_lived import many_models


async def changes(migrations: str = MIGRATIONS) -> list[MigrationWriter]:
    """What the models hold that the migrations do not; empty when they agree. No database is asked."""
    config = configuration("sqlite://:memory:")
    config["apps"]["models"]["migrations"] = migrations
    async with TortoiseContext() as context:
        await context.init(config=config)
        assert context.apps is not None
        for model in context.apps.get_models_iterable():
            model._meta.table_description = ""
        with many_models():
            return await MigrationAutodetector(context.apps, config["apps"]).changes()


def write(writer: MigrationWriter, name: str) -> Path:
    """Write a drafted migration under the next number and the given name."""
    number = int(writer.name.partition("_")[0])
    writer.name = format_migration_name(number, name)
    return writer.write()


def main(name: str) -> int:
    """Draft and write; returns a process exit code."""
    writers = asyncio.run(changes())
    for writer in writers:
        print(f"Wrote {write(writer, name)}. Read it before you commit it: renames are guessed.")
    if not writers:
        print("The models and the migrations agree. There is nothing to write.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
