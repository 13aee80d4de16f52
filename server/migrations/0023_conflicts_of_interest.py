from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0022_answer_closes_goal')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ConflictOfInterest',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('one_id', fields.UUIDField()),
                ('other_id', fields.UUIDField()),
                ('reason', EncryptedTextField(default='', unique=False)),
                ('declared_by', fields.CharField(max_length=60)),
                ('at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('lifted_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('lifted_by', fields.CharField(null=True, max_length=60)),
            ],
            options={'table': 'conflict_of_interest', 'app': 'models', 'indexes': [Index(fields=['organization_id', 'one_id'], name='ix_conflict_one'), Index(fields=['organization_id', 'other_id'], name='ix_conflict_other')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
