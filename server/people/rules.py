"""Who may do what with people."""

from uuid import UUID

from server.kernel.actor import Actor, Permission


def is_self(actor: Actor, person_id: UUID) -> bool:
    """Whether the actor is this very person."""
    return actor.person_id == person_id


def can_read_people(actor: Actor) -> bool:
    """Whether the actor may look up everybody of the organisation."""
    return actor.may(Permission.ORG_PEOPLE_READ)


def can_import_people(actor: Actor) -> bool:
    """Whether the actor may create and change people from the record system, by hand or by file."""
    return actor.may(Permission.ORG_PEOPLE_IMPORT)


def can_edit_competencies(actor: Actor) -> bool:
    """Whether the actor may change the competency framework."""
    return actor.may(Permission.ORG_COMPETENCIES_EDIT)


def can_edit_organization(actor: Actor) -> bool:
    """Whether the actor may set what holds for the whole organisation, consent wordings included."""
    return actor.may(Permission.ORG_SETTINGS_EDIT)
