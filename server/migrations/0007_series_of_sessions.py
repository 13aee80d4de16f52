from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0006_push_and_tickets')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Session',
            name='occurs_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Session',
            name='series_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Session',
            name='series_zone',
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddIndex(
            model_name='Session',
            index=Index(fields=['organization_id', 'series_id'], name='ix_session_series'),
        ),
    ]
