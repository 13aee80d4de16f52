from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from server.surveys.states import GoalOutcome
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0004_pause_until_a_day')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OpeningWish',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('program', fields.ForeignKeyField('models.Program', source_field='program_id', db_constraint=True, to_field='id', related_name='opening_wishes', on_delete=OnDelete.CASCADE)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='opening_wishes', on_delete=OnDelete.CASCADE)),
                ('asked_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('told_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'opening_wish', 'app': 'models', 'unique_together': (('program_id', 'person_id'),), 'indexes': [Index(fields=['organization_id', 'program_id', 'told_at'], name='ix_opening_open')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='SurveyAnswer',
            name='goal_outcome',
            field=fields.CharEnumField(null=True, description='REACHED: REACHED\nPARTLY: PARTLY\nCHANGED: CHANGED\nLET_GO: LET_GO', enum_type=GoalOutcome, max_length=10),
        ),
        ops.AddField(
            model_name='SurveyAnswer',
            name='recommend',
            field=fields.SmallIntField(null=True),
        ),
        same_organization(
            Pointer("opening_wish", "person_id", "person", "CASCADE"),
            Pointer("opening_wish", "program_id", "program", "CASCADE"),
        ),
    ]
