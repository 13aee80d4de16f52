from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0003_sign_in_by_mail')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Match',
            name='paused_until',
            field=fields.DateField(null=True),
        ),
    ]
