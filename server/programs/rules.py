"""Who may do what in a programme."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, Permission
from server.kernel.dates import day_and_year
from server.kernel.ids import parse_id
from server.kernel.text import gettext as _
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import (
    CIRCLE_USUAL,
    JOINING,
    READS_TALENT,
    Cadence,
    Circles,
    EnrollmentState,
    Pairing,
    ParticipantRole,
    ProgramType,
)

ASKED_APART = timedelta(days=28)
"""Whoever was asked for one more place is left alone so long, whatever they said: half a cycle of most programmes."""

LAST_ZONE = timezone(timedelta(hours=-12))
"""Where a day ends last of all."""


def takes_people(program: Program, cohort: Cohort | None) -> bool:
    """Whether somebody can join a group of a programme now: both are open, and the last day to join has not passed."""
    is_open = cohort is not None and cohort.state in JOINING and program.state in JOINING
    return is_open and (cohort is None or not is_past_last_day(cohort))


def is_past_last_day(cohort: Cohort) -> bool:
    """Whether the last day to join a group is over everywhere: nobody is turned away on that day where they are."""
    if cohort.enrol_by_on is None:
        return False
    return clock.now() >= datetime.combine(cohort.enrol_by_on + timedelta(days=1), time(), LAST_ZONE)


def why_closed(cohort: Cohort | None) -> str:
    """What to say to somebody who cannot join a group any more."""
    if cohort is not None and cohort.enrol_by_on is not None and is_past_last_day(cohort):
        return _("The last day to join was %s.") % day_and_year(cohort.enrol_by_on, "UTC")
    return _("This group is full or closed.")


def mentees_later_days(program: Program) -> int:
    """How many days after the first mentor of a group who learns is invited; 0: at once (part `intake`)."""
    return int(program.intake.get("mentees_later_days", 0))


def drafts_for_newcomers(program: Program) -> bool:
    """Whether whoever comes into a group that was matched gets a draft by themselves; unsaid: where people come at any
    time (part `intake`)."""
    said = program.intake.get("newcomers")
    return program.cadence is Cadence.ROLLING if said is None else bool(said)


def not_there() -> str:
    """What to say of a role that a programme does not know (`states.suits`)."""
    return _(
        "Nobody takes part in this role here. Peers are among peers only; in a programme of circles there are members"
        " and who leads a circle, and no mentors."
    )


def is_among_peers(program: Program) -> bool:
    """Whether everybody in a programme is everybody's equal: there are no mentors and no mentees."""
    return program.type is ProgramType.PEER


def has_circles(program: Program) -> bool:
    """Whether people meet in circles in a programme, alone or beside their pairs."""
    return is_of_circles(program) or (program.circles is not Circles.NONE and not is_among_peers(program))


def may_have_circles(program: Program) -> bool:
    """Whether a programme could have circles beside its pairs: one of mentors and mentees."""
    return not is_among_peers(program) and not is_of_circles(program)


def is_of_circles(program: Program) -> bool:
    """Whether there is nothing but circles in a programme."""
    return program.type is ProgramType.CIRCLE


def circle_size(stored: Mapping[str, Any]) -> int:
    """How many members a programme wants in a circle, by its rules as they are stored."""
    return int(stored.get("circle_size", CIRCLE_USUAL))


def target_role(stored: Mapping[str, Any]) -> UUID | None:
    """The competency under which everything stands that a programme leads to, by its rules as they are stored."""
    return parse_id(str(stored.get("target_role") or ""))


def has_target_role(program: Program) -> bool:
    """Whether a programme may lead to a role of the competency framework: where the framework is followed."""
    return program.type in READS_TALENT


def roles_in(program: Program) -> tuple[ParticipantRole, ...]:
    """As what people are matched in a programme: its pairs first, then who leads circles beside them."""
    if is_among_peers(program):
        return (ParticipantRole.PEER,)
    if is_of_circles(program):
        return (ParticipantRole.FACILITATOR, ParticipantRole.MENTEE)
    return (ParticipantRole.MENTOR, ParticipantRole.MENTEE)


def is_drawn(program: Program) -> bool:
    """Whether chance and not fit decides who of its peers meets whom (`rules`: pairing, cycles_apart)."""
    return is_among_peers(program) and program.rules.get("pairing") == Pairing.RANDOM


def can_be_asked_for_a_place(enrollment: Enrollment) -> bool:
    """Whether a mentor could take one more mentee and was not asked for it within ASKED_APART."""
    asked_at = enrollment.place_asked_at
    return could_take_one_more(enrollment) and (asked_at is None or asked_at <= clock.now() - ASKED_APART)


def could_take_one_more(enrollment: Enrollment) -> bool:
    """Whether a mentor takes part and has fewer places than the programme allows, which must have been fetched."""
    here = enrollment.role is ParticipantRole.MENTOR and enrollment.state is EnrollmentState.ACTIVE
    return here and enrollment.capacity < enrollment.program.places_max


def is_self(actor: Actor, enrollment: Enrollment) -> bool:
    """Whether the actor is the enrolled person."""
    return actor.person_id is not None and actor.person_id == enrollment.person_id


def can_edit_enrollments(actor: Actor, program_id: UUID) -> bool:
    """Invite, admit and take out: who runs the programme."""
    return actor.may(Permission.PROGRAM_ENROLLMENTS_EDIT, program_id)


def can_set_up_programs(actor: Actor) -> bool:
    """Set up another programme: who runs them all."""
    return actor.may(Permission.PROGRAM_SETTINGS_EDIT)


def can_edit_program(actor: Actor, program_id: UUID) -> bool:
    """Change its settings and its state, and those of its groups: who runs it."""
    return actor.may(Permission.PROGRAM_SETTINGS_EDIT, program_id)


def can_skip_messages(actor: Actor, program_id: UUID) -> bool:
    """Let one message of it go by that would go by itself: who runs it."""
    return actor.may(Permission.PROGRAM_MATCHES_DECIDE, program_id)


def can_fill_in(actor: Actor, enrollment: Enrollment) -> bool:
    """Begin, submit and leave: the person, or the product on their behalf."""
    return is_self(actor, enrollment) or actor.kind is ActorKind.SYSTEM


def can_see_enrollment(actor: Actor, enrollment: Enrollment) -> bool:
    """The person, and who runs the programme."""
    return is_self(actor, enrollment) or can_edit_enrollments(actor, enrollment.program_id)


def can_end_enrollment(actor: Actor, enrollment: Enrollment, state: EnrollmentState) -> bool:
    """Withdraw: the person. Take out, close the group: who runs the programme. Departure: the product alone."""
    if state is EnrollmentState.WITHDRAWN:
        return can_fill_in(actor, enrollment)
    if state in (EnrollmentState.REMOVED, EnrollmentState.COMPLETED):
        return can_edit_enrollments(actor, enrollment.program_id)
    return actor.kind is ActorKind.SYSTEM
