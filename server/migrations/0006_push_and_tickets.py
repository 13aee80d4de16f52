from tortoise import migrations
from tortoise.migrations import operations as ops
from orjson import loads
from server.access.states import TicketPurpose
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.schema.composite import Pointer, same_organization
from server.kernel.secrets import EncryptedTextField
from server.notifications.states import MessageState
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0005_end_check_in_and_openings')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PushKey',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('number', fields.IntField(unique=True)),
                ('point', fields.CharField(max_length=100)),
                ('secret', EncryptedTextField(unique=False)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'push_key', 'app': 'models', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='push_subscriptions', on_delete=OnDelete.CASCADE)),
                ('session', fields.ForeignKeyField('models.UserSession', source_field='session_id', db_constraint=True, to_field='id', related_name='push_subscriptions', on_delete=OnDelete.CASCADE)),
                ('key', fields.ForeignKeyField('models.PushKey', source_field='key_id', db_constraint=True, to_field='id', related_name='subscriptions', on_delete=OnDelete.CASCADE)),
                ('endpoint_mark', fields.CharField(max_length=64)),
                ('endpoint', EncryptedTextField(unique=False)),
                ('p256dh', EncryptedTextField(unique=False)),
                ('auth', EncryptedTextField(unique=False)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'push_subscription', 'app': 'models', 'unique_together': (('organization_id', 'endpoint_mark'),), 'indexes': [Index(fields=['organization_id', 'person_id'], name='ix_push_person'), Index(fields=['session_id'], name='ix_push_session'), Index(fields=['key_id'], name='ix_push_key')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='PushNotice',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('message', fields.ForeignKeyField('models.Message', source_field='message_id', db_constraint=True, to_field='id', related_name='notices', on_delete=OnDelete.CASCADE)),
                ('subscription', fields.ForeignKeyField('models.PushSubscription', source_field='subscription_id', db_constraint=True, to_field='id', related_name='notices', on_delete=OnDelete.CASCADE)),
                ('state', fields.CharEnumField(default=MessageState.PLANNED, description='PLANNED: PLANNED\nQUEUED: QUEUED\nSENT: SENT\nDELIVERED: DELIVERED\nFAILED: FAILED\nSUPPRESSED: SUPPRESSED', enum_type=MessageState, max_length=12)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('due_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('attempts', fields.IntField(default=0)),
                ('crashes', fields.IntField(default=0)),
                ('lease_owner', fields.CharField(default='', max_length=60)),
                ('lease_until', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'push_notice', 'app': 'models', 'unique_together': (('message_id', 'subscription_id'),), 'indexes': [Index(fields=['state', 'due_at'], name='ix_push_notice_due'), Index(fields=['subscription_id'], name='ix_push_notice_to')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Ticket',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ('organization_id', fields.UUIDField()),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.CASCADE)),
                ('session', fields.ForeignKeyField('models.UserSession', source_field='session_id', db_constraint=True, to_field='id', related_name='tickets', on_delete=OnDelete.CASCADE)),
                ('purpose', fields.CharEnumField(description='AGREE_TO_TIME: AGREE_TO_TIME\nUNDO_BOOKING: UNDO_BOOKING', enum_type=TicketPurpose, max_length=20)),
                ('subject_id', fields.UUIDField()),
                ('facts', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('fingerprint', fields.CharField(unique=True, max_length=64)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('spent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'ticket', 'app': 'models', 'indexes': [Index(fields=['organization_id', 'person_id'], name='ix_ticket_person'), Index(fields=['session_id'], name='ix_ticket_session')], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        same_organization(
            Pointer("push_notice", "message_id", "message", "CASCADE"),
            Pointer("push_notice", "subscription_id", "push_subscription", "CASCADE"),
            Pointer("push_subscription", "person_id", "person", "CASCADE"),
            Pointer("push_subscription", "session_id", "user_session", "CASCADE"),
            Pointer("ticket", "person_id", "person", "CASCADE"),
            Pointer("ticket", "session_id", "user_session", "CASCADE"),
        ),
    ]
