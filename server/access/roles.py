"""What each role may do. The one place where a role becomes permissions."""

from collections.abc import Iterable

from server.access.models import RoleGrant
from server.access.states import Role
from server.kernel.actor import Grant, Permission

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.GLOBAL_ADMIN: frozenset(Permission) - {Permission.PROGRAM_NOTES_KEEP},
    Role.PROGRAM_MANAGER: frozenset(Permission) - {Permission.ORG_COMPETENCIES_EDIT, Permission.ORG_SETTINGS_EDIT},
}
"""Glossary section 1: the administrator reads and sets everything but what managers note for each other, the programme
manager runs programmes and brings people in. Content that is private to people is behind no permission at all."""


def grants_of(roles: Iterable[RoleGrant]) -> frozenset[Grant]:
    """The grants of these roles. A role for one programme gives what concerns programmes, there alone."""
    return frozenset(
        Grant(permission, held.program_id)
        for held in roles
        for permission in ROLE_PERMISSIONS[held.role]
        if held.program_id is None or permission.value.startswith("program:")
    )
