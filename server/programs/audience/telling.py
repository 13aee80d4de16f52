"""Who hears of a programme that opens, or that looks for mentors: asked of the records as they stand.

Always within the actor's organisation. Who is on leave is left alone.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.people.models import Person
from server.people.states import PersonStatus
from server.programs.audience.meaning import all_holds
from server.programs.audience.queries import today_of
from server.programs.audience.rules import rules_of
from server.programs.audience.states import Side
from server.programs.models import Enrollment, Program
from server.programs.queries import enrollments
from server.programs.states import EnrollmentState

UNANSWERED = (EnrollmentState.INVITED, EnrollmentState.EXPIRED)
"""The states of somebody who was invited and never said a word: who hears of the opening still."""
MAY_MENTOR = (EnrollmentState.COMPLETED, EnrollmentState.EXPIRED)
"""The states of somebody who took part before, or never answered: who hears that mentors are looked for still."""


def meant_by(actor: Actor, audience: Mapping[str, Any], today: date) -> QuerySet[Person]:
    """Whom rules mean on either side. Where mentors have no rules they add nobody: a programme for one department would
    tell the whole house."""
    people, mentors = rules_of(audience, Side.PEOPLE), rules_of(audience, Side.MENTORS)
    fits = all_holds(actor.organization_id, people, today)
    if people.rules and mentors.rules:
        fits |= all_holds(actor.organization_id, mentors, today)
    return _at_work(actor).filter(fits)


def not_joined(actor: Actor, program: Program, audience: Mapping[str, Any], today: date) -> QuerySet[Person]:
    """The same without those who have begun to join a programme, take part, or said no."""
    answered = _there(actor, program.id).exclude(state__in=list(UNANSWERED))
    return meant_by(actor, audience, today).exclude(id__in=Subquery(answered.values("person_id")))


def line_managers(actor: Actor, audience: Mapping[str, Any], today: date) -> QuerySet[Person]:
    """The line managers of those whom rules mean."""
    led = meant_by(actor, audience, today).filter(line_manager_id__isnull=False)
    return _at_work(actor).filter(id__in=Subquery(led.values("line_manager_id")))


def could_mentor(actor: Actor, program: Program, audience: Mapping[str, Any], today: date) -> QuerySet[Person]:
    """Who may mentor in a programme, and who took part in it before; without those who take part now, are invited, or
    said no."""
    mentors, there = rules_of(audience, Side.MENTORS), _there(actor, program.id)
    fits = all_holds(actor.organization_id, mentors, today)
    if mentors.rules:
        before = there.filter(state=EnrollmentState.COMPLETED)
        fits |= Q(id__in=Subquery(before.values("person_id")))
    others = there.exclude(state__in=list(MAY_MENTOR))
    return _at_work(actor).filter(fits).exclude(id__in=Subquery(others.values("person_id")))


async def has_answered(actor: Actor, program_id: UUID, person_id: UUID) -> bool:
    """Whether somebody has begun to join, takes part, or said no."""
    return await _there(actor, program_id).filter(person_id=person_id).exclude(state__in=list(UNANSWERED)).exists()


async def may_mentor_still(actor: Actor, program: Program, person_id: UUID) -> bool:
    """Whether somebody is one of those who hear that mentors are looked for."""
    found = could_mentor(actor, program, program.audience, await today_of(actor))
    return await found.filter(id=person_id).exists()


async def has_people_for(actor: Actor, program: Program, person_id: UUID) -> bool:
    """Whether a programme means somebody whose line manager a person is."""
    found = meant_by(actor, program.audience, await today_of(actor))
    return await found.filter(line_manager_id=person_id).exists()


def _at_work(actor: Actor) -> QuerySet[Person]:
    return Person.filter(organization_id=actor.organization_id, status=PersonStatus.ACTIVE)


def _there(actor: Actor, program_id: UUID) -> QuerySet[Enrollment]:
    return enrollments(actor).filter(program_id=program_id)
