from tortoise import migrations
from tortoise.migrations import operations as ops
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from server.notifications.states import Arm, Channel
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Reworded(ops.AlterField):
    """A field whose enum got a value: the column stays. SQLite would build the table anew, without its indexes."""

    async def database_forward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""

    async def database_backward(self, *_where: object, **_how: object) -> None:
        """Nothing to do in the database."""


class Migration(migrations.Migration):
    dependencies = [('models', '0032_program_triggers')]

    initial = False

    operations = [
        ops.CreateModel(
            name='MailboxState',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='mailboxes', on_delete=OnDelete.CASCADE)),
                ('address_mark', fields.CharField(max_length=64)),
                ('failures', fields.IntField(default=0)),
                ('status', fields.CharField(max_length=12)),
                ('dead_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('changed_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'mailbox_state', 'app': 'models', 'unique_together': (('person_id', 'address_mark'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(Pointer('mailbox_state', 'person_id', 'person', 'CASCADE')),
        Reworded(
            model_name='Message',
            name='channel',
            field=fields.CharEnumField(default=Channel.EMAIL, description='EMAIL: EMAIL\nPUSH: PUSH', enum_type=Channel, max_length=10),
        ),
        ops.AddField(
            model_name='Message',
            name='acted_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Message',
            name='arm',
            field=fields.CharEnumField(default=Arm.NONE, description='NONE: NONE\nNUDGED: NUDGED\nHELD_OUT: HELD_OUT', db_default='NONE', enum_type=Arm, max_length=10),
        ),
        ops.AddField(
            model_name='Message',
            name='bounced_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Message',
            name='fallback',
            field=fields.CharEnumField(null=True, description='EMAIL: EMAIL\nPUSH: PUSH', enum_type=Channel, max_length=10),
        ),
        ops.AddField(
            model_name='Message',
            name='falls_back_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Message',
            name='program_id',
            field=fields.UUIDField(null=True),
        ),
        ops.AddField(
            model_name='Message',
            name='read_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Message',
            name='tapped_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name='Message',
            index=Index(fields=['organization_id', 'program_id', 'created_at'], name='ix_message_program'),
        ),
        ops.AddIndex(
            model_name='Message',
            index=Index(fields=['falls_back_at'], name='ix_message_fallback'),
        ),
        ops.AddField(
            model_name='Program',
            name='held_out_percent',
            field=fields.IntField(default=0, db_default=0),
        ),
    ]
