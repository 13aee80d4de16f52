from tortoise import migrations
from tortoise.migrations import operations as ops
from server.matches.states import MatchKind
from server.programs.states import Circles
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0017_weights_versions')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Match',
            name='kind',
            field=fields.CharEnumField(default=MatchKind.PAIR, description='PAIR: PAIR\nCIRCLE: CIRCLE', db_default='PAIR', enum_type=MatchKind, max_length=10),
        ),
        ops.AddField(
            model_name='MatchMember',
            name='left_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Program',
            name='circles',
            field=fields.CharEnumField(default=Circles.NONE, description='NONE: NONE\nWAITING: WAITING\nEVERYBODY: EVERYBODY', db_default='NONE', enum_type=Circles, max_length=10),
        ),
    ]
