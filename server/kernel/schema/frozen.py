"""Tables whose rows are written once: the database itself refuses to change one; deleting stays possible, for erasure.
"""

from typing import Any

from tortoise.migrations.operations import RunSQL
from tortoise.migrations.schema_editor.base import BaseSchemaEditor


class WrittenOnce(RunSQL):
    """From here on no row of `table` can be changed, on either database."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__("on", "off")

    async def _run_sql(self, state_editor: BaseSchemaEditor, sqls: Any) -> None:
        both = _on_postgres, _off_postgres
        if state_editor.DIALECT != "postgres":
            both = _on_sqlite, _off_sqlite
        for statement in both[sqls == "off"](self.table):
            if state_editor.collect_sql:
                state_editor.collected_sql.append(statement)
            else:  # whole: Tortoise cuts statements at each semicolon
                await state_editor.client.execute_query(statement)


def _on_postgres(table: str) -> list[str]:
    return [
        f"CREATE FUNCTION {table}_written_once() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table}: rows are written once' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f'CREATE TRIGGER "{table}_written_once" BEFORE UPDATE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION {table}_written_once()",
    ]


def _off_postgres(table: str) -> list[str]:
    return [f'DROP TRIGGER "{table}_written_once" ON "{table}"', f"DROP FUNCTION {table}_written_once()"]


def _on_sqlite(table: str) -> list[str]:
    return [
        f'CREATE TRIGGER "{table}_written_once" BEFORE UPDATE ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are written once'); END"
    ]


def _off_sqlite(table: str) -> list[str]:
    return [f'DROP TRIGGER "{table}_written_once"']
