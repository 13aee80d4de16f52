"""Who is told what when something happened, and the lane in which messages leave."""

import logging
from datetime import timedelta
from functools import cache
from uuid import UUID

from server.access.queries import is_new_device, people_with_role
from server.access.states import Role
from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.kernel.jobs.lanes import Ending, Json, Lane, register_lane
from server.kernel.log import note
from server.kernel.settings import settings
from server.matches.company import members_now
from server.matches.models import Match
from server.matches.queries import in_order, is_circle, visible_match
from server.matches.states import RUNNING, Approval, MatchState
from server.notifications import queries
from server.notifications.actions import plan_message, send_message
from server.notifications.catalogue.joining import invitation
from server.notifications.channels.email import target_of
from server.notifications.channels.gate import SMTP_GATE
from server.notifications.channels.lines import LINES
from server.notifications.models import Message
from server.notifications.states import MessageState
from server.programs.openings.actions import note_told
from server.programs.openings.queries import waiting_wishes
from server.programs.queries import cohort_by_id, current_cohort, visible_enrollment
from server.programs.rules import takes_people
from server.programs.states import LEADING, EnrollmentState
from server.sessions.models import Session
from server.sessions.queries import visible_session
from server.surveys.states import SurveyKind

UNREAD_FOR = timedelta(minutes=15)  # domain/lifecycle.md, A02

ENROLLMENT_KINDS = {
    "enrollment.submitted": "E07", "enrollment.rejected": "E08", "enrollment.activated": "E09",
    "enrollment.waitlisted": "E10", "enrollment.seat_freed": "E12",
    "enrollment.place_asked": "E17-place",
}
DOERS = ("left_id", "by_id", "away_id", "back_id")
"""Whose own act it was that a match ended, paused or went on, as the facts name them."""
PARTING_KINDS = {"match.ended": "X01", "match.paused": "X02", "match.resumed": "X03"}
EXTENSION_KINDS = {"match.extension_proposed": "Z03-proposed", "match.extended": "Z03-agreed"}
SESSION_KINDS = {
    "session.booked": "S01", "session.moved": "S02", "session.placed": "S02-place",
    "session.cancelled": "S02-cancelled",
}
SERIES_KINDS = {
    "session.series_booked": "S01-series", "session.rest_moved": "S02-rest",
    "session.rest_cancelled": "S02-rest-cancelled",
}
ELIGIBILITY_KINDS = {"enrollment.eligibility_lost": "X04", "enrollment.eligibility_ending": "X04-grace"}
NEVER_IN, TAKEN_OUT = ("declined", "not_answered", "away", "no_consent", "rule"), "moved"
"""How somebody who was only asked falls out of a circle; and that a manager took them out."""
SURVEY_KINDS = {SurveyKind.CLOSING: "Z04", SurveyKind.EXIT: "Z05"}
SERIES_FACTS = ("series_id", "session_ids", "sequences", "every_weeks", "times")


@on_event("sign_in.letter_written")
async def send_the_way_in(event: OutboxEvent) -> None:
    """Send somebody the code and the link that they asked for."""
    letter_id = _id(event, "letter_id")
    await _tell(
        system_actor(event.organization_id), event, "Y01", _id(event, "person_id"), letter_id, letter_id=letter_id
    )


@on_event("person.address_changed")
async def tell_the_old_address(event: OutboxEvent) -> None:
    """Tell somebody where they were reached until now that the record of their address has changed."""
    held_id = _id(event, "held_id")
    await _tell(
        system_actor(event.organization_id), event, "Y01-moved", _id(event, "person_id"), held_id, held_id=held_id
    )


@on_event("person.signed_in")
async def tell_of_a_new_device(event: OutboxEvent) -> None:
    """Tell somebody that they signed in where they never did before, should it not have been them."""
    actor, session_id = system_actor(event.organization_id), _id(event, "session_id")
    if await is_new_device(actor, session_id):
        await _tell(actor, event, "Y01-device", _id(event, "person_id"), session_id, user_session_id=session_id)


@on_event("enrollment.invited")
async def invite(event: OutboxEvent) -> None:
    """Tell somebody that they are invited."""
    actor = system_actor(event.organization_id)
    enrollment = await visible_enrollment(actor, _id(event, "enrollment_id"))
    kind = invitation(event.payload.get("because", ""), leads=enrollment.role in LEADING)
    await _tell_enrolled(actor, event, kind, occurrence=enrollment.invited_at.isoformat())


@on_event(*ENROLLMENT_KINDS)
async def tell_about_enrollment(event: OutboxEvent) -> None:
    """Tell a person how they stand. A submission that needs nobody's approval is told by what follows it."""
    actor = system_actor(event.organization_id)
    enrollment = await visible_enrollment(actor, _id(event, "enrollment_id"))
    if event.kind == "enrollment.submitted" and enrollment.state is not EnrollmentState.PENDING_APPROVAL:
        return
    await _tell_enrolled(actor, event, ENROLLMENT_KINDS[event.kind], occurrence=str(event.id))


@on_event(*ELIGIBILITY_KINDS)
async def tell_about_eligibility(event: OutboxEvent) -> None:
    """Tell somebody, and who runs the programme, that its conditions no longer hold for them: now, or from a day on."""
    actor = system_actor(event.organization_id)
    enrollment = await visible_enrollment(actor, _id(event, "enrollment_id"))
    for person in [enrollment.person, *await people_with_role(actor, Role.PROGRAM_MANAGER, enrollment.program_id)]:
        await _tell(
            actor, event, ELIGIBILITY_KINDS[event.kind], person.id, enrollment.id, occurrence=str(event.id),
            enrollment_id=enrollment.id,
        )


@on_event(*EXTENSION_KINDS)
async def tell_about_the_last_day(event: OutboxEvent) -> None:
    """Tell the other member that a later last day is proposed, or agreed to; and a circle that it has one."""
    actor, match = await _match_of(event)
    kind = "Z03-circle" if is_circle(match) else EXTENSION_KINDS[event.kind]
    for member in members_now(match):
        if str(member.person_id) != event.payload.get("by_id"):
            await _tell(
                actor, event, kind, member.person_id, match.id, occurrence=str(event.id),
                match_id=match.id, ends_on=event.payload["ends_on"],
            )


@on_event("cohort.opened", "cohort.moved", "cohort.last_day_set", "program.moved")
async def tell_who_waits_for_it(event: OutboxEvent) -> None:
    """Tell whoever asked, once each, that a programme takes people in again: a group of it and itself are open."""
    actor = system_actor(event.organization_id)
    moved = event.payload.get("cohort_id")
    cohort = await cohort_by_id(actor, UUID(moved)) if moved else await current_cohort(actor, _id(event, "program_id"))
    if cohort is None or not takes_people(cohort.program, cohort):
        return
    for wish in await waiting_wishes(actor, cohort.program_id):
        async with unit_of_work(actor):
            await _tell(actor, event, "Z09", wish.person_id, cohort.id, cohort_id=cohort.id)
            await note_told(actor, wish.id)


@on_event("matching.finished")
async def ask_for_review(event: OutboxEvent) -> None:
    """Tell who runs the programme that there are suggestions to look at."""
    actor, run_id = system_actor(event.organization_id), _id(event, "run_id")
    cohort = await cohort_by_id(actor, _id(event, "cohort_id"))
    for manager in await people_with_role(actor, Role.PROGRAM_MANAGER, cohort.program_id):
        await _tell(actor, event, "M01", manager.id, run_id, cohort_id=cohort.id)


@on_event("match.published", "match.member_accepted")
async def ask_for_answers(event: OutboxEvent) -> None:
    """Ask every member who has not answered; when all did and a manager must approve, ask who runs the programme.

    Of a circle everybody is asked once; who joins one that meets already is told that it has begun.
    """
    actor, match = await _match_of(event)
    if match.published_at is None:
        return  # before the manager again
    again = event.kind == "match.member_accepted" and is_circle(match)
    for member in in_order(match):
        if member.approval is Approval.PENDING and not again:
            asked = f"{event.kind}:{match.published_at}"  # anew, should it go back to the manager and come again
            await _tell(actor, event, "M03", member.person_id, match.id, occurrence=asked, match_id=match.id)
    if match.state is MatchState.AWAITING_ADMIN:
        for manager in await people_with_role(actor, Role.PROGRAM_MANAGER, match.program_id):
            await _tell(actor, event, "M07", manager.id, match.id, match_id=match.id)
    if again and match.state in RUNNING:
        await _tell(actor, event, "M08", _id(event, "person_id"), match.id, match_id=match.id)


@on_event("match.expired", "match.cancelled", "match.sent_back")
async def tell_it_has_passed(event: OutboxEvent) -> None:
    """Tell who asked and who was asked that it is closed; whoever stepped out or took it back knows it."""
    actor, match = await _match_of(event)
    for member in match.members:
        if str(member.person_id) in (event.payload.get("left_id"), event.payload.get("by_id")):
            continue
        await _tell(actor, event, "M05", member.person_id, match.id, match_id=match.id)


@on_event("match.declined")
async def tell_it_was_declined(event: OutboxEvent) -> None:
    """Tell the other person, without the reason."""
    actor, match = await _match_of(event)
    for member in match.members:
        if member.approval is not Approval.DECLINED:
            await _tell(actor, event, "M06", member.person_id, match.id, match_id=match.id)


@on_event("match.activated")
async def announce_match(event: OutboxEvent) -> None:
    """Tell everybody that they are a match; where it follows one that ended, that they are a new one."""
    actor, match = await _match_of(event)
    kind = "X05" if match.rematch_of_id else "M08"
    for member in members_now(match):
        await _tell(actor, event, kind, member.person_id, match.id, match_id=match.id)


@on_event(*PARTING_KINDS)
async def tell_who_stays(event: OutboxEvent) -> None:
    """Tell the others, without a reason; all, when it was a manager's act or a date."""
    actor, match = await _match_of(event)
    doers = {event.payload.get(name) for name in DOERS}
    for member in members_now(match):
        if str(member.person_id) not in doers:
            kind = PARTING_KINDS[event.kind]
            await _tell(actor, event, kind, member.person_id, match.id, occurrence=str(event.id), match_id=match.id)


@on_event("match.member_left")
async def tell_who_left(event: OutboxEvent) -> None:
    """Tell a circle that meets that somebody has left it, without a reason; and whoever was taken out of it."""
    actor, match = await _match_of(event)
    if match.state not in RUNNING or event.payload.get("code") in NEVER_IN:
        return
    left_id = _id(event, "person_id")
    for member in members_now(match):
        await _tell(
            actor, event, "X01-circle", member.person_id, match.id, occurrence=str(event.id), match_id=match.id,
            left_id=left_id,
        )
    if event.payload.get("code") == TAKEN_OUT:
        await _tell(actor, event, "X01", left_id, match.id, occurrence=str(event.id), match_id=match.id)


@on_event(*SESSION_KINDS)
async def tell_about_session(event: OutboxEvent) -> None:
    """Send everybody their own invitation, its change or its end."""
    actor, match = await _match_of(event)
    session = await visible_session(actor, _id(event, "session_id"))
    for member in members_now(match):
        await _tell(
            actor, event, SESSION_KINDS[event.kind], member.person_id, session.id, occurrence=str(session.sequence),
            match_id=match.id, session_id=session.id, sequence=session.sequence, **_series_of(session),
        )


@on_event(*SERIES_KINDS)
async def tell_about_series(event: OutboxEvent) -> None:
    """Send everybody one invitation to all sessions of a series, or one word about what changed for the rest."""
    actor, match = await _match_of(event)
    facts = {name: event.payload[name] for name in SERIES_FACTS if name in event.payload}
    for member in members_now(match):
        await _tell(
            actor, event, SERIES_KINDS[event.kind], member.person_id, _id(event, "series_id"), occurrence=str(event.id),
            match_id=match.id, **facts,
        )


@on_event("session.no_show")
async def tell_it_did_not_take_place(event: OutboxEvent) -> None:
    """Tell the others, without saying whose doing it was; not of one that they moved together."""
    if event.payload.get("moved"):
        return
    actor, match = await _match_of(event)
    session_id = _id(event, "session_id")
    for member in members_now(match):
        if str(member.person_id) != event.payload.get("by_id"):
            await _tell(
                actor, event, "S09", member.person_id, session_id, occurrence=str(event.id), match_id=match.id,
                session_id=session_id,
            )


@on_event("survey.opened")
async def ask_how_it_goes(event: OutboxEvent) -> None:
    """Ask a person the check-in's questions."""
    actor = system_actor(event.organization_id)
    survey = await queries.survey_by_id(actor, _id(event, "invitation_id"))
    await _tell(
        actor, event, SURVEY_KINDS.get(survey.kind, "R01"), survey.person_id, survey.id, match_id=survey.match_id,
        invitation_id=survey.id,
    )


@on_event("survey.answered")
async def tell_what_was_done(event: OutboxEvent) -> None:
    """Tell somebody who answered the half-way check-in what both have done so far; once, however often they answer."""
    actor, invitation_id = system_actor(event.organization_id), _id(event, "invitation_id")
    survey = await queries.survey_by_id(actor, invitation_id)
    if survey.kind is SurveyKind.CHECK_IN:
        await _tell(actor, event, "R02", survey.person_id, invitation_id, match_id=survey.match_id)


@on_event("survey.answered")
async def ask_for_a_word(event: OutboxEvent) -> None:
    """Tell who runs the programme about an answer that needs a person."""
    if not event.payload.get("needs_a_person"):
        return
    actor, match = await _match_of(event)
    invitation_id = _id(event, "invitation_id")
    for manager in await people_with_role(actor, Role.PROGRAM_MANAGER, match.program_id):
        await _tell(
            actor, event, "C04", manager.id, invitation_id, occurrence=str(event.id), match_id=match.id,
            invitation_id=invitation_id,
        )


@on_event("survey.answered")
async def offer_another(event: OutboxEvent) -> None:
    """Tell somebody who said half-way that another one would help how that goes; once, however often they answer."""
    actor, invitation_id = system_actor(event.organization_id), _id(event, "invitation_id")
    survey = await queries.survey_by_id(actor, invitation_id)
    if survey.kind is SurveyKind.CHECK_IN and event.payload.get("another_mentor"):
        await _tell(actor, event, "R03", survey.person_id, invitation_id, match_id=survey.match_id)


@on_event("message.sent")
async def tell_about_words(event: OutboxEvent) -> None:
    """Tell the others, if they have not read it in 15 minutes. One mail stands for all that came meanwhile."""
    actor, match = await _match_of(event)
    author_id, thread_id = _id(event, "author_id"), _id(event, "thread_id")
    for member in members_now(match):
        if member.person_id == author_id or await queries.is_planned(actor, "A02", member.person_id, thread_id):
            continue
        await plan_message(
            actor, "A02", member.person_id, thread_id,
            {"match_id": match.id, "thread_id": thread_id, "author_id": author_id},
            trigger=event.kind, occurrence=str(event.id), due_at=event.at + UNREAD_FOR,
        )


async def _tell_enrolled(actor: Actor, event: OutboxEvent, kind: str, *, occurrence: str = "") -> None:
    enrollment_id = _id(event, "enrollment_id")
    await _tell(
        actor, event, kind, _id(event, "person_id"), enrollment_id, occurrence=occurrence, enrollment_id=enrollment_id
    )


async def _tell(
    actor: Actor, event: OutboxEvent, kind: str, recipient_id: UUID, subject_id: UUID, *, occurrence: str = "",
    **facts: object,
) -> None:
    await plan_message(actor, kind, recipient_id, subject_id, facts, trigger=event.kind, occurrence=occurrence)


def _series_of(session: Session) -> dict[str, object]:
    """The fact that a session is one of a series, if it is."""
    return {"series_id": session.series_id} if session.series_id else {}


async def _match_of(event: OutboxEvent) -> tuple[Actor, Match]:
    actor = system_actor(event.organization_id)
    return actor, await visible_match(actor, _id(event, "match_id"))


def _id(event: OutboxEvent, name: str) -> UUID:
    return UUID(str(event.payload[name]))


async def _send(message: Message) -> str | None:
    sent = await send_message(system_actor(message.organization_id), message.id)
    return sent.reason if sent.state is MessageState.SUPPRESSED else None


def _room() -> int:
    """Nothing leaves while no server takes mail: messages stay planned (`ithaca doctor` says so)."""
    if target_of(settings()) is None:
        _say_once()
        return 0
    return SMTP_GATE.room()


@cache
def _say_once() -> None:
    note("mail.no_server", level=logging.WARNING)


def _marks(ending: Ending, code: str) -> Json:
    if ending is Ending.PARKED:
        return {"state": MessageState.FAILED, "reason": code}
    return {"reason": code} if ending is Ending.LATER else {}


def missing_mail_server() -> str:
    """What an operator must know when nothing takes mail; empty when all is well."""
    if target_of(settings()) or settings().demo:
        return ""
    return "No mail server is set: messages wait. Set ITHACA_SMTP_HOST, and ITHACA_MAIL_FROM to an address of yours."


register_lane(Lane(
    "messages", Message, "due_at", {"state__in": queries.OPEN_MESSAGES}, _send, _marks, group="recipient_id",
    room=_room, meanwhile=LINES.kept,
))
