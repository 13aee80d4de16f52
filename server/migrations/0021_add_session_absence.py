from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.clock import now
from server.kernel.ids import new_id
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

from server.kernel.schema.composite import Pointer, same_organization


class Migration(migrations.Migration):
    dependencies = [('models', '0020_peers_ask')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Absence',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('session', fields.ForeignKeyField('models.Session', source_field='session_id', db_constraint=True, to_field='id', related_name='absences', on_delete=OnDelete.CASCADE)),
                ('person_id', fields.UUIDField()),
                ('said_by_id', fields.UUIDField()),
                ('said_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'session_absence', 'app': 'models', 'unique_together': (('session_id', 'person_id'),), 'indexes': [Index(fields=['organization_id', 'session_id'], name='ix_absence_session')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(Pointer("session_absence", "session_id", "session", "CASCADE")),
    ]
