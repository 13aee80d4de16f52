"""Foreign keys that carry the organisation, on PostgreSQL (decision 23 of the design).

A row can only point to a row of its own organisation, whatever a query forgot. On SQLite the check in each action and
its test stand for them.
"""

from typing import Any, NamedTuple

from tortoise.migrations.operations import RunSQL
from tortoise.migrations.schema_editor.base import BaseSchemaEditor

ON_DELETE = {"CASCADE": "CASCADE", "RESTRICT": "RESTRICT", "NO ACTION": "NO ACTION"}


class Pointer(NamedTuple):
    """`column` of `table` points to a row of `target` of the same organisation."""

    table: str
    column: str
    target: str
    on_delete: str


class OnPostgres(RunSQL):
    """Statements for PostgreSQL alone; elsewhere the migration goes on without them."""

    async def _run_sql(self, state_editor: BaseSchemaEditor, sqls: Any) -> None:
        if state_editor.DIALECT == "postgres":
            await super()._run_sql(state_editor, sqls)


def same_organization(*pointers: Pointer) -> OnPostgres:
    """The operation that makes each pointer a foreign key of (organization_id, column), and can take it back."""
    unique = [_unique(target) for target in sorted({pointer.target for pointer in pointers})]
    back = [f'ALTER TABLE "{pointer.table}" DROP CONSTRAINT "{_name(pointer)}"' for pointer in pointers]
    return OnPostgres([*unique, *(_key(pointer) for pointer in pointers)], back)


def _unique(target: str) -> str:
    return f'CREATE UNIQUE INDEX IF NOT EXISTS "uq_{target}_org" ON "{target}" ("organization_id", "id")'


def _key(pointer: Pointer) -> str:
    action = ON_DELETE.get(pointer.on_delete, f'{pointer.on_delete} ("{pointer.column}")')
    return (
        f'ALTER TABLE "{pointer.table}" ADD CONSTRAINT "{_name(pointer)}" '
        f'FOREIGN KEY ("organization_id", "{pointer.column}") '
        f'REFERENCES "{pointer.target}" ("organization_id", "id") ON DELETE {action}'
    )


def _name(pointer: Pointer) -> str:
    return f"fk_{pointer.table}_{pointer.column}_org"
