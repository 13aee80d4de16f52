from tortoise import migrations
from tortoise.migrations import operations as ops
from server.matches.states import MatchOrigin
from tortoise import fields

class Reworded(ops.AlterField):
    """A field whose enum got a value: the column stays. SQLite would build the table anew, without its indexes."""

    async def database_forward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""


class Migration(migrations.Migration):
    dependencies = [('models', '0019_decisions_lifted')]

    initial = False

    operations = [
        Reworded(
            model_name='Match',
            name='origin',
            field=fields.CharEnumField(default=MatchOrigin.ENGINE, description='ENGINE: ENGINE\nMANAGER: MANAGER\nMENTEE: MENTEE\nMENTOR: MENTOR\nPEER: PEER', enum_type=MatchOrigin, max_length=10),
        ),
        Reworded(
            model_name='Proposal',
            name='origin',
            field=fields.CharEnumField(description='ENGINE: ENGINE\nMANAGER: MANAGER\nMENTEE: MENTEE\nMENTOR: MENTOR\nPEER: PEER', enum_type=MatchOrigin, max_length=10),
        ),
    ]
