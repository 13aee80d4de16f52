from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0043_training')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Cohort',
            name='enrol_by_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Program',
            name='intake',
            field=fields.JSONField(default=dict, db_default='{}', encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
