from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0048_announcement')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Message',
            name='own',
            field=fields.CharField(default='', db_default='', max_length=20),
        ),
    ]
