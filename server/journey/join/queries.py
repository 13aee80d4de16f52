"""What the Join page shows: everything the organisation knows already, so that nobody is asked for it (F136)."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tortoise.functions import Count

from server.access.queries import people_with_role
from server.access.states import Role
from server.goals.models import Goal
from server.goals.queries import goals_of
from server.goals.smart import GoalExample, examples_for
from server.goals.states import OPEN_GOALS
from server.journey.join.states import Standing
from server.kernel.actor import Actor
from server.kernel.text import gettext as _
from server.people import queries as people
from server.people.models import AvailabilityBlock, Competency, Consent, ConsentText, Person, PersonSkill, Profile
from server.people.states import ConsentPurpose, SkillSide
from server.programs.audience.queries import is_meant, kept_out_by, known_values
from server.programs.audience.rules import rules_of
from server.programs.audience.states import side_of
from server.programs.audience.words import sentence
from server.programs.models import Cohort, Enrollment, Program
from server.programs.openings.queries import my_wish
from server.programs.queries import LIVE_PROGRAMS, cohorts_of, enrollments, program_by_key
from server.programs.rules import is_of_circles, takes_people
from server.programs.states import (
    OPEN_ENROLLMENTS,
    READS_TALENT,
    EnrollmentState,
    ParticipantRole,
    ProgramType,
    suits,
)

COMES_AGAIN = (Standing.CLOSED, Standing.LEFT)
"""Where another group is what one waits for."""
JOIN_PURPOSES = (ConsentPurpose.MATCHING, ConsentPurpose.RESULTS)
"""What Join asks a say about in every programme; the alumni question comes at the end (lifecycle Z08)."""
SKILLS_OFFERED_MAX = 5
"""Design.md 2.1, mentor variant."""
SKILLS_SHOWN = 8
"""Chips on the page, besides those the person offers already; the rest is found by name."""
DUE_SHARES = (2 / 3, 1, 4 / 3)
"""The proposed dates, in lengths of the programme: before its end, at its end, a little after."""
DUE_DAYS_MAX = 250
"""Of a longer programme only so many days count, so that the last date is not further away than a goal may be."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person stands in a programme: their enrolment, the group it is of, and what they can do."""

    program: Program
    cohort: Cohort | None
    enrollment: Enrollment | None
    role: ParticipantRole
    standing: Standing


@dataclass(frozen=True, slots=True)
class JoinPage:
    """Everything the form is filled in with. `asked` are the consents that still need an answer.

    `is_told`: they asked to be told when the programme takes people in again. `kept_out`: the rules, in words, by which
    it is not for them.
    """

    place: Place
    person: Person
    profile: Profile
    blocks: list[AvailabilityBlock]
    competencies: list[Competency]
    offered: list[Competency]
    wanted: list[Competency]
    wanted_here: list[Competency]
    goal: Goal | None
    asked: list[ConsentText]
    agreed: list[Consent]
    hosts: list[Person]
    is_told: bool
    kept_out: list[str]

    @property
    def is_mentor(self) -> bool:
        """Whether the form is the mentor's, or of who leads a circle."""
        return self.place.role in (ParticipantRole.MENTOR, ParticipantRole.FACILITATOR)

    @property
    def leads(self) -> bool:
        """Whether the form is of who leads a circle."""
        return self.place.role is ParticipantRole.FACILITATOR

    @property
    def for_circle(self) -> bool:
        """Whether somebody joins a programme in which people meet in circles and nowhere else."""
        return is_of_circles(self.place.program)

    @property
    def is_peer(self) -> bool:
        """Whether the form is a peer's: a goal of one's own, and what one brings the other."""
        return self.place.role is ParticipantRole.PEER

    @property
    def skills_shown(self) -> list[Competency]:
        """The skills to choose from at a glance: one's own first, then what mentees of this group want."""
        shown = {one.id: one for one in [*self.offered, *self.wanted_here, *self.competencies]}
        return list(shown.values())[: max(SKILLS_SHOWN, len(self.offered))]

    @property
    def want(self) -> str:
        """How the goal sentence begins: one's draft, or what the record system knows."""
        return self.goal.want if self.goal else opening_of(self.profile.goal_text)

    @property
    def builds_on(self) -> Competency | None:
        """The skill of the draft, or the first one wanted."""
        if self.goal:
            return self.goal.competency
        return self.wanted[0] if self.wanted else None

    def examples(self) -> list[GoalExample]:
        """Three wordings of this programme to take, change or ignore."""
        return examples_for(self.place.program.goal_examples, self.builds_on.key if self.builds_on else None)


async def join_page(actor: Actor, program_key: str, role: ParticipantRole | None = None) -> JoinPage:
    """The page of a programme for the actor. `role` is the one they ask for; an enrolment of theirs decides.

    Raises:
        NotFound: no such programme here, or the actor is not a person.
    """
    place = await place_of(actor, program_key, role)
    person = await people.person_of(actor)
    texts = await people.consent_texts(actor)
    held = await people.consents_of(actor, person.id)
    purposes = (*JOIN_PURPOSES, *([ConsentPurpose.TALENT] if place.program.type in READS_TALENT else []))
    competencies = await people.competencies(actor)
    return JoinPage(
        place=place, person=person, profile=await people.profile_of(actor, person.id),
        blocks=(await people.availability_of(actor, [person.id]))[person.id],
        competencies=competencies,
        offered=(await people.skills_of(actor, [person.id], SkillSide.OFFERED))[person.id][:SKILLS_OFFERED_MAX],
        wanted=(await people.skills_of(actor, [person.id], SkillSide.WANTED))[person.id],
        wanted_here=await _wanted_here(actor, place, competencies),
        goal=await open_goal(actor, place.enrollment),
        asked=[texts[one] for one in purposes if one in texts and not stands(held.get(one), texts[one])],
        agreed=[held[one] for one in purposes if one in texts and stands(held.get(one), texts[one])],
        hosts=await people_with_role(actor, Role.PROGRAM_MANAGER, place.program.id),
        is_told=place.standing in COMES_AGAIN and await my_wish(actor, place.program.id) is not None,
        kept_out=await _kept_out(actor, place, person),
    )


async def place_of(actor: Actor, program_key: str, role: ParticipantRole | None = None) -> Place:
    """Where the actor stands in a programme.

    Raises:
        NotFound: no such programme here.
    """
    program = await program_by_key(actor, program_key)
    if role is None or not suits(role, program.type, program.circles):
        role = ParticipantRole.PEER if program.type is ProgramType.PEER else None
    groups = await cohorts_of(actor, [program.id])
    newest = next((one for one in groups if one.state in LIVE_PROGRAMS), next(iter(groups), None))
    own = enrollments(actor).filter(person_id=actor.person_id, program_id=program.id)
    if role is not None:
        own = own.filter(role=role)
    found = await own.order_by("-invited_at", "-id").select_related("program", "cohort").first()
    enrollment = found if found and _still_counts(found, newest) else None
    cohort = enrollment.cohort if enrollment else newest
    wished = enrollment.role if enrollment else role or ParticipantRole.MENTEE
    standing = _standing(enrollment, takes_people=takes_people(program, cohort))
    if standing is Standing.OPEN and enrollment is None and not await _is_meant(actor, program, wished):
        standing = Standing.NOT_MEANT
    return Place(program, cohort, enrollment, wished, standing)


async def _is_meant(actor: Actor, program: Program, role: ParticipantRole) -> bool:
    side = side_of(role)
    return not rules_of(program.audience, side).rules or await is_meant(
        actor, program, await people.person_of(actor), side)


async def _kept_out(actor: Actor, place: Place, person: Person) -> list[str]:
    """The rules, in words, by which a programme is not for somebody."""
    if place.standing is not Standing.NOT_MEANT:
        return []
    side = side_of(place.role)
    known, rules = await known_values(actor), rules_of(place.program.audience, side).rules
    return [sentence(rules[at], known) for at in await kept_out_by(actor, place.program, person, side)]


async def open_goal(actor: Actor, enrollment: Enrollment | None) -> Goal | None:
    """The goal that an enrolment began with, if it has an open one."""
    found = await goals_of(actor, enrollment.id) if enrollment else []
    return next((goal for goal in found if goal.state in OPEN_GOALS), None)


def stands(consent: Consent | None, text: ConsentText) -> bool:
    """Whether a yes was given to this very wording."""
    return consent is not None and consent.given and consent.text_id == text.id


def opening_of(goal_text: str) -> str:
    """A goal as the record system has it, as the sentence goes on after "I want to"."""
    said, start = goal_text.strip().removesuffix("."), _("I want to")
    return said[len(start):].strip() if said.casefold().startswith(start.casefold()) else said


def due_choices(program: Program, today: date) -> list[date]:
    """The dates proposed for a goal: ends of months around the end of the programme, within what a goal may last."""
    length = min(program.duration_days, DUE_DAYS_MAX)
    days = (round(length * share) for share in DUE_SHARES)
    return list(dict.fromkeys(_end_of_month(today + timedelta(days=number)) for number in days))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _still_counts(enrollment: Enrollment, newest: Cohort | None) -> bool:
    """Whether an enrolment is the one to speak of: an ended one of an earlier group is history."""
    return enrollment.state in OPEN_ENROLLMENTS or newest is None or enrollment.cohort_id == newest.id


def _standing(enrollment: Enrollment | None, *, takes_people: bool) -> Standing:
    if enrollment is None or enrollment.state in (EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS):
        return Standing.OPEN if takes_people else Standing.CLOSED
    if enrollment.state in OPEN_ENROLLMENTS:
        return Standing.JOINED
    ended = {EnrollmentState.DECLINED: Standing.DECLINED, EnrollmentState.EXPIRED: Standing.EXPIRED}
    return ended.get(enrollment.state, Standing.LEFT)


async def _wanted_here(actor: Actor, place: Place, known: Iterable[Competency]) -> list[Competency]:
    """What mentees or peers of the group want to learn, the most wanted first; asked for who offers something."""
    if place.role is ParticipantRole.MENTEE or place.cohort is None:
        return []
    wishes = PersonSkill.filter(
        organization_id=actor.organization_id, side=SkillSide.WANTED, person__enrollments__cohort_id=place.cohort.id,
        person__enrollments__role__in=[ParticipantRole.MENTEE, ParticipantRole.PEER], competency__retired_at=None,
    )
    counted = wishes.annotate(wishes=Count("id")).group_by("competency_id").order_by("-wishes", "competency_id")
    rows = await counted.limit(SKILLS_SHOWN).values_list("competency_id", "wishes")
    by_id = {str(one.id): one for one in known}
    return [by_id[str(competency_id)] for competency_id, _wishes in rows if str(competency_id) in by_id]
