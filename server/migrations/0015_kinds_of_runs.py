from tortoise import migrations
from tortoise.migrations import operations as ops
from server.matchmaking.states import RunKind
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0014_proposal_log')]

    initial = False

    operations = [
        ops.AddField(
            model_name='MatchRun',
            name='after_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='MatchRun',
            name='kind',
            field=fields.CharEnumField(default=RunKind.FULL, description='FULL: FULL\nPREVIEW: PREVIEW\nNEWCOMERS: NEWCOMERS\nSINGLE: SINGLE', db_default='FULL', enum_type=RunKind, max_length=10),
        ),
    ]
