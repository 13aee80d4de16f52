"""Whom a programme means today, always within the actor's organisation.

Who may see names is who may look up people; a head count is for everybody who may change the programme.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.text import locale
from server.people.courses.queries import courses
from server.people.models import Person
from server.people.queries import organization_of
from server.people.rules import can_read_people
from server.people.states import PersonStatus
from server.programs.audience.meaning import all_holds, holds
from server.programs.audience.rules import Known, Rules, rules_of
from server.programs.audience.states import TEXTS, Fact, Fit, Side, side_of
from server.programs.audience.words import status_words
from server.programs.models import Cohort, Program
from server.programs.queries import enrollments, program_by_id
from server.programs.rules import roles_in
from server.programs.states import OPEN_ENROLLMENTS, ParticipantRole

SAMPLE, OUTSIDERS, SPREAD = 3, 3, 5
"""How many people are shown of those meant, of those one rule keeps out, and how many departments."""


@dataclass(frozen=True, slots=True)
class Outside:
    """People whom one rule alone keeps out: its place from 0, how many they are, and some of them."""

    place: int
    count: int
    some: list[Person]


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom rules mean today: how many in all, after each rule, in the largest departments; some of them; who is just
    outside. `nearest`, where they mean nobody: the rule without which they would mean most, and how many."""

    count: int
    everybody: int
    left: list[int]
    departments: list[tuple[str, int]]
    some: list[Person]
    outside: list[Outside]
    nearest: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class ToAsk:
    """Whom the programme of a group means in a role: how many, how many of them could be invited now, and whether it
    has rules for that at all."""

    role: ParticipantRole
    meant: int
    left: int
    has_rules: bool


async def to_ask(actor: Actor, cohort: Cohort) -> list[ToAsk]:
    """How many could be invited into a group (fetched with its programme), in each of its roles."""
    today, found = await today_of(actor), list[ToAsk]()
    for role in roles_in(cohort.program):
        rules = rules_of(cohort.program.audience, side_of(role))
        left = await (await to_invite(actor, cohort, role)).count()
        found.append(ToAsk(role, await meant(actor, rules, today).count(), left, bool(rules.rules)))
    return found


async def people_meant(actor: Actor, program_id: UUID, side: Side = Side.PEOPLE) -> list[Person]:
    """Everybody whom a programme means today, as it is in force. The caller knows why the actor may see them.

    Raises:
        NotFound: no such programme.
    """
    program = await program_by_id(actor, program_id)
    return await meant(actor, rules_of(program.audience, side), await today_of(actor)).order_by("id")


async def is_meant(actor: Actor, program: Program, person: Person, side: Side = Side.PEOPLE) -> bool:
    """Whether a programme, as it is in force, means somebody today."""
    rules = rules_of(program.audience, side)
    if not rules.rules:
        return person.status is not PersonStatus.ENDED
    return await meant(actor, rules, await today_of(actor)).filter(id=person.id).exists()


async def to_invite(actor: Actor, cohort: Cohort, role: ParticipantRole) -> QuerySet[Person]:
    """Whom the programme of a group (fetched with it) means in a role, and who was neither asked into this group nor
    takes part in another."""
    there = enrollments(actor).filter(program_id=cohort.program_id).filter(
        Q(cohort_id=cohort.id) | Q(state__in=list(OPEN_ENROLLMENTS))
    )
    rules = rules_of(cohort.program.audience, side_of(role))
    found = meant(actor, rules, await today_of(actor)).exclude(id__in=Subquery(there.values("person_id")))
    return found.filter(status=PersonStatus.ACTIVE).order_by("id")


def meant(actor: Actor, rules: Rules, today: date) -> QuerySet[Person]:
    """Everybody of the organisation who has not left and whom rules hold for."""
    return _working(actor).filter(all_holds(actor.organization_id, rules, today))


async def today_of(actor: Actor) -> date:
    """The day by which rules count: the organisation's own."""
    return clock.today((await organization_of(actor)).zone)


async def kept_out_by(actor: Actor, program: Program, person: Person, side: Side) -> list[int]:
    """The places (from 0) of the rules of a programme that do not hold for somebody today."""
    rules, today = rules_of(program.audience, side), await today_of(actor)
    own = _working(actor).filter(id=person.id)
    return [
        place for place, rule in enumerate(rules.rules)
        if not await own.filter(holds(actor.organization_id, rule, today)).exists()
    ]


async def meant_today(actor: Actor, rules: Rules) -> Meant:
    """Whom rules mean today, with what a page tells of it."""
    today = await today_of(actor)
    left = [await meant(actor, rules.up_to(count), today).count() for count in range(1, len(rules.rules) + 1)]
    everybody = await _working(actor).count()
    count = left[-1] if left else everybody
    found = meant(actor, rules, today)
    outside = await _outside(actor, rules, today, count)
    return Meant(
        count, everybody, left, await _departments(found),
        await _some(actor, found, SAMPLE), outside if count else [], _nearest(outside) if not count else None,
    )


async def known_values(actor: Actor) -> Known:
    """What the records of the organisation know for each fact that is chosen among, with names for people."""
    found: dict[Fact, Mapping[str, str]] = {Fact.STATUS: status_words()}
    for fact in TEXTS:
        if fact is not Fact.STATUS:
            rows = _working(actor).exclude(**{fact.value: ""}).distinct().order_by(fact.value)
            found[fact] = {str(value): str(value) for value in await rows.values_list(fact.value, flat=True)}
    countries: Mapping[str, Any] = locale().territories
    found[Fact.COUNTRY] = {code: str(countries.get(code, code)) for code in found[Fact.COUNTRY]}
    found[Fact.COURSE] = {key: course.title for key, course in (await courses(actor)).items()}
    return found


async def _outside(actor: Actor, rules: Rules, today: date, count: int) -> list[Outside]:
    """Whom one rule alone keeps out, the rule that keeps most people out first."""
    if rules.fit is Fit.ANY or (count and len(rules.rules) == 1):
        return []
    found = list[Outside]()
    for place, rule in enumerate(rules.rules):
        kept_in = _working(actor).filter(holds(actor.organization_id, rule, today))
        but_for = meant(actor, rules.without(place), today).exclude(id__in=Subquery(kept_in.values("id")))
        if number := await but_for.count():
            found.append(Outside(place, number, await _some(actor, but_for, OUTSIDERS)))
    return sorted(found, key=lambda one: -one.count)


def _nearest(outside: list[Outside]) -> tuple[int, int] | None:
    return (outside[0].place, outside[0].count) if outside else None


async def _some(actor: Actor, found: QuerySet[Person], most: int) -> list[Person]:
    return await found.order_by("family_name", "given_name", "id").limit(most) if can_read_people(actor) else []


async def _departments(found: QuerySet[Person]) -> list[tuple[str, int]]:
    rows = await found.annotate(n=Count("id")).group_by("department").order_by("-n", "department").limit(
        SPREAD
    ).values_list("department", "n")
    return [(str(name), int(number)) for name, number in rows]


def _working(actor: Actor) -> QuerySet[Person]:
    return Person.filter(organization_id=actor.organization_id).exclude(status=PersonStatus.ENDED)
