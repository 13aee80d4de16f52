from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0042_program_resources')]

    initial = False

    operations = [
        ops.CreateModel(
            name='TrainingTask',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('enrollment', fields.ForeignKeyField('models.Enrollment', source_field='enrollment_id', db_constraint=True, to_field='id', related_name='training', on_delete=OnDelete.CASCADE)),
                ('step_key', fields.CharField(max_length=30)),
                ('asked_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('done_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'training_task', 'app': 'models', 'unique_together': (('enrollment_id', 'step_key'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Program',
            name='training',
            field=fields.JSONField(default=list, db_default='[]', encoder=JSON_DUMPS, decoder=loads),
        ),
        same_organization(Pointer('training_task', 'enrollment_id', 'enrollment', 'CASCADE')),
    ]
