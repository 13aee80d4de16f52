"""What the people of a circle are told: each by name, in their own hours, with a calendar entry of their own."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.jobs import drain
from server.matches.models import MatchMember
from server.messaging.actions import send_message
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole, ProgramType
from server.sessions import actions, times
from server.surveys.actions import plan_check_in
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState
from tests import factories
from tests.server.notifications.mail_server import mail_server

MONDAY = datetime(2026, 6, 1, 10, 7, tzinfo=UTC)
NAMED = re.compile(r"\bmentors?\b|\bmentees?\b|\bNone\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """Times to meet begin at quarters of an hour: at this minute none is a day ahead, when reminders of it are due."""
    with clock.at(MONDAY):
        yield


async def test_everybody_gets_an_invitation_its_change_and_its_end(db: object) -> None:
    circle = await factories.active_circle()
    slots = await times.slots_for_match(circle.facilitator_actor, circle.match.id, 2)
    async with mail_server() as post:
        session = await actions.book_session(circle.facilitator_actor, circle.match.id, slots[0].starts_at)
        await _told()
        await actions.move_session(circle.facilitator_actor, session.id, slots[1].starts_at)
        await _told()
        await actions.cancel_session(circle.facilitator_actor, session.id)
        await _told()
        await send_message(circle.member_actors[0], circle.match.id, "Next week then?")
        clock.move(timedelta(minutes=16))
        await drain()
        ana, idris = post.to(circle.members[0].email), post.to(circle.facilitator.email)
        told = [f"{mail['Subject']} {mail.get_body(('plain',)).get_content()}" for mail in post.mails]
    assert len(post.mails) == 7 * 3 + 6
    entries = [part.get_content() for mail in ana for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert [re.findall(r"SEQUENCE:(\d)", entry) for entry in entries] == [["0"], ["1"], ["2"]]
    assert "METHOD:CANCEL" in entries[2]
    assert all(entry.count("ATTENDEE") == 1 for entry in entries)
    first = " ".join(ana[0].get_body(("plain",)).get_content().split())
    assert "You meet Idris, Bao, Chidi, Dina, Emre, Noor." in first
    assert any("Ana wrote to your circle" in mail["Subject"] for mail in idris)
    assert not [words for words in told if NAMED.search(words)]


async def test_who_stays_hears_that_somebody_left_and_who_left_is_asked_no_more(db: object) -> None:
    circle = await factories.active_circle()
    system, ana = system_actor(circle.organization.id), circle.members[0]
    await plan_check_in(system, circle.match.id)
    await MatchMember.filter(person_id=ana.id).update(left_at=clock.now())
    async with mail_server() as post:
        async with unit_of_work(system) as unit:
            await unit.publish(
                "match.member_left", subject_id=circle.match.id, match_id=circle.match.id, person_id=ana.id,
                role=ParticipantRole.MENTEE, code="stepped_out",
            )
        await drain()
        told = {mail["To"].addresses[0].addr_spec: mail["Subject"] for mail in post.mails}
    assert set(told) == {circle.facilitator.email, *(one.email for one in circle.members[1:])}
    assert set(told.values()) == {"Ana has left your circle"}
    states = dict(await SurveyInvitation.all().values_list("person_id", "state"))
    assert states.pop(ana.id) is InvitationState.EXPIRED
    assert set(states.values()) == {InvitationState.PLANNED}


@pytest.mark.parametrize("role", [ParticipantRole.FACILITATOR, ParticipantRole.MENTEE])
async def test_who_is_invited_and_welcomed_reads_of_circles(db: object, role: ParticipantRole) -> None:
    org = await factories.organization()
    cohort = await factories.cohort(await factories.program(org, type=ProgramType.CIRCLE))
    someone = await factories.person(org)
    row = await factories.enrollment(cohort, someone, role, state=EnrollmentState.INVITED)
    async with mail_server() as post:
        for kind, state in (("invited", EnrollmentState.INVITED), ("activated", EnrollmentState.ACTIVE)):
            await Enrollment.filter(id=row.id).update(state=state)
            async with unit_of_work(system_actor(org.id)) as unit:
                await unit.publish(
                    f"enrollment.{kind}", subject_id=row.id, enrollment_id=row.id, person_id=someone.id,
                    program_id=cohort.program_id, cohort_id=cohort.id,
                )
            await drain()
        told = [f"{mail['Subject']} {mail.get_body(('plain',)).get_content()}" for mail in post.mails]
    assert len(told) == 2
    assert ("lead a circle" in told[0]) is (role is ParticipantRole.FACILITATOR)
    assert all("circle" in words and not NAMED.search(words) for words in told)


async def _told() -> None:
    clock.move(timedelta(minutes=1))
    await drain()
