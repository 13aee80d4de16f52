"""What an actor may do: by grant, by programme, and nothing by default."""

import pytest

from server.access.models import RoleGrant
from server.access.roles import ROLE_PERMISSIONS, grants_of
from server.access.states import Role
from server.kernel.actor import Actor, ActorKind, Grant, Permission, require, system_actor
from server.kernel.errors import Refused
from server.kernel.ids import new_id

ONE, OTHER, ORGANIZATION = new_id(), new_id(), new_id()


def person(*grants: Grant) -> Actor:
    return Actor(ActorKind.PERSON, ORGANIZATION, new_id(), frozenset(grants))


@pytest.mark.parametrize("permission", Permission)
def test_without_a_grant_nothing_is_allowed_and_the_product_may_all(permission: Permission) -> None:
    assert not person().may(permission)
    assert not person().may(permission, ONE)
    assert person().programs_with(permission) == frozenset()
    assert system_actor(ORGANIZATION).may(permission, ONE)
    assert system_actor(ORGANIZATION).programs_with(permission) is None


@pytest.mark.parametrize("permission", Permission)
def test_a_grant_gives_itself_where_it_holds_and_nothing_else(permission: Permission) -> None:
    here, everywhere = person(Grant(permission, ONE)), person(Grant(permission))
    assert (here.may(permission, ONE), here.may(permission, OTHER), here.may(permission)) == (True, False, False)
    assert (everywhere.may(permission, OTHER), everywhere.may(permission)) == (True, True)
    assert (here.programs_with(permission), everywhere.programs_with(permission)) == (frozenset({ONE}), None)
    for another in set(Permission) - {permission}:
        assert not here.may(another, ONE)
        assert not everywhere.may(another)


def test_a_refusal_names_the_act() -> None:
    require(True, "end this match")
    with pytest.raises(Refused, match=r"You can't end this match\."):
        require(False, "end this match")


def test_the_trail_names_the_person_or_the_kind_of_machine() -> None:
    someone = person()
    assert someone.id == str(someone.person_id)
    assert system_actor(ORGANIZATION).id == "system"


@pytest.mark.parametrize("role", Role)
def test_a_role_for_one_programme_reaches_no_further(role: Role) -> None:
    held = RoleGrant(organization_id=ORGANIZATION, person_id=new_id(), role=role, program_id=ONE)
    actor = person(*grants_of([held]))
    for permission in Permission:
        assert not actor.may(permission)
        assert not actor.may(permission, OTHER)
        assert actor.may(permission, ONE) == (
            permission.value.startswith("program:") and permission in ROLE_PERMISSIONS[role]
        )


def test_roles_add_up() -> None:
    rows = [
        RoleGrant(organization_id=ORGANIZATION, person_id=new_id(), role=Role.PROGRAM_MANAGER, program_id=program)
        for program in (ONE, OTHER)
    ]
    assert person(*grants_of(rows)).programs_with(Permission.PROGRAM_MATCHES_READ) == frozenset({ONE, OTHER})
    assert grants_of([]) == frozenset()
