"""A message is shown as somebody would get it, and tried by a mail to who asks for it; nobody else notices."""

from datetime import timedelta
from uuid import UUID

import pytest

from server.access.models import RoleGrant
from server.access.states import Role
from server.automation.building import actions as building
from server.automation.building.moving import duplicate_program
from server.automation.telling.actions import send_test
from server.automation.telling.limits import Crowd, crowds
from server.automation.telling.shown import about_of, seen
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message, NudgeDay
from server.notifications.states import MessageState
from server.programs.models import Program, ProgramVersion
from server.programs.plans.queries import draft_of
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.factories import Pair, active_match, actor_of, organization, program
from tests.server.notifications.mail_server import mail_server

WORDS = {"subject": "A word with {other} <b>", "body": "From {program}."}


@pytest.fixture
async def pair(db: object) -> Pair:
    """A pair with a session ahead; a draft has other words for one message."""
    pair = await active_match()
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=SessionState.SCHEDULED,
        starts_at=clock.now() + timedelta(days=2), ends_at=clock.now() + timedelta(days=2, hours=1),
    )
    draft = await building.begin_draft(pair.manager_actor, pair.program.id)
    given = {**draft.content, "messages": {"G01": {"words": {"en": WORDS}}}}
    await building.change_draft(pair.manager_actor, pair.program.id, given, seen=draft.digest)
    return pair


async def test_each_kind_is_shown_as_somebody_or_as_nobody(pair: Pair) -> None:
    for kind in CATALOGUE:
        shown = await seen(pair.manager_actor, pair.program.id, kind, pair.mentor.id)
        if about_of(kind) is None:
            assert (shown.people, shown.preview) == ((), None), kind
            continue
        assert shown.preview, kind
        assert shown.preview.subject, kind
        assert shown.as_whom in (pair.mentor, pair.manager), kind
    shown = await seen(pair.manager_actor, pair.program.id, "G01", pair.mentee.id)
    assert shown.preview
    assert (shown.preview.subject, shown.preview.paragraphs) == ("A word with Idris <b>", ("From Rising Leads.",))
    assert [one.full_name for one in shown.people] == ["Idris Brightwater", "Noor Saltmarsh"]
    assert not await Message.all().exists()


async def test_a_test_goes_to_who_asked_and_is_marked_and_touches_nobody(pair: Pair) -> None:
    async with mail_server() as server:
        await send_test(pair.manager_actor, pair.program.id, "G01", person_id=pair.mentee.id)
        await drain()
    [mail] = server.mails
    text, html = (str(part.get_content()) for kind in ("plain", "html") if (part := mail.get_body((kind,))))
    assert (mail["To"].addresses[0].addr_spec, mail["Subject"]) == (pair.manager.email, "Test: A word with Idris <b>")
    assert "This is a test. Noor Saltmarsh would get it as follows." in text
    assert "<h1>A word with Idris &lt;b&gt;</h1>" in html
    assert "Send me no more" not in text
    assert mail["List-Unsubscribe"] is None
    [row] = await Message.all()
    assert (row.recipient_id, row.state, row.subject_id) == (pair.manager.id, MessageState.SENT, pair.program.id)
    assert await NudgeDay.all().count() == 0
    [entry] = await AuditEvent.filter(action="program.test_message")
    assert entry.detail == {"kind": "G01", "as_id": str(pair.mentee.id)}


async def test_a_letter_comes_in_the_name_of_whom_its_programme_chose_as_long_as_they_run_it(pair: Pair) -> None:
    actor, program_id = pair.manager_actor, pair.program.id
    draft = await draft_of(actor, program_id)
    assert draft
    given = {**draft.content, "messages": {"G01": {"sender": pair.manager.employee_id}}}
    with pytest.raises(Invalid) as refused:
        await building.change_draft(actor, program_id, given, seen=draft.digest)
    assert list(refused.value.fields) == ["messages.G01.sender"]
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER, program_id=program_id,
    )
    await building.change_draft(actor, program_id, given, seen=draft.digest)
    async with mail_server() as server:
        await send_test(actor, program_id, "G01", person_id=pair.mentee.id)
        await drain()
        await RoleGrant.filter(person_id=pair.manager.id).delete()
        await send_test(actor, program_id, "G01", person_id=pair.mentee.id)
        await drain()
    first, second = server.mails
    assert first["From"].addresses[0].addr_spec == second["From"].addresses[0].addr_spec != pair.manager.email
    assert first["From"].addresses[0].display_name.startswith(f"{pair.manager.full_name} via ")
    assert first["Reply-To"].addresses[0].addr_spec == pair.manager.email
    assert second["Reply-To"] is None
    assert pair.manager.full_name not in str(second["From"])
    await building.discard_draft(actor, program_id)
    await ProgramVersion.filter(program_id=program_id, number=1).update(content=given)
    assert (await building.begin_draft(actor, program_id, of=1)).content["messages"] == {}, "who left signs no more"
    await Program.filter(id=program_id).update(messages=given["messages"])
    copied = await duplicate_program(system_actor(pair.organization.id), program_id, key="other", name="Other")
    assert copied.messages == {}


async def test_who_does_not_run_it_neither_sees_nor_tries(pair: Pair) -> None:
    with pytest.raises(Refused):
        await seen(actor_of(pair.mentee), pair.program.id, "G01")
    with pytest.raises(Refused):
        await send_test(actor_of(pair.mentee), pair.program.id, "G01")
    elsewhere = await program(await organization())
    with pytest.raises(NotFound):
        await seen(pair.manager_actor, elsewhere.id, "G01")
    stranger = await active_match()
    shown = await seen(pair.manager_actor, pair.program.id, "G01", UUID(str(stranger.mentee.id)))
    assert shown.as_whom == pair.mentor, "somebody of another organisation is nobody here"
    with pytest.raises(Conflict):
        await send_test(pair.manager_actor, pair.program.id, "G04")


def test_reminders_that_meet_or_are_too_many_are_told() -> None:
    assert crowds({}) == []
    assert crowds({"G01": {"moments": [5]}}) == [Crowd(("F02", "G01"), is_one_day=True, day=5)]
    moved = {"F03": {"moments": [6]}, "G01": {"moments": [3]}}
    assert crowds(moved) == [Crowd(("F01", "G01", "F02", "F03"), is_one_day=False, day=6)]
    assert crowds({**moved, "G01": {"on": False}}) == []
