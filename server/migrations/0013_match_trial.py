from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0012_runs_under_way')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MatchTrial',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('person_id', fields.UUIDField()),
                ('files', EncryptedTextField(unique=False)),
                ('settings', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('result', EncryptedTextField(default='', unique=False)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('matched_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('erase_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'match_trial', 'app': 'models', 'indexes': [Index(fields=['organization_id', 'person_id', 'created_at'], name='ix_trial_person')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
