from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0029_session_confirmed')]

    initial = False

    operations = [
        ops.CreateModel(
            name='NudgeDay',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='nudge_days', on_delete=OnDelete.CASCADE)),
                ('day', fields.DateField()),
                ('message_id', fields.UUIDField()),
            ],
            options={'table': 'nudge_day', 'app': 'models', 'unique_together': (('person_id', 'day'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(Pointer('nudge_day', 'person_id', 'person', 'CASCADE')),
        ops.AddField(
            model_name='Message',
            name='digest_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='ScheduledAction',
            name='program_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='ScheduledAction',
            name='recipient_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddIndex(
            model_name='ScheduledAction',
            index=Index(fields=['organization_id', 'recipient_id', 'due_at'], name='ix_scheduled_recipient'),
        ),
    ]
