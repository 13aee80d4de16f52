"""Who is told what when something happened, once for each occurrence."""

from datetime import timedelta
from typing import Any

import pytest

from server.access.actions import open_session
from server.access.models import RoleGrant
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Refused
from server.kernel.facts import OutboxEvent
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.states import Approval, MatchState
from server.messaging.models import ReadMark, Thread, ThreadMessage
from server.notifications.actions import plan_message
from server.notifications.catalogue import CATALOGUE
from server.notifications.jobs import ENROLLMENT_KINDS
from server.notifications.models import Message
from server.notifications.states import MessageClass, MessageState
from server.people.actions import publish_consent_text, record_consents
from server.people.models import Profile
from server.people.states import ConsentPurpose
from server.programs.states import EnrollmentState, ParticipantRole
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests.factories import Pair, active_match, enrollment, match, person
from tests.server.notifications.conftest import happened
from tests.server.notifications.mail_server import MailServer

pytestmark = pytest.mark.usefixtures("morning")

STANDS = {
    "enrollment.submitted": EnrollmentState.PENDING_APPROVAL, "enrollment.rejected": EnrollmentState.DECLINED,
    "enrollment.activated": EnrollmentState.ACTIVE, "enrollment.waitlisted": EnrollmentState.WAITLISTED,
    "enrollment.seat_freed": EnrollmentState.ACTIVE, "enrollment.place_asked": EnrollmentState.ACTIVE,
}


async def told() -> set[tuple[str, str, MessageState]]:
    rows = await Message.all().select_related("recipient")
    return {(row.kind, row.recipient.given_name, row.state) for row in rows}


async def grant_manager(pair: Pair) -> None:
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER,
        program_id=pair.program.id,
    )


async def waiting_pair() -> Pair:
    """A published match that both must answer."""
    return await active_match(state=MatchState.AWAITING_BOTH, active_at=None)


@pytest.mark.parametrize(("role", "kind"), [(ParticipantRole.MENTOR, "E01"), (ParticipantRole.MENTEE, "E02")])
async def test_an_invitation_is_worded_for_the_role_and_goes_again_when_invited_again(
    pair: Pair, mailbox: MailServer, role: ParticipantRole, kind: str
) -> None:
    someone = await person(pair.organization)
    row = await enrollment(pair.cohort, someone, role, state=EnrollmentState.INVITED)
    ids: dict[str, Any] = {"enrollment_id": row.id, "person_id": someone.id}
    await happened(pair, "enrollment.invited", **ids)
    await drain()
    await happened(pair, "enrollment.invited", **ids)
    await drain()
    assert [one.kind for one in await Message.all()] == [kind]
    row.invited_at = clock.now() + timedelta(days=1)
    await row.save()
    await happened(pair, "enrollment.invited", **ids)
    await drain()
    assert len(mailbox.mails) == 2


@pytest.mark.parametrize("event", ENROLLMENT_KINDS)
async def test_how_an_enrolment_stands_is_told(pair: Pair, mailbox: MailServer, event: str) -> None:
    row = pair.mentee_enrollment
    row.state = STANDS[event]
    await row.save()
    await happened(pair, event, enrollment_id=row.id, person_id=row.person_id)
    await drain()
    assert await told() == {(ENROLLMENT_KINDS[event], "Noor", MessageState.SENT)}


async def test_a_submission_that_nobody_must_approve_is_told_by_its_outcome_alone(
    pair: Pair, mailbox: MailServer
) -> None:
    row = pair.mentee_enrollment
    await happened(pair, "enrollment.submitted", enrollment_id=row.id, person_id=row.person_id)
    await drain()
    assert await told() == set()


async def test_both_are_asked_and_the_second_hears_that_the_first_said_yes(db: object, mailbox: MailServer) -> None:
    pair = await waiting_pair()
    await happened(pair, "match.published")
    await drain()
    assert await told() == {("M03", "Idris", MessageState.SENT), ("M03", "Noor", MessageState.SENT)}
    await matches.accept_match(pair.mentee_actor, pair.match.id)
    await drain()
    assert len(mailbox.to(pair.mentor.email)) == 2
    assert len(mailbox.to(pair.mentee.email)) == 1


async def test_the_last_yes_announces_the_match_to_both(db: object, mailbox: MailServer) -> None:
    pair = await waiting_pair()
    await matches.accept_match(pair.mentee_actor, pair.match.id)
    await matches.accept_match(pair.mentor_actor, pair.match.id)
    await drain()
    assert {("M08", "Idris", MessageState.SENT), ("M08", "Noor", MessageState.SENT)} <= await told()


async def test_who_runs_the_programme_is_asked_when_their_word_is_missing(db: object, mailbox: MailServer) -> None:
    pair = await waiting_pair()
    await grant_manager(pair)
    pair.program.admin_approves_matches = True
    await pair.program.save()
    await matches.accept_match(pair.mentee_actor, pair.match.id)
    await matches.accept_match(pair.mentor_actor, pair.match.id)
    await drain()
    assert ("M07", "Rui", MessageState.SENT) in await told()
    assert str(mailbox.to(pair.manager.email)[0]["Subject"]) == "A match in Rising Leads waits for your word"


async def test_who_runs_the_programme_hears_of_suggestions_while_there_are_any(
    pair: Pair, mailbox: MailServer
) -> None:
    await grant_manager(pair)
    about = {"run_id": pair.match.id, "cohort_id": pair.cohort.id}
    await happened(pair, "matching.finished", **about)
    await drain()
    assert await told() == {("M01", "Rui", MessageState.SUPPRESSED)}
    await Message.filter().delete()
    await match(pair.mentor_enrollment, pair.mentee_enrollment, state=MatchState.DRAFT)
    await happened(pair, "matching.finished", **about)
    await drain()
    assert str(mailbox.mails[0]["Subject"]) == "1 match waits for your word"


async def test_a_decline_is_told_to_the_other_without_its_reason(db: object, mailbox: MailServer) -> None:
    pair = await waiting_pair()
    await happened(pair, "match.published")
    await drain()
    member = await pair.match.members.filter(person_id=pair.mentor.id).first()
    assert member is not None
    member.approval = Approval.DECLINED
    await member.save()
    pair.match.state = MatchState.DECLINED
    await pair.match.save()
    await happened(pair, "match.declined", code="NO_ROOM")
    await drain()
    (mail,) = [one for one in mailbox.mails if "another match" in str(one["Subject"])]
    assert pair.mentee.email in str(mail["To"])
    assert "room" not in mail.as_string().lower()


@pytest.mark.parametrize("event", ["match.expired", "match.cancelled", "match.declined"])
async def test_nobody_hears_the_end_of_a_request_they_never_got(pair: Pair, mailbox: MailServer, event: str) -> None:
    await happened(pair, event)
    await drain()
    assert mailbox.mails == []
    assert set(await Message.all().values_list("reason", flat=True)) == {"never asked"}


async def test_a_check_in_is_asked_while_it_is_open(pair: Pair, mailbox: MailServer) -> None:
    survey = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match, program_id=pair.program.id,
        person_id=pair.mentee.id, state=InvitationState.OPEN, opens_at=clock.now(),
        closes_at=clock.now() + timedelta(days=10),
    )
    await happened(pair, "survey.opened", invitation_id=survey.id)
    await drain()
    assert await told() == {("R01", "Noor", MessageState.SENT)}


async def test_an_answer_that_needs_a_person_reaches_who_runs_the_programme_until_it_is_handled(
    pair: Pair, mailbox: MailServer
) -> None:
    await grant_manager(pair)
    survey = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match, program_id=pair.program.id,
        person_id=pair.mentee.id, state=InvitationState.ANSWERED, opens_at=clock.now(), closes_at=clock.now(),
    )
    answer = await SurveyAnswer.create(organization_id=pair.organization.id, invitation=survey, words="Only theirs.")
    for needs_a_person in (False, True):
        await happened(pair, "survey.answered", invitation_id=survey.id, needs_a_person=needs_a_person)
        await drain()
    assert await told() == {("C04", "Rui", MessageState.SENT), ("R02", "Noor", MessageState.SENT)}
    assert "Noor" not in mailbox.mails[-1].as_string()
    answer.handled_at = clock.now()
    await answer.save()
    await happened(pair, "survey.answered", invitation_id=survey.id, needs_a_person=True)
    await drain()
    assert ("C04", "Rui", MessageState.SUPPRESSED) in await told()
    for _twice in range(2):
        await happened(pair, "survey.answered", invitation_id=survey.id, another_mentor=True)
        await drain()
    assert await Message.filter(kind="R03", recipient=pair.mentee, state=MessageState.SENT).count() == 1


async def test_a_browser_of_another_make_is_told_and_a_newer_one_is_not(pair: Pair, mailbox: MailServer) -> None:
    for device, letters in (("Fire 150.0 on Sea", 0), ("Fire 151.2 on Sea", 0), ("Wave 9 on Land", 1), ("Wave 9", 2)):
        await open_session(pair.mentee, device)
        await drain()
        assert len(mailbox.mails) == letters, device
        clock.move(timedelta(minutes=1))
    assert {row.kind for row in await Message.all()} == {"Y01-device"}


async def test_another_wording_is_told_to_whom_the_earlier_one_binds(pair: Pair, mailbox: MailServer) -> None:
    system = system_actor(pair.organization.id)
    about = (system, ConsentPurpose.MATCHING)
    await publish_consent_text(*about, "Use my profile")
    await record_consents(pair.mentee_actor, {ConsentPurpose.MATCHING: True})
    await record_consents(pair.mentor_actor, {ConsentPurpose.MATCHING: False})
    await drain()
    await publish_consent_text(*about, "Use my profile and my goal")
    await drain()
    assert await told() == {("Y03", "Noor", MessageState.SENT)}
    await publish_consent_text(*about, "Use what I wrote")
    await record_consents(pair.mentee_actor, {ConsentPurpose.MATCHING: True})
    await drain()
    assert await Message.all().count() == 1   # answered before anybody was told


async def test_words_are_told_after_15_minutes_unread_all_in_one_mail(pair: Pair, mailbox: MailServer) -> None:
    thread = await Thread.create(organization_id=pair.organization.id, match=pair.match)
    for _ in range(3):
        await ThreadMessage.create(
            organization_id=pair.organization.id, thread=thread, author_id=pair.mentor.id, body="words",
            sent_at=clock.now(),
        )
        await happened(pair, "message.sent", thread_id=thread.id, author_id=pair.mentor.id)
        await drain()
    assert mailbox.mails == []
    clock.move(timedelta(minutes=16))
    await drain()
    (mail,) = mailbox.mails
    assert pair.mentee.email in str(mail["To"])
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "3 messages that you have not read" in plain.get_content()


async def test_words_of_a_match_that_is_over_meanwhile_send_nothing(pair: Pair, mailbox: MailServer) -> None:
    thread = await Thread.create(organization_id=pair.organization.id, match=pair.match)
    await ThreadMessage.create(
        organization_id=pair.organization.id, thread=thread, author_id=pair.mentor.id, body="words"
    )
    await happened(pair, "message.sent", thread_id=thread.id, author_id=pair.mentor.id)
    await drain()
    over = {"state": MatchState.CONCLUDED, "ended_at": clock.now() + timedelta(minutes=5)}
    await Match.filter(id=pair.match.id).update(**over)
    clock.move(timedelta(minutes=16))
    await drain()
    assert await told() == {("A02", "Noor", MessageState.SUPPRESSED)}


async def test_words_that_were_read_in_time_send_nothing(pair: Pair, mailbox: MailServer) -> None:
    thread = await Thread.create(organization_id=pair.organization.id, match=pair.match)
    await ThreadMessage.create(
        organization_id=pair.organization.id, thread=thread, author_id=pair.mentor.id, body="words",
        sent_at=clock.now(),
    )
    await happened(pair, "message.sent", thread_id=thread.id, author_id=pair.mentor.id)
    await drain()
    await ReadMark.create(
        organization_id=pair.organization.id, thread=thread, person_id=pair.mentee.id,
        read_at=clock.now() + timedelta(minutes=5),
    )
    clock.move(timedelta(minutes=16))
    await drain()
    assert await told() == {("A02", "Noor", MessageState.SUPPRESSED)}


async def test_what_a_person_switched_off_is_not_sent_but_answers_to_acts_always_are(
    pair: Pair, mailbox: MailServer
) -> None:
    await Profile.create(organization_id=pair.organization.id, person=pair.mentee, muted_kinds=["R01", "M08"])
    survey = await SurveyInvitation.create(
        organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match, program_id=pair.program.id,
        person_id=pair.mentee.id, state=InvitationState.OPEN, opens_at=clock.now(), closes_at=clock.now(),
    )
    await happened(pair, "survey.opened", invitation_id=survey.id)
    await happened(pair, "match.activated")
    await drain()
    assert ("R01", "Noor", MessageState.SUPPRESSED) in await told()
    assert ("M08", "Noor", MessageState.SENT) in await told()


async def test_what_was_taken_back_meanwhile_is_not_announced(pair: Pair, mailbox: MailServer) -> None:
    pair.match.state = MatchState.DRAFT
    await pair.match.save()
    await happened(pair, "match.activated")
    await drain()
    assert {state for _, _, state in await told()} == {MessageState.SUPPRESSED}


async def test_only_the_product_plans_messages(pair: Pair) -> None:
    with pytest.raises(Refused):
        await plan_message(pair.manager_actor, "M08", pair.mentor.id, pair.match.id, {}, trigger="test")


async def test_a_message_about_something_that_is_gone_is_suppressed(pair: Pair, mailbox: MailServer) -> None:
    actor = system_actor(pair.organization.id)
    await plan_message(actor, "M08", pair.mentor.id, new_id(), {"match_id": new_id()}, trigger="test")
    await drain()
    assert [(row.state, row.reason) for row in await Message.all()] == [(MessageState.SUPPRESSED, "gone")]


async def test_a_plan_that_is_rolled_back_leaves_no_message(pair: Pair) -> None:
    actor = system_actor(pair.organization.id)

    async def fails() -> None:
        async with unit_of_work(actor):
            await plan_message(actor, "M08", pair.mentor.id, pair.match.id, {"match_id": pair.match.id}, trigger="t")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert not await Message.all().exists()


async def test_an_event_of_another_organisation_reaches_nobody_here(pair: Pair, mailbox: MailServer) -> None:
    other = await active_match()
    async with unit_of_work(system_actor(other.organization.id)) as unit:
        await unit.publish("match.activated", match_id=pair.match.id)
    await drain()
    assert mailbox.mails == []
    assert not await OutboxEvent.filter(delivered_at=None).exists()


def test_what_people_do_to_each_other_is_no_nudge() -> None:
    nudges = {kind.key for kind in CATALOGUE.values() if kind.message_class is MessageClass.NUDGE}
    assert nudges == {
        "L01", "L02", "L03", "E17",
        "E03", "E04", "E05", "E06", "E11", "M04", "M11", "F01", "F02", "F03", "G01", "G01-met", "G04", "G05",
        "G05-shared", "G07", "S03", "S06", "S08", "S10", "I01", "I02", "Z01", "Z02", "Z03", "Z08",
        "T01", "T02", "OWN",
    }
