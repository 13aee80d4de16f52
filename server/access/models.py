"""Tables of the access room."""

from __future__ import annotations

from uuid import UUID

from tortoise import Model, fields
from tortoise.indexes import Index

from server.access.states import Role
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
