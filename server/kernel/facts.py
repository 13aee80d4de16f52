"""The kernel's own tables: what happened, what is due, what was answered, who works (decision 5 of the design).

They carry organisation ids as plain values: the kernel lies below the room that knows organisations.
"""

from enum import StrEnum
from typing import Any

from tortoise import Model, fields
from tortoise.indexes import Index

from server.kernel.clock import now
from server.kernel.ids import new_id
from server.kernel.secrets import EncryptedTextField


class AuditEvent(Model):
    """Append-only: who did what to what, when. `detail` holds ids and codes, never anyone's words."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    at = fields.DatetimeField(default=now)
    actor_kind = fields.CharField(max_length=20)
    actor_id = fields.CharField(max_length=60)
    action = fields.CharField(max_length=80)
    target_kind = fields.CharField(max_length=40)
    target_id = fields.UUIDField(null=True)
    detail: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_event"
        indexes = [
            Index(fields=("organization_id", "at"), name="ix_audit_org_at"),
            Index(fields=("organization_id", "target_id", "at"), name="ix_audit_target"),
        ]


class OutboxEvent(Model):
    """A fact for the rest of the product, written with the change it tells of and delivered after commit.

    `not_before` holds it back while its act can still be undone; a withdrawn fact is never delivered.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    at = fields.DatetimeField(default=now)
    kind = fields.CharField(max_length=80)
    subject_id = fields.UUIDField(null=True)
    payload: dict[str, Any] = fields.JSONField(default=dict)
    not_before = fields.DatetimeField(default=now)
    delivered_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)
    parked_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    crashes = fields.IntField(default=0)
    lease_owner = fields.CharField(max_length=60, default="")
    lease_until = fields.DatetimeField(null=True)
    last_error = fields.CharField(max_length=200, default="")

    class Meta:
        table = "outbox_event"
        indexes = [
            Index(fields=("delivered_at", "not_before"), name="ix_outbox_open"),
            Index(fields=("organization_id", "subject_id"), name="ix_outbox_subject"),
        ]


class ActionState(StrEnum):
    """What became of a due action."""

    PLANNED = "PLANNED"
    DONE = "DONE"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"
    PARKED = "PARKED"


class ScheduledAction(Model):
    """Something due at `due_at`, unless: timetable, preview for administrators and trail in one row.

    `recipient_id`: whom it is for, where it is for one person; `program_id`: whose rule it follows.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    rule = fields.CharField(max_length=60)
    subject_kind = fields.CharField(max_length=40)
    subject_id = fields.UUIDField()
    program_id = fields.UUIDField(null=True)
    recipient_id = fields.UUIDField(null=True)
    due_at = fields.DatetimeField()
    state = fields.CharEnumField(ActionState, max_length=20, default=ActionState.PLANNED)
    reason = fields.CharField(max_length=200, default="")
    payload: dict[str, Any] = fields.JSONField(default=dict)
    dedupe_key = fields.CharField(max_length=160, unique=True)
    attempts = fields.IntField(default=0)
    crashes = fields.IntField(default=0)
    lease_owner = fields.CharField(max_length=60, default="")
    lease_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(default=now)
    done_at = fields.DatetimeField(null=True)

    class Meta:
        table = "scheduled_action"
        indexes = [
            Index(fields=("state", "due_at"), name="ix_scheduled_due"),
            Index(fields=("organization_id", "subject_id"), name="ix_scheduled_subject"),
            Index(fields=("organization_id", "recipient_id", "due_at"), name="ix_scheduled_recipient"),
        ]


class Receipt(Model):
    """The outcome of an act that carried a key: the same key again returns it and does nothing.

    Kept for two weeks (`db.RECEIPTS_KEPT`).
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    actor_id = fields.CharField(max_length=60)
    key = fields.CharField(max_length=80)
    outcome = EncryptedTextField()
    at = fields.DatetimeField(default=now)

    class Meta:
        table = "receipt"
        unique_together = (("organization_id", "actor_id", "key"),)
        indexes = [Index(fields=("at",), name="ix_receipt_at")]


class Worker(Model):
    """A process that runs jobs, with its heartbeat: a second process under the same id is refused."""

    id = fields.CharField(max_length=60, primary_key=True)
    process = fields.CharField(max_length=80)
    beat_at = fields.DatetimeField()

    class Meta:
        table = "worker"


class ClockShift(Model):
    """How far a demo installation's clock is moved, so that every process and a restart agree."""

    id = fields.IntField(primary_key=True, default=1)
    seconds = fields.BigIntField(default=0)

    class Meta:
        table = "clock_shift"
