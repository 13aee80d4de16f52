from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0047_guides')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Cohort',
            name='announce_on',
            field=fields.DateField(null=True),
        ),
    ]
