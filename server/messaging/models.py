"""Tables of the messaging room. One thread per match; the words are encrypted."""

from __future__ import annotations

from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField
from server.matches.models import Match


class Thread(Model):
    """The conversation of one match."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    match: fields.OneToOneRelation[Match] = fields.OneToOneField(
        "models.Match", related_name="thread", on_delete=fields.CASCADE
    )
    match_id: UUID
    last_at = fields.DatetimeField(null=True)

    class Meta:
        table = "thread"


class ThreadMessage(Model):
    """A word from one member to the others."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    thread: fields.ForeignKeyRelation[Thread] = fields.ForeignKeyField(
        "models.Thread", related_name="messages", on_delete=fields.CASCADE
    )
    thread_id: UUID
    author_id = fields.UUIDField()
    body = EncryptedTextField()
    sent_at = fields.DatetimeField(default=now)

    class Meta:
        table = "thread_message"
        indexes = [Index(fields=("organization_id", "thread_id", "sent_at"), name="ix_thread_message")]


class ReadMark(Model):
    """How far a member has read a thread."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    thread: fields.ForeignKeyRelation[Thread] = fields.ForeignKeyField(
        "models.Thread", related_name="read_marks", on_delete=fields.CASCADE
    )
    thread_id: UUID
    person_id = fields.UUIDField()
    read_at = fields.DatetimeField()

    class Meta:
        table = "read_mark"
        unique_together = (("thread_id", "person_id"),)
