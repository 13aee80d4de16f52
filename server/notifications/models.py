"""Tables of the notifications room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.access.models import UserSession
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from server.notifications.states import Arm, Channel, MessageClass, MessageState
from server.people.models import Person


class Message(Model):
    """One message to one person: ids only, words are made when it is sent. `dedupe_key` keeps it from going twice.

    `channel`: the first way it went; `fallback`: the other one, when nobody opened it until `falls_back_at`.
    `digest_id`: the nudge whose letter speaks of this one too. `acted_at`: when its reader did what it asks for,
    because of it or not; `arm`: whether it was withheld to find out which. `own`: `own_key` once more, to count by.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    kind = fields.CharField(max_length=20)
    message_class = fields.CharEnumField(MessageClass, max_length=15)
    channel = fields.CharEnumField(Channel, max_length=10, default=Channel.EMAIL)
    recipient: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="messages", on_delete=fields.CASCADE
    )
    recipient_id: UUID
    subject_id = fields.UUIDField(null=True)
    facts: dict[str, Any] = fields.JSONField(default=dict)
    trigger = fields.CharField(max_length=80)
    own = fields.CharField(max_length=20, default="", db_default="")
    dedupe_key = fields.CharField(max_length=200, unique=True)
    state = fields.CharEnumField(MessageState, max_length=12, default=MessageState.PLANNED)
    reason = fields.CharField(max_length=200, default="")
    due_at = fields.DatetimeField(default=now)
    sent_at = fields.DatetimeField(null=True)
    digest_id = fields.UUIDField(null=True)
    program_id = fields.UUIDField(null=True)
    arm = fields.CharEnumField(Arm, max_length=10, default=Arm.NONE, db_default="NONE")
    fallback = fields.CharEnumField(Channel, max_length=10, null=True)
    falls_back_at = fields.DatetimeField(null=True)
    bounced_at = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(null=True)
    tapped_at = fields.DatetimeField(null=True)
    acted_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    crashes = fields.IntField(default=0)
    lease_owner = fields.CharField(max_length=60, default="")
    lease_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "message"
        indexes = [
            Index(fields=("state", "due_at"), name="ix_message_due"),
            Index(fields=("organization_id", "recipient_id", "created_at"), name="ix_message_recipient"),
            Index(fields=("organization_id", "subject_id"), name="ix_message_subject"),
            Index(fields=("organization_id", "program_id", "created_at"), name="ix_message_program"),
            Index(fields=("falls_back_at",), name="ix_message_fallback"),
        ]

    @property
    def own_key(self) -> str:
        """Which of its programme's own messages it is; "" where it is one of Ithaca's."""
        return str(self.facts.get("own", ""))


class NudgeDay(Model):
    """A day of somebody's own calendar on which one nudge goes to them, over all programmes: the cap is this table's.

    `message_id`: the nudge that has the day.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="nudge_days", on_delete=fields.CASCADE
    )
    person_id: UUID
    day = fields.DateField()
    message_id = fields.UUIDField()

    class Meta:
        table = "nudge_day"
        unique_together = (("person_id", "day"),)


class MailboxState(Model):
    """An address of somebody to which mail did not get through; no row says that nothing is known against it.

    `address_mark` is a keyed digest of the address: another address is another state. `failures` counts mails that came
    back and said nothing of the address; `status` is what the last one said (RFC 3463); `dead_at`: since when no mail
    goes there.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="mailboxes", on_delete=fields.CASCADE
    )
    person_id: UUID
    address_mark = fields.CharField(max_length=64)
    failures = fields.IntField(default=0)
    status = fields.CharField(max_length=12)
    dead_at = fields.DatetimeField(null=True)
    changed_at = fields.DatetimeField(default=now)

    class Meta:
        table = "mailbox_state"
        unique_together = (("person_id", "address_mark"),)


class CaughtMail(Model):
    """A mail that the demonstration's own sink accepted over SMTP instead of the world's."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField(null=True)
    message_id = fields.UUIDField(null=True)
    recipient = fields.CharField(max_length=254)
    source = EncryptedTextField()
    caught_at = fields.DatetimeField(default=now)
    opened_at = fields.DatetimeField(null=True)

    class Meta:
        table = "caught_mail"
        indexes = [Index(fields=("caught_at",), name="ix_caught_at")]


class PushKey(Model):
    """The installation's key at push services (VAPID). Made once; the newest counts, an older one is gone."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    number = fields.IntField(unique=True)
    point = fields.CharField(max_length=100)
    secret = EncryptedTextField()
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "push_key"


class PushSubscription(Model):
    """A browser that asked to be told at once. It ends with the session that it was asked in, and with its key.

    Whoever holds address and keys could write to it. `endpoint_mark` is a keyed digest of the address, to find it by.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="push_subscriptions", on_delete=fields.CASCADE
    )
    person_id: UUID
    session: fields.ForeignKeyRelation[UserSession] = fields.ForeignKeyField(
        "models.UserSession", related_name="push_subscriptions", on_delete=fields.CASCADE
    )
    session_id: UUID
    key: fields.ForeignKeyRelation[PushKey] = fields.ForeignKeyField(
        "models.PushKey", related_name="subscriptions", on_delete=fields.CASCADE
    )
    key_id: UUID
    endpoint_mark = fields.CharField(max_length=64)
    endpoint = EncryptedTextField()
    p256dh = EncryptedTextField()
    auth = EncryptedTextField()
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "push_subscription"
        unique_together = (("organization_id", "endpoint_mark"),)
        indexes = [
            Index(fields=("organization_id", "person_id"), name="ix_push_person"),
            Index(fields=("session_id",), name="ix_push_session"),
            Index(fields=("key_id",), name="ix_push_key"),
        ]


class PushNotice(Model):
    """One message on its way to one browser, beside the mail. It goes with the subscription that it is for."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    message: fields.ForeignKeyRelation[Message] = fields.ForeignKeyField(
        "models.Message", related_name="notices", on_delete=fields.CASCADE
    )
    message_id: UUID
    subscription: fields.ForeignKeyRelation[PushSubscription] = fields.ForeignKeyField(
        "models.PushSubscription", related_name="notices", on_delete=fields.CASCADE
    )
    subscription_id: UUID
    state = fields.CharEnumField(MessageState, max_length=12, default=MessageState.PLANNED)
    reason = fields.CharField(max_length=200, default="")
    due_at = fields.DatetimeField(default=now)
    sent_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    crashes = fields.IntField(default=0)
    lease_owner = fields.CharField(max_length=60, default="")
    lease_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "push_notice"
        unique_together = (("message_id", "subscription_id"),)
        indexes = [
            Index(fields=("state", "due_at"), name="ix_push_notice_due"),
            Index(fields=("subscription_id",), name="ix_push_notice_to"),
        ]
