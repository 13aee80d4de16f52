"""Who may let whom in."""

from uuid import UUID

from server.kernel.actor import Actor, Permission


def can_grant_roles(actor: Actor) -> bool:
    """Whether the actor may give and take roles."""
    return actor.may(Permission.ORG_SETTINGS_EDIT)


def can_end_sessions_of(actor: Actor, person_id: UUID) -> bool:
    """Whether the actor may sign this person out: oneself, or who gives and takes roles."""
    return actor.person_id == person_id or can_grant_roles(actor)
