"""Tables of the access room."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.access.states import Role, TicketPurpose
from server.kernel.clock import now
from server.kernel.ids import new_id
from server.people.models import Person


class RoleGrant(Model):
    """A role of a person, for one programme or for all."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="roles", on_delete=fields.CASCADE
    )
    person_id: UUID
    role = fields.CharEnumField(Role, max_length=30)
    program_id = fields.UUIDField(null=True)
    granted_at = fields.DatetimeField(default=now)

    class Meta:
        table = "role_grant"
        indexes = [Index(fields=("organization_id", "person_id"), name="ix_role_person")]


class UserSession(Model):
    """A signed-in browser. The cookie holds the secret, the row only its fingerprint, so a copy signs nobody in."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="sessions", on_delete=fields.CASCADE
    )
    person_id: UUID
    fingerprint = fields.CharField(max_length=64, unique=True)
    device = fields.CharField(max_length=120, default="")
    created_at = fields.DatetimeField(default=now)
    seen_at = fields.DatetimeField(default=now)
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "user_session"
        indexes = [Index(fields=("organization_id", "person_id"), name="ix_session_person")]


class SignInRequest(Model):
    """Somebody typed an address to sign in by mail. The row is the same whether anybody has that address.

    It belongs to no organisation: whose address it is, only the worker looks up. `browser` is the fingerprint of the
    cookie where it began, `address_mark` and `network_mark` are keyed digests to count by. Rows live a day.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    browser = fields.CharField(max_length=64, unique=True)
    address = fields.CharField(max_length=254)
    address_mark = fields.CharField(max_length=64)
    network_mark = fields.CharField(max_length=64)
    onward = fields.CharField(max_length=500, default="")
    tries = fields.IntField(default=0)
    created_at = fields.DatetimeField(default=now)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "sign_in_request"
        indexes = [
            Index(fields=("address_mark", "created_at"), name="ix_sign_in_address"),
            Index(fields=("network_mark", "created_at"), name="ix_sign_in_network"),
            Index(fields=("created_at",), name="ix_sign_in_created"),
        ]


class SignInLetter(Model):
    """One person's way in by mail, for one request. Its code and link are worked out from its id, never stored."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    request: fields.ForeignKeyRelation[SignInRequest] = fields.ForeignKeyField(
        "models.SignInRequest", related_name="letters", on_delete=fields.CASCADE
    )
    request_id: UUID
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="sign_in_letters", on_delete=fields.CASCADE
    )
    person_id: UUID
    created_at = fields.DatetimeField(default=now)

    class Meta:
        table = "sign_in_letter"
        unique_together = (("request_id", "person_id"),)
        indexes = [Index(fields=("organization_id", "person_id"), name="ix_sign_in_letter_person")]


class Ticket(Model):
    """One act of one person by one tap. Only the fingerprint of its secret is kept.

    A notification's is bound to the session of its device; a mail's to none, as mails are read anywhere.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    organization_id = fields.UUIDField()
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "models.Person", related_name="tickets", on_delete=fields.CASCADE
    )
    person_id: UUID
    session: fields.ForeignKeyNullableRelation[UserSession] = fields.ForeignKeyField(
        "models.UserSession", related_name="tickets", null=True, on_delete=fields.CASCADE
    )
    session_id: UUID | None
    purpose = fields.CharEnumField(TicketPurpose, max_length=20)
    subject_id = fields.UUIDField()
    facts: dict[str, Any] = fields.JSONField(default=dict)
    fingerprint = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField(default=now)
    expires_at = fields.DatetimeField()
    spent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "ticket"
        indexes = [
            Index(fields=("organization_id", "person_id"), name="ix_ticket_person"),
            Index(fields=("session_id",), name="ix_ticket_session"),
        ]
