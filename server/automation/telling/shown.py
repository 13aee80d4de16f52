"""As whom a message may be shown while it is written, and what it would speak of: somebody of the programme, as they
are now. What is about goals, promises, answers and written words is shown as nobody: that is theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from tortoise.queryset import QuerySet

from server.automation.protocol import About
from server.automation.steps import TRIGGERS
from server.automation.subjects import COHORT, ENROLLMENT, MATCH, SESSION
from server.automation.telling.allowed import step_of
from server.kernel.actor import Actor, require, system_actor
from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.matches.models import MatchMember
from server.matches.states import RUNNING
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message
from server.notifications.scene import SHOWN_AS, scene_of
from server.notifications.texts import Preview, preview
from server.people.models import Person
from server.people.queries import organization_of
from server.programs.models import Program
from server.programs.plans.queries import messages_prepared
from server.programs.plans.telling import OwnMessage, Reader, own_message
from server.programs.queries import cohorts, enrollments, program_by_id
from server.programs.rules import can_edit_program
from server.sessions.models import Session

MOST = 30
AT_ONCE: Mapping[About, tuple[str, ...]] = {
    ENROLLMENT: ("E01", "E02", "E07", "E08", "E09", "E10", "E12", "E13", "E14", "E15"),
    MATCH: ("M03", "M05", "M06", "M08", "X01", "X02", "X03", "X05"),
    SESSION: ("S01", "S02", "S02-place", "S02-cancelled", "S09"), COHORT: ("L01", "L02", "L03", "E17", "M01"),
}
"""What is told when it happens, by what it is about."""
OF_NUMBERS = ("M10",)
"""Reports that there is nothing to say in as long as all is well."""
ABOUT = {kind: about for about, kinds in AT_ONCE.items() for kind in kinds}


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as one of some people would get it now; `as_whom` is None where nobody can be shown."""

    people: tuple[Person, ...]
    as_whom: Person | None
    preview: Preview | None


async def seen(
    actor: Actor, program_id: UUID, kind: str, person_id: UUID | None = None, *, its_own: str = ""
) -> Seen:
    """A message as a person of the programme would get it, in the words that are being prepared; as the first of them
    where nobody is named who can be shown. Nothing is stored or sent. `its_own`: which of the programme's own it is.

    Raises:
        NotFound: no such programme, or what it is about has just gone.
        Refused: the actor does not run it.
    """
    program = await program_by_id(actor, program_id)
    require(can_edit_program(actor, program.id), _("change this programme"))
    own = own_message(await messages_prepared(actor, program_id), its_own)
    people = await _people(actor, program, kind, own)
    chosen = next((one for one in people if one.id == person_id), people[0] if people else None)
    facts = await facts_for(actor, program, kind, chosen, own) if chosen else None
    if chosen is None or facts is None:
        return Seen(tuple(people), None, None)
    system = system_actor(actor.organization_id)    # what its reader would be told, and no more than that
    message = Message(
        organization_id=actor.organization_id, kind=kind, message_class=CATALOGUE[kind].message_class,
        recipient_id=chosen.id, subject_id=program.id, facts={**facts, SHOWN_AS: str(chosen.id)},
    )
    return Seen(tuple(people), chosen, preview(CATALOGUE[kind], await scene_of(system, message)))


async def languages_of(actor: Actor, program_id: UUID) -> list[str]:
    """The languages that people of a programme read (BCP 47), the organisation's first."""
    usual = (await organization_of(actor)).language
    people = enrollments(actor).filter(program_id=program_id).distinct()
    spoken = await people.values_list("person__language", flat=True)
    return list(dict.fromkeys([usual, *sorted(str(one) for one in spoken if one)]))


async def facts_for(
    actor: Actor, program: Program, kind: str, person: Person, own: OwnMessage | None = None
) -> Json | None:
    """What a message of a kind to somebody would speak of, the latest of its sort; None where there is none."""
    about = about_of(kind, own)
    if own is not None:
        facts = await _latest(actor, program, about, None if own.to is Reader.RUNS else person)
        return None if facts is None else {**facts, "own": own.key, "when": own.when}
    return await _latest(actor, program, about, person)


async def _latest(actor: Actor, program: Program, about: About | None, person: Person | None) -> Json | None:
    """The latest of its sort of a programme: somebody's, or anybody's."""
    whose = {"person_id": person.id} if person else {}
    if about is COHORT:
        group = await cohorts(actor).filter(program_id=program.id).order_by("-starts_on").first()
        return {"cohort_id": str(group.id)} if group else None
    if about is ENROLLMENT:
        there = enrollments(actor).filter(program_id=program.id, **whose)
        enrolled = await there.order_by("-invited_at", "-id").first()
        return {"enrollment_id": str(enrolled.id)} if enrolled else None
    member = await _members(actor, program).filter(**whose).order_by("-match__active_at", "-id").first()
    if member is None or about is None:
        return None
    of_match: Json = {"match_id": str(member.match_id)}
    if about is MATCH:
        return of_match
    ours = Session.filter(organization_id=actor.organization_id, match_id=member.match_id)
    session = await ours.order_by("-starts_at", "-id").first()
    return {**of_match, "session_id": str(session.id), "sequence": session.sequence} if session else None


def about_of(kind: str, own: OwnMessage | None = None) -> About | None:
    """What a kind is about, as far as that may be shown; a report to who runs the programme is about a group."""
    step = TRIGGERS[own.when] if own else step_of(kind)
    if step is None:
        return ABOUT.get(kind)
    if not step.each:
        return None if kind in OF_NUMBERS else COHORT
    return step.about if step.about in (ENROLLMENT, MATCH, SESSION) else None


async def _people(actor: Actor, program: Program, kind: str, own: OwnMessage | None) -> list[Person]:
    about = about_of(kind, own)
    if about is None:
        return []
    if about is COHORT or (own and own.to is Reader.RUNS):
        return await Person.filter(organization_id=actor.organization_id, id=actor.person_id)
    if about is ENROLLMENT:
        enrolled = enrollments(actor).filter(program_id=program.id).order_by("-id")
        rows = await enrolled.limit(MOST).select_related("person")
        people = {row.person_id: row.person for row in rows}
    else:
        members = await _members(actor, program).order_by("-id").limit(MOST).select_related("person")
        people = {member.person_id: member.person for member in members}
    return sorted(people.values(), key=lambda one: (one.full_name, one.id))


def _members(actor: Actor, program: Program) -> QuerySet[MatchMember]:
    running = MatchMember.filter(organization_id=actor.organization_id, match__state__in=list(RUNNING), left_at=None)
    return running.filter(match__program_id=program.id)
