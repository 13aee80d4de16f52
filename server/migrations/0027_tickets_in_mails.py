from tortoise import migrations
from tortoise.migrations import operations as ops
from server.access.states import TicketPurpose
from tortoise.fields.base import OnDelete
from tortoise import fields

class Reworded(ops.AlterField):
    """A field whose enum got values: the column stays."""

    async def database_forward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""


class Loosened(ops.AlterField):
    """A column that may be empty: whoever fills it goes on to."""


class Migration(migrations.Migration):
    dependencies = [('models', '0026_courses_and_talent')]

    initial = False

    operations = [
        Loosened(
            model_name='Ticket',
            name='session',
            field=fields.ForeignKeyField('models.UserSession', source_field='session_id', null=True, db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.CASCADE),
        ),
        # SQLite built the table anew, without its indexes; PostgreSQL has them still.
        ops.RunSQL([
            'CREATE INDEX IF NOT EXISTS "ix_ticket_person" ON "ticket" ("organization_id", "person_id")',
            'CREATE INDEX IF NOT EXISTS "ix_ticket_session" ON "ticket" ("session_id")',
        ], []),
        Reworded(
            model_name='Ticket',
            name='purpose',
            field=fields.CharEnumField(description='AGREE_TO_TIME: AGREE_TO_TIME\nUNDO_BOOKING: UNDO_BOOKING\nUNDO_CHANGE: UNDO_CHANGE\nACCEPT_MATCH: ACCEPT_MATCH\nAGREE_TO_DAY: AGREE_TO_DAY', enum_type=TicketPurpose, max_length=20),
        ),
    ]
