"""Whom a manager may know of at all: where the list and each record begin."""

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.people import rules
from server.people.models import Person
from server.programs.models import Program
from server.programs.queries import visible_enrollments


def known_people(actor: Actor, program: Program | None = None) -> QuerySet[Person]:
    """Everybody for who may read people; else who takes or took part in a programme that the actor runs."""
    found = Person.filter(organization_id=actor.organization_id)
    if rules.can_read_people(actor) and program is None:
        return found
    enrolled = visible_enrollments(actor)
    if program:
        enrolled = enrolled.filter(program_id=program.id)
    return found.filter(id__in=Subquery(enrolled.values("person_id")))
