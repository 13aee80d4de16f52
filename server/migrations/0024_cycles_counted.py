from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0023_conflicts_of_interest')]

    initial = False

    operations = [
        ops.AddField(
            model_name='MatchRun',
            name='counted_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
