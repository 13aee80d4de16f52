from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.goals.states import GoalPrivacy
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0037_surveys')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Goal',
            name='privacy',
            field=fields.CharEnumField(default=GoalPrivacy.PAIR, description='PRIVATE: PRIVATE\nPAIR: PAIR\nMANAGERS: MANAGERS', db_default='PAIR', enum_type=GoalPrivacy, max_length=10),
        ),
        ops.AddField(
            model_name='Program',
            name='goal_privacy',
            field=fields.JSONField(default=dict, db_default='{}', encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
