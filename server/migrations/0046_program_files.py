from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from server.programs.states import FileKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0045_permissions')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ProgramFile',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('program', fields.ForeignKeyField('models.Program', source_field='program_id', db_constraint=True, to_field='id', related_name='files', on_delete=OnDelete.CASCADE)),
                ('digest', fields.CharField(max_length=64)),
                ('kind', fields.CharEnumField(description='PDF: pdf\nPNG: png\nJPEG: jpg\nDOCX: docx\nXLSX: xlsx\nPPTX: pptx\nODT: odt\nODS: ods\nODP: odp', enum_type=FileKind, max_length=10)),
                ('size', fields.IntField()),
                ('content', fields.BinaryField()),
                ('uploaded_by', fields.CharField(max_length=60)),
                ('uploaded_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'program_file', 'app': 'models', 'unique_together': (('program_id', 'digest'),), 'indexes': [Index(fields=['organization_id', 'program_id'], name='ix_file_program')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(Pointer('program_file', 'program_id', 'program', 'CASCADE')),
    ]
