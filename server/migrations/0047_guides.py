from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from server.programs.states import Guide
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('models', '0046_program_files')]

    initial = False

    operations = [
        ops.CreateModel(
            name='GuideUse',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('program', fields.ForeignKeyField('models.Program', source_field='program_id', db_constraint=True, to_field='id', related_name='guide_uses', on_delete=OnDelete.CASCADE)),
                ('guide', fields.CharEnumField(description='FIRST_SESSION: FIRST_SESSION\nFEEDBACK: FEEDBACK\nCLOSING: CLOSING', enum_type=Guide, max_length=20)),
                ('side', fields.CharField(max_length=10)),
                ('opened', fields.IntField(default=0)),
            ],
            options={'table': 'guide_use', 'app': 'models', 'unique_together': (('program_id', 'guide', 'side'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(Pointer('guide_use', 'program_id', 'program', 'CASCADE')),
    ]
