from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.secrets import EncryptedTextField
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0010_offers_refused')]

    initial = False

    operations = [
        ops.AddField(
            model_name='SessionNote',
            name='others',
            field=EncryptedTextField(null=True, unique=False),
        ),
        ops.AddField(
            model_name='SessionNote',
            name='page',
            field=fields.CharField(null=True, max_length=64),
        ),
    ]
