"""Writes server/migrations/whole anew (`make tables`): what all migrations come to, read back from real databases."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from server import migrations
from server.kernel.schema import whole
from server.kernel.schema.guard import migrate
from tests import postgres

PACKAGE = Path(str(migrations.__file__)).parent
ONE_BY_ONE = "one_by_one"
OF_SQLITE = """
SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
 ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name"""
RECORDED = "INSERT INTO \"tortoise_migrations\" (\"app\", \"name\", \"applied_at\") VALUES\n%s;\n"


def one_by_one(folder: Path) -> str:
    """The real migrations without what they come to, as a package in this folder: put it on the path."""
    left_out = shutil.ignore_patterns("__pycache__", whole.FOLDER)
    shutil.copytree(PACKAGE, folder / ONE_BY_ONE, ignore=left_out)
    return ONE_BY_ONE


async def main() -> int:
    """Run the migrations one by one on both engines, and write down what is there then."""
    server = postgres.start()
    with TemporaryDirectory() as name:
        folder = Path(name)
        sys.path.insert(0, name)
        try:
            package, file = one_by_one(folder), folder / "ithaca.db"
            done = await migrate(f"sqlite://{file}", folder, migrations=package)
            _write("sqlite", _of_sqlite(file), done)
            await migrate(server.base, folder, migrations=package)
            _write("postgres", _of_postgres(server.base), done)
        finally:
            server.stop()
    return 0


def _of_sqlite(file: Path) -> str:
    with closing(sqlite3.connect(file)) as opened:
        return "".join(f"{sql};\n" for (sql,) in opened.execute(OF_SQLITE))


def _of_postgres(base: str) -> str:
    tool = postgres.tool("pg_dump")
    words = [tool, "--schema-only", "--no-owner", "--no-privileges", "--no-comments", base]
    dump = subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout
    kept = [line for line in dump.splitlines() if line and not line.startswith(("--", "SET ", "SELECT ", "\\"))]
    return "\n".join(kept).replace("public.", "") + "\n"


def _write(dialect: str, statements: str, names: list[str]) -> None:
    rows = ",\n".join(f"('models', '{name}', CURRENT_TIMESTAMP)" for name in names)
    (PACKAGE / whole.FOLDER / f"{dialect}.sql").write_text(statements + RECORDED % rows, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
