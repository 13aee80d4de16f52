"""Who acts: a person, a machine, or the product itself, with what they may do.

Grants are worked out once per request by the access room; rules only ask `actor.may(...)`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from server.kernel.errors import Refused


class ActorKind(StrEnum):
    """What kind of caller an audit entry shows."""

    PERSON = "person"
    API_CLIENT = "api_client"
    SCIM = "scim"
    SYSTEM = "system"


class Permission(StrEnum):
    """Everything that can be allowed, `scope:thing:verb`, alphabetical."""

    ORG_COMPETENCIES_EDIT = "org:competencies:edit"
    ORG_PEOPLE_IMPORT = "org:people:import"
    ORG_PEOPLE_READ = "org:people:read"
    ORG_SETTINGS_EDIT = "org:settings:edit"
    PROGRAM_CHECKINS_READ = "program:checkins:read"
    PROGRAM_ENROLLMENTS_EDIT = "program:enrollments:edit"
    PROGRAM_MATCHES_DECIDE = "program:matches:decide"
    PROGRAM_MATCHES_READ = "program:matches:read"
    PROGRAM_MATCHING_RUN = "program:matching:run"
    PROGRAM_NOTES_KEEP = "program:notes:keep"
    PROGRAM_SETTINGS_EDIT = "program:settings:edit"


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission, for one programme or, with None, for every programme of the organisation."""

    permission: Permission
    program_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller of an action. `organization_id` bounds everything it can see or touch."""

    kind: ActorKind
    organization_id: UUID
    person_id: UUID | None = None
    grants: frozenset[Grant] = field(default_factory=frozenset)

    @property
    def id(self) -> str:
        """Who it was, for the audit log: a person's id, or the kind of machine."""
        return str(self.person_id) if self.person_id else self.kind.value

    def may(self, permission: Permission, program_id: UUID | None = None) -> bool:
        """Whether the actor holds `permission`, for this programme or for all of them."""
        if self.kind is ActorKind.SYSTEM:
            return True
        everywhere = Grant(permission) in self.grants
        return everywhere or (program_id is not None and Grant(permission, program_id) in self.grants)

    def programs_with(self, permission: Permission) -> frozenset[UUID] | None:
        """The programmes in which the actor holds `permission`; None means every one."""
        if self.kind is ActorKind.SYSTEM or Grant(permission) in self.grants:
            return None
        held = (grant for grant in self.grants if grant.permission is permission)
        return frozenset(grant.program_id for grant in held if grant.program_id)


def system_actor(organization_id: UUID) -> Actor:
    """The product itself, acting within one organisation: jobs, the demo, migrations of data."""
    return Actor(ActorKind.SYSTEM, organization_id)


def require(allowed: bool, what: str) -> None:
    """Go on only if `allowed`.

    Raises:
        Refused: not allowed; `what` names the act in words ("end this match").
    """
    if not allowed:
        raise Refused(f"You can't {what}.")
