from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.kernel.ids import new_id
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

from server.kernel.schema.composite import Pointer, same_organization
from server.people.states import ConsentPurpose


class Reworded(ops.AlterField):
    """A field whose enum got a value: the column stays. SQLite would build the table anew, without its indexes."""

    async def database_forward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""


class Migration(migrations.Migration):
    dependencies = [('models', '0025_ways_of_working')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Course',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization', fields.ForeignKeyField('models.Organization', source_field='organization_id', db_constraint=True, to_field='id', related_name='courses', on_delete=OnDelete.RESTRICT)),
                ('key', fields.CharField(max_length=120)),
                ('title', fields.CharField(max_length=200)),
                ('tags', fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={'table': 'course', 'app': 'models', 'unique_together': (('organization_id', 'key'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CourseCompletion',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='completions', on_delete=OnDelete.CASCADE)),
                ('course', fields.ForeignKeyField('models.Course', source_field='course_id', db_constraint=True, to_field='id', related_name='completions', on_delete=OnDelete.CASCADE)),
                ('completed_on', fields.DateField()),
            ],
            options={'table': 'course_completion', 'app': 'models', 'unique_together': (('person_id', 'course_id'),), 'indexes': [Index(fields=['organization_id', 'person_id'], name='ix_completion_person'), Index(fields=['organization_id', 'course_id'], name='ix_completion_course')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CourseSkill',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('course', fields.ForeignKeyField('models.Course', source_field='course_id', db_constraint=True, to_field='id', related_name='skills', on_delete=OnDelete.CASCADE)),
                ('competency', fields.ForeignKeyField('models.Competency', source_field='competency_id', db_constraint=True, to_field='id', related_name='courses', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'course_skill', 'app': 'models', 'unique_together': (('course_id', 'competency_id'),), 'indexes': [Index(fields=['organization_id', 'competency_id'], name='ix_course_skill_competency')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(
            Pointer("course_completion", "person_id", "person", "CASCADE"),
            Pointer("course_completion", "course_id", "course", "CASCADE"),
            Pointer("course_skill", "course_id", "course", "CASCADE"),
            Pointer("course_skill", "competency_id", "competency", "CASCADE"),
        ),
        Reworded(
            model_name='Consent',
            name='purpose',
            field=fields.CharEnumField(description='MATCHING: MATCHING\nRESULTS: RESULTS\nALUMNI: ALUMNI\nTALENT: TALENT', enum_type=ConsentPurpose, max_length=20),
        ),
        Reworded(
            model_name='ConsentText',
            name='purpose',
            field=fields.CharEnumField(description='MATCHING: MATCHING\nRESULTS: RESULTS\nALUMNI: ALUMNI\nTALENT: TALENT', enum_type=ConsentPurpose, max_length=20),
        ),
    ]
