"""The managers' note of a pair: who keeps it, nobody overwrites what they have not read, the trail has no words."""

import pytest
from tortoise.connection import get_connection

from server.access.roles import ROLE_PERMISSIONS
from server.access.states import Role
from server.kernel.actor import Grant, Permission, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.secrets import MARK
from server.matches import actions, queries
from server.matches.models import Match, MatchNote
from tests import factories

WORDS = "Call both before Friday."


@pytest.fixture
async def pair(db: object) -> factories.Pair:
    return await factories.active_match()


async def test_a_note_is_kept_and_told_without_its_words(pair: factories.Pair) -> None:
    note = await actions.write_note(pair.manager_actor, pair.match.id, f" {WORDS} ", version=0)
    assert (note.words, note.version, note.written_by_id) == (WORDS, 1, pair.manager.id)
    entry = await AuditEvent.get(action="match.write_note")
    assert (entry.target_id, entry.detail) == (pair.match.id, {"version": 1})
    assert not await OutboxEvent.filter(organization_id=pair.organization.id)
    await actions.write_note(pair.manager_actor, pair.match.id, WORDS, version=0)
    assert await AuditEvent.filter(action="match.write_note").count() == 1


async def test_nobody_writes_over_what_they_have_not_read(pair: factories.Pair) -> None:
    await actions.write_note(pair.manager_actor, pair.match.id, WORDS, version=0)
    colleague = factories.manager_of(await factories.person(pair.organization), pair.program)
    with pytest.raises(Conflict, match="meanwhile"):
        await actions.write_note(colleague, pair.match.id, "Mine.", version=0)
    await actions.write_note(colleague, pair.match.id, "", version=1)
    kept = await MatchNote.get(match_id=pair.match.id)
    assert (kept.words, kept.version) == ("", 2)


async def test_a_note_is_bounded_and_encrypted(pair: factories.Pair) -> None:
    with pytest.raises(Invalid):
        await actions.write_note(pair.manager_actor, pair.match.id, "x" * 5001, version=0)
    await actions.write_note(pair.manager_actor, pair.match.id, WORDS, version=0)
    [stored] = await get_connection("default").execute_query_dict("SELECT words FROM match_note")
    assert stored["words"].startswith(MARK)
    assert "Friday" not in stored["words"]


async def test_others_neither_read_nor_write_it(pair: factories.Pair) -> None:
    await actions.write_note(pair.manager_actor, pair.match.id, WORDS, version=0)
    match = await queries.visible_match(pair.manager_actor, pair.match.id)
    own_program = factories.manager_of(pair.mentor, pair.program)
    admin = factories.actor_of(
        pair.stranger, *(Grant(permission) for permission in ROLE_PERMISSIONS[Role.GLOBAL_ADMIN])
    )
    elsewhere = factories.manager_of(pair.stranger, await factories.program(pair.organization))
    for actor in (pair.mentor_actor, pair.mentee_actor, pair.line_manager_actor, own_program, admin, elsewhere,
                  system_actor(pair.organization.id)):
        assert await queries.note_of(actor, match) is None
        with pytest.raises((NotFound, Refused)):
            await actions.write_note(actor, pair.match.id, "Mine.", version=1)
    assert Permission.PROGRAM_NOTES_KEEP in ROLE_PERMISSIONS[Role.PROGRAM_MANAGER]


async def test_it_goes_with_its_match(pair: factories.Pair) -> None:
    await actions.write_note(pair.manager_actor, pair.match.id, WORDS, version=0)
    await Match.filter(id=pair.match.id).delete()
    assert not await MatchNote.filter(organization_id=pair.organization.id)
