from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from server.programs.states import PlanState
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0030_nudge_days')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ProgramVersion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('program', fields.ForeignKeyField('models.Program', source_field='program_id', db_constraint=True, to_field='id', related_name='versions', on_delete=OnDelete.RESTRICT)),
                ('number', fields.IntField()),
                ('state', fields.CharEnumField(description='DRAFT: DRAFT\nREVIEW: REVIEW\nLIVE: LIVE\nPAST: PAST', enum_type=PlanState, max_length=10)),
                ('content', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('digest', fields.CharField(max_length=64)),
                ('based_on', fields.IntField(null=True)),
                ('restores', fields.IntField(null=True)),
                ('made_by', fields.CharField(max_length=60)),
                ('made_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('live_by', fields.CharField(default='', max_length=60)),
                ('live_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'program_version', 'app': 'models', 'unique_together': (('program_id', 'number'),), 'indexes': [Index(fields=['organization_id', 'program_id'], name='ix_version_program')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(Pointer('program_version', 'program_id', 'program', 'RESTRICT')),
    ]
