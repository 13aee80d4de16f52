from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0018_circles')]

    initial = False

    operations = [
        ops.AddField(
            model_name='MatchOverride',
            name='lifted_by',
            field=fields.CharField(null=True, max_length=60),
        ),
    ]
