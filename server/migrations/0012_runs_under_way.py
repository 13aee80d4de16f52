from tortoise import migrations
from tortoise.migrations import operations as ops
from server.matchmaking.engine.watch import Step
from server.matchmaking.states import RunState
from tortoise import fields

class Reworded(ops.AlterField):
    """A field whose enum got a value: the column stays. SQLite would build the table anew, without its indexes."""

    async def database_forward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""


class Migration(migrations.Migration):
    dependencies = [('models', '0011_note_versions')]

    initial = False

    operations = [
        Reworded(
            model_name='MatchRun',
            name='state',
            field=fields.CharEnumField(default=RunState.RUNNING, description='RUNNING: RUNNING\nDONE: DONE\nFAILED: FAILED\nCANCELLED: CANCELLED', enum_type=RunState, max_length=10),
        ),
        ops.AddField(
            model_name='MatchRun',
            name='percent',
            field=fields.SmallIntField(null=True),
        ),
        ops.AddField(
            model_name='MatchRun',
            name='step',
            field=fields.CharEnumField(null=True, description='SEARCHING: SEARCHING\nASSIGNING: ASSIGNING\nEXPLAINING: EXPLAINING', enum_type=Step, max_length=20),
        ),
    ]
