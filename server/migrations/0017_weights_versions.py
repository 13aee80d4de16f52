from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.kernel.clock import now
from server.kernel.ids import new_id
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

from server.kernel.schema.composite import Pointer, same_organization


class Migration(migrations.Migration):
    dependencies = [('models', '0016_wishes_and_shortlists')]

    initial = False

    operations = [
        ops.CreateModel(
            name='WeightsVersion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('program', fields.ForeignKeyField('models.Program', source_field='program_id', db_constraint=True, to_field='id', related_name='weights_versions', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('weights', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('rules', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('based_on', fields.IntField(null=True)),
                ('restores', fields.IntField(null=True)),
                ('set_by', fields.CharField(max_length=60)),
                ('set_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'weights_version', 'app': 'models', 'unique_together': (('program_id', 'number'),), 'indexes': [Index(fields=['organization_id', 'program_id'], name='ix_weights_program')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(Pointer("weights_version", "program_id", "program", "RESTRICT")),
        ops.AddField(
            model_name='Program',
            name='weights_version',
            field=fields.IntField(null=True),
        ),
    ]
