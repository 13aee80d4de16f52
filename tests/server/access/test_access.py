"""Signing in, how long it lasts, and what roles allow."""

from datetime import UTC, datetime, timedelta

import pytest

from server.access import actions, queries
from server.access.models import RoleGrant, UserSession
from server.access.roles import ROLE_PERMISSIONS
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import Permission, system_actor
from server.kernel.errors import NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.people.states import PersonStatus
from tests import factories
from tests.conftest import environment

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_a_secret_signs_its_person_in_until_they_sign_out(db: object) -> None:
    someone = await factories.person(await factories.organization())
    secret = await actions.open_session(someone, "Firefox on\x00 Linux")
    found = await queries.session_actor(secret)
    assert found is not None
    assert (found[0].person_id, found[1].id) == (someone.id, someone.id)
    assert [row.device for row in await queries.my_sessions(found[0])] == ["Firefox on Linux"]
    await actions.close_session(secret)
    await actions.close_session(secret)
    assert await queries.session_actor(secret) is None
    assert await queries.my_sessions(found[0]) == []
    assert [entry.action for entry in await AuditEvent.all().order_by("id")] == ["sign_in.open", "sign_in.close"]


async def test_a_browser_that_says_much_of_itself_is_kept_by_its_first_letters(db: object) -> None:
    someone = await factories.person(await factories.organization())
    await actions.open_session(someone, "Ñ" * 119 + "zz")
    assert [row.device for row in await UserSession.all()] == ["Ñ" * 119 + "z"]


async def test_the_secret_itself_is_nowhere_in_the_database(db: object) -> None:
    secret = await actions.open_session(await factories.person(await factories.organization()))
    row = (await UserSession.all())[0]
    assert secret not in str([dict(row), [entry.detail for entry in await AuditEvent.all()]])
    assert len(secret) >= 43  # 256 bits


@pytest.mark.parametrize("secret", ["", "nonsense", "\x00", "x" * 10_000])
async def test_a_forged_secret_signs_nobody_in(db: object, secret: str) -> None:
    assert await queries.session_actor(secret) is None
    await actions.close_session(secret)


async def test_a_session_ends_twelve_hours_after_its_last_use(db: object) -> None:
    someone = await factories.person(await factories.organization())
    with clock.at(NOON):
        secret = await actions.open_session(someone)
        for _ in range(4):
            clock.move(timedelta(hours=11, minutes=59))
            assert await queries.session_actor(secret)
        clock.move(timedelta(hours=12))
        assert await queries.session_actor(secret) is None


async def test_a_session_ends_after_thirty_days_of_use(db: object) -> None:
    someone = await factories.person(await factories.organization())
    with clock.at(NOON):
        secret = await actions.open_session(someone)
        for _ in range(59):
            clock.move(timedelta(hours=11, minutes=59))
            assert await queries.session_actor(secret)
        clock.move(timedelta(hours=12) - timedelta(minutes=1))
        clock.move(timedelta(hours=2))
        assert await queries.session_actor(secret) is None


async def test_an_administrators_session_ends_after_eight_hours(db: object) -> None:
    org = await factories.organization()
    someone = await factories.person(org)
    await actions.grant_role(system_actor(org.id), someone.id, Role.GLOBAL_ADMIN)
    with clock.at(NOON):
        secret = await actions.open_session(someone)
        clock.move(timedelta(hours=7, minutes=59))
        assert await queries.session_actor(secret)
        clock.move(timedelta(minutes=1))
        assert await queries.session_actor(secret) is None


async def test_the_last_use_is_written_at_most_every_five_minutes(db: object) -> None:
    someone = await factories.person(await factories.organization())
    with clock.at(NOON):
        secret = await actions.open_session(someone)
        for minutes, seen in ((4, 0), (1, 5), (4, 5)):
            clock.move(timedelta(minutes=minutes))
            await queries.session_actor(secret)
            assert (await UserSession.all())[0].seen_at == NOON + timedelta(minutes=seen)


async def test_who_left_the_organisation_is_out_at_once(db: object) -> None:
    someone = await factories.person(await factories.organization())
    secret = await actions.open_session(someone)
    someone.status = PersonStatus.ENDED
    await someone.save()
    assert await queries.session_actor(secret) is None


async def test_a_role_for_one_programme_gives_nothing_elsewhere(db: object) -> None:
    org = await factories.organization()
    someone, one, other = await factories.person(org), await factories.program(org), await factories.program(org)
    await actions.grant_role(system_actor(org.id), someone.id, Role.PROGRAM_MANAGER, one.id)
    actor = await queries.actor_for(someone)
    assert actor.may(Permission.PROGRAM_MATCHES_DECIDE, one.id)
    assert not actor.may(Permission.PROGRAM_MATCHES_DECIDE, other.id)
    assert not actor.may(Permission.ORG_PEOPLE_IMPORT, one.id)
    assert actor.programs_with(Permission.PROGRAM_MATCHES_READ) == {one.id}


async def test_only_administrators_set_what_holds_for_everyone() -> None:
    assert ROLE_PERMISSIONS.keys() == set(Role)
    assert Permission.ORG_SETTINGS_EDIT not in ROLE_PERMISSIONS[Role.PROGRAM_MANAGER]
    assert ROLE_PERMISSIONS[Role.GLOBAL_ADMIN] == set(Permission) - {Permission.PROGRAM_NOTES_KEEP}


async def test_a_role_is_held_once_and_its_change_ends_the_sessions(db: object) -> None:
    org = await factories.organization()
    someone, admin = await factories.person(org), system_actor(org.id)
    for act in (actions.grant_role, actions.revoke_role):
        secret = await actions.open_session(someone)
        await act(admin, someone.id, Role.PROGRAM_MANAGER)
        assert await queries.session_actor(secret) is None
        secret = await actions.open_session(someone)
        await act(admin, someone.id, Role.PROGRAM_MANAGER)
        assert await queries.session_actor(secret)
    assert not await RoleGrant.all().exists()


async def test_nobody_raises_themselves_or_a_stranger(db: object) -> None:
    org, elsewhere = await factories.organization(), await factories.organization()
    someone, foreign = await factories.person(org), await factories.person(elsewhere)
    with pytest.raises(Refused):
        await actions.grant_role(await queries.actor_for(someone), someone.id, Role.GLOBAL_ADMIN)
    for person_id in (foreign.id, new_id()):
        with pytest.raises(NotFound):
            await actions.grant_role(system_actor(org.id), person_id, Role.GLOBAL_ADMIN)


async def test_one_signs_out_ones_own_browsers_only(db: object) -> None:
    org = await factories.organization()
    mine, theirs = await factories.person(org), await factories.person(org)
    secret = await actions.open_session(theirs)
    session = (await UserSession.all())[0]
    with pytest.raises(NotFound):
        await actions.end_session(await queries.actor_for(mine), session.id)
    with pytest.raises(NotFound):
        await actions.end_session(system_actor(new_id()), session.id)
    for _ in range(2):
        await actions.end_session(await queries.actor_for(theirs), session.id)
    assert await queries.session_actor(secret) is None


async def test_people_with_a_role_are_found_for_their_programmes(db: object) -> None:
    org = await factories.organization()
    one = await factories.program(org)
    everywhere, here = await factories.person(org, given_name="A"), await factories.person(org, given_name="B")
    admin = system_actor(org.id)
    await actions.grant_role(admin, everywhere.id, Role.PROGRAM_MANAGER)
    await actions.grant_role(admin, here.id, Role.PROGRAM_MANAGER, one.id)
    found = await queries.people_with_role(admin, Role.PROGRAM_MANAGER, one.id)
    assert [person.id for person in found] == [everywhere.id, here.id]
    found = await queries.people_with_role(admin, Role.PROGRAM_MANAGER, new_id())
    assert [person.id for person in found] == [everywhere.id]


async def test_the_demo_is_for_demo_organisations_of_demo_installations(db: object) -> None:
    demo = await factories.organization(is_demo=True)
    manager, someone = await factories.person(demo), await factories.person(demo)
    real = await factories.person(await factories.organization())
    await actions.grant_role(system_actor(demo.id), manager.id, Role.PROGRAM_MANAGER)
    assert await queries.demo_people() == []
    with pytest.raises(NotFound):
        await actions.demo_sign_in(someone.id)
    with environment(ITHACA_DEMO="true"):
        groups = await queries.demo_people()
        assert [(group.role, [one.id for one in group.people]) for group in groups] == [
            (Role.PROGRAM_MANAGER, [manager.id]), (None, [someone.id])
        ]
        with pytest.raises(NotFound):
            await actions.demo_sign_in(real.id)
        secret = await actions.demo_sign_in(manager.id, "phone")
        clock.move(timedelta(days=60))
        found = await queries.session_actor(secret)
        assert found is not None
        assert found[0].may(Permission.PROGRAM_MATCHES_DECIDE)
