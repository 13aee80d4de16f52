from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [('models', '0021_add_session_absence')]

    initial = False

    operations = [
        ops.AddField(
            model_name='SurveyAnswer',
            name='goal_id',
            field=fields.UUIDField(null=True),
        ),
    ]
