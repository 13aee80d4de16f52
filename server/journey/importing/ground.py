"""What the organisation knows already, loaded for many rows at once: what a file is compared with."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from tortoise import Model
from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.journey.importing.records import Record
from server.kernel.actor import Actor
from server.matches.models import MatchMember
from server.matches.states import MatchKind, MatchState
from server.people.models import AvailabilityBlock, ImportRun, Person, PersonAttribute, PersonSkill, Profile
from server.people.states import PersonStatus, SkillSide, Source
from server.programs import queries as programs
from server.programs import rules as program_rules
from server.programs.models import Enrollment
from server.programs.states import Circles, ParticipantRole, ProgramType

Row = TypeVar("Row", bound=Model)

OWN_FACTS = ("preferred_name", "zone", "language", "languages")
"""What a person may set themselves, and a file then leaves alone."""
VALUES_AT_ONCE = 10_000
"""Both engines take some 32,000 values in one statement."""
RUNNING_PAIRS = (MatchState.ACTIVE, MatchState.PAUSED)


class Known(NamedTuple):
    """What a whole file is checked against, of one person."""

    id: UUID
    email: str
    manager: UUID | None
    status: PersonStatus
    created_at: datetime
    name: str


class Offer(NamedTuple):
    """A programme as a row may name it: its open group, if any, whether the actor may invite there, its type, and
    whether it has circles too."""

    cohort_id: UUID | None
    may_invite: bool
    type: ProgramType
    circles: Circles


@dataclass(frozen=True, slots=True)
class Directory:
    """The organisation's people by employee number, who holds which address, and the programmes by key."""

    people: dict[str, Known]
    offers: dict[str, Offer]
    holders: dict[str, str] = field(default_factory=dict)
    numbers: dict[UUID, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """What is stored about the people of some rows."""

    people: dict[str, Person]
    managers: dict[str, UUID]
    holders: dict[str, str]
    own_facts: set[tuple[UUID, str]]
    profiles: dict[UUID, Profile]
    skills: dict[tuple[UUID, SkillSide], list[PersonSkill]]
    weeks: dict[UUID, list[AvailabilityBlock]]
    seats: dict[tuple[UUID, UUID, ParticipantRole], int]


async def directory(actor: Actor) -> Directory:
    """Everybody and every programme of the organisation, in three statements."""
    rows = await Person.filter(organization_id=actor.organization_id).values_list(
        "employee_id", "id", "email", "line_manager_id", "status", "created_at", "given_name", "family_name"
    )
    people = {
        str(row[0]): Known(row[1], row[2], row[3], PersonStatus(row[4]), row[5], f"{row[6]} {row[7]}") for row in rows
    }
    found = Directory(people, await _offers(actor))
    found.holders.update({known.email: number for number, known in people.items()})
    found.numbers.update({known.id: number for number, known in people.items()})
    return found


async def held_for(actor: Actor, records: Collection[Record], cohorts: Collection[UUID]) -> Held:
    """What is stored about the people of some rows: a fixed number of statements, however many rows there are."""
    numbers = {record.employee_id for record in records}
    addresses = {str(record.facts["email"]) for record in records if "email" in record.facts}
    managers = {record.manager for record in records if record.manager}
    mine = Person.filter(organization_id=actor.organization_id)
    rows = await mine.filter(Q(employee_id__in=list(numbers)) | Q(email__in=list(addresses)))
    people = {row.employee_id: row for row in rows if row.employee_id in numbers}
    ids = [row.id for row in people.values()]
    return Held(
        people=people,
        managers=dict(await mine.filter(employee_id__in=list(managers)).values_list("employee_id", "id")),
        holders={row.email: row.employee_id for row in rows},
        own_facts=await _own_facts(actor, ids),
        profiles={row.person_id: row for row in await _of(Profile, actor, ids)},
        skills=_by_side(await _of(PersonSkill, actor, ids).order_by("position")),
        weeks=_by_person(await _of(AvailabilityBlock, actor, ids).order_by("weekday", "start_minute")),
        seats=await _seats(actor, ids, cohorts),
    )


async def running_pairs(actor: Actor, person_ids: Iterable[UUID]) -> Counter[UUID]:
    """How many running pairs each of these people is in, however many people they are; a circle goes on without them.
    """
    found: Counter[UUID] = Counter()
    ids = list(person_ids)
    members = MatchMember.filter(
        organization_id=actor.organization_id, match__state__in=RUNNING_PAIRS, match__kind=MatchKind.PAIR
    )
    for start in range(0, len(ids), VALUES_AT_ONCE):
        mine = members.filter(person_id__in=ids[start : start + VALUES_AT_ONCE])
        rows = await mine.annotate(n=Count("id")).group_by("person_id").values_list("person_id", "n")
        found.update({person_id: int(count) for person_id, count in rows})
    return found


async def absent_people(actor: Actor, run: ImportRun, present: Collection[str]) -> list[Person]:
    """People not yet ended, here since before the file was read, whom it does not speak of; never the actor."""
    mine = Person.filter(organization_id=actor.organization_id, created_at__lte=run.created_at)
    rows = mine.exclude(status=PersonStatus.ENDED).order_by("employee_id")
    return [row for row in await rows if row.employee_id not in present and row.id != actor.person_id]


async def _offers(actor: Actor) -> dict[str, Offer]:
    """Every programme by key, with the group that takes people in now."""
    found = {program.id: program for program in await programs.programs(actor)}
    cohorts = await programs.cohorts_of(actor, found)
    newest = {row.program_id: row.id for row in reversed(cohorts) if row.state in programs.LIVE_PROGRAMS}
    return {
        program.key: Offer(newest.get(id), program_rules.can_edit_enrollments(actor, id), program.type, program.circles)
        for id, program in found.items()
    }


async def _own_facts(actor: Actor, ids: list[UUID]) -> set[tuple[UUID, str]]:
    rows = _of(PersonAttribute, actor, ids).filter(source=Source.PERSON, name__in=OWN_FACTS)
    return {(person_id, str(name)) for person_id, name in await rows.values_list("person_id", "name")}


async def _seats(
    actor: Actor, ids: list[UUID], cohorts: Collection[UUID]
) -> dict[tuple[UUID, UUID, ParticipantRole], int]:
    rows = _of(Enrollment, actor, ids).filter(cohort_id__in=list(cohorts))
    found = await rows.values_list("cohort_id", "person_id", "role", "capacity")
    return {(cohort, person, ParticipantRole(role)): capacity for cohort, person, role, capacity in found}


def _of(model: type[Row], actor: Actor, ids: list[UUID]) -> QuerySet[Row]:
    return model.filter(organization_id=actor.organization_id, person_id__in=ids)


def _by_side(rows: Iterable[PersonSkill]) -> dict[tuple[UUID, SkillSide], list[PersonSkill]]:
    found: dict[tuple[UUID, SkillSide], list[PersonSkill]] = {}
    for row in rows:
        found.setdefault((row.person_id, row.side), []).append(row)
    return found


def _by_person(rows: Iterable[AvailabilityBlock]) -> dict[UUID, list[AvailabilityBlock]]:
    found: dict[UUID, list[AvailabilityBlock]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found
