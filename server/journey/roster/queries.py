"""The people whom a manager may look up, a page at a time; one person is in records.py."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from server.journey.importing.queries import recent_runs
from server.journey.reviewing.queries import managed_programs
from server.journey.roster.known import known_people
from server.journey.roster.pace import count_search
from server.journey.roster.standing import standing
from server.journey.roster.states import Stand
from server.kernel.actor import Actor, require
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.matches.models import Match
from server.matches.queries import in_order, reviewable_matches
from server.matches.states import OPEN_MATCHES, MatchState
from server.people import queries as people
from server.people import rules
from server.people.models import ImportRun, Person
from server.people.states import PersonStatus
from server.programs.models import Enrollment, Program
from server.programs.queries import visible_enrollments
from server.programs.states import OPEN_ENROLLMENTS

LISTED = OPEN_MATCHES | {MatchState.DRAFT}
PAGE = 50
"""So many people are listed at once."""
LOCATIONS = 300
"""So many places can be chosen from."""
BY_NAME = ("family_name", "given_name", "id")


@dataclass(frozen=True)
class Listed:
    """A person with what they take part in, drafts and open matches too, as far as the actor runs those programmes."""

    person: Person
    enrollments: list[Enrollment]
    matches: list[Match]


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed to, and where a page of it begins: after somebody, or ends: before somebody."""

    words: str = ""
    program_key: str = ""
    stand: Stand | None = None
    location: str = ""
    after: UUID | None = None
    before: UUID | None = None


EVERYBODY = Asked()


@dataclass(frozen=True)
class Roster:
    """One page of the list. `first` counts from 1; `locations` are all places that can be chosen."""

    people: list[Listed]
    total: int
    first: int
    has_more: bool
    programs: list[Program]
    program: Program | None
    stand: Stand | None
    location: str
    locations: list[str]
    may_import: bool


async def roster(actor: Actor, asked: Asked = EVERYBODY) -> Roster:
    """A page of the people who hold every one of the words in name, address or number, by name; fixed statements.

    Raises:
        NotFound: the actor runs no programme, or not this one.
        TooMany: there are words, and the actor has searched too often within the last minute.
    """
    programs = await managed_programs(actor)
    chosen = next((one for one in programs if one.key == asked.program_key), None)
    if asked.program_key and chosen is None:
        raise NotFound
    if asked.words:
        count_search(actor)
    known = known_people(actor, chosen)
    found = people.holding_words(known, asked.words)
    if asked.stand:
        found = standing(found, actor, asked.stand, chosen.id if chosen else None)
    if asked.location:
        found = found.filter(location=asked.location)
    shown, has_more = await _page(found, asked.after, asked.before)
    return Roster(
        people=await _listed(actor, shown), total=await found.count(), has_more=has_more,
        first=1 + await found.filter(_beyond(shown[0], "lt")).count() if shown else 1,
        programs=programs, program=chosen, stand=asked.stand, location=asked.location,
        locations=await _locations(known), may_import=rules.can_import_people(actor),
    )


async def _page(found: QuerySet[Person], after: UUID | None, before: UUID | None) -> tuple[list[Person], bool]:
    """Up to PAGE people after somebody or before somebody, and whether more follow; from the start without either."""
    edge = await found.get_or_none(id=after or before) if after or before else None
    if edge and before and not after:
        rows = found.filter(_beyond(edge, "lt")).order_by(*(f"-{name}" for name in BY_NAME))
        return list(reversed(await rows.limit(PAGE))), True
    if edge:
        found = found.filter(_beyond(edge, "gt"))
    rows_after = await found.order_by(*BY_NAME).limit(PAGE + 1)
    return rows_after[:PAGE], len(rows_after) > PAGE


def _beyond(edge: Person, than: str) -> Q:
    """Who stands before (`lt`) or after (`gt`) somebody in the order of names."""
    family, given, id_ = (getattr(edge, name) for name in BY_NAME)
    return Q(
        Q(**{f"family_name__{than}": family}), Q(family_name=family, **{f"given_name__{than}": given}),
        Q(family_name=family, given_name=given, **{f"id__{than}": id_}), join_type=Q.OR,
    )


async def _locations(known: QuerySet[Person]) -> list[str]:
    """Where the people work, each place once."""
    rows = known.exclude(location="").distinct().order_by("location").limit(LOCATIONS)
    return [str(place) for place in await rows.values_list("location", flat=True)]


def people_found(actor: Actor, words: str = "", status: PersonStatus | None = None) -> QuerySet[Person]:
    """People the actor may look up who hold every one of `words` in name, address or number, by name.

    Raises:
        TooMany: there are words, and the actor has searched too often within the last minute.
    """
    if words:
        count_search(actor)
    return people.matching_people(actor, words, status)


async def latest_imports(actor: Actor) -> list[ImportRun]:
    """The latest people files, for who may bring one.

    Raises:
        NotFound: the actor runs no programme.
        Refused: they run programmes, but not the organisation's people.
    """
    await managed_programs(actor)
    require(rules.can_import_people(actor), _("add people from a file"))
    return await recent_runs(actor, 5)


async def _listed(actor: Actor, shown: Collection[Person]) -> list[Listed]:
    ids = [person.id for person in shown]
    there = visible_enrollments(actor).filter(person_id__in=ids, state__in=list(OPEN_ENROLLMENTS))
    enrolled = await there.order_by("-invited_at", "-id").select_related("program")
    pairs = reviewable_matches(actor).filter(members__person_id__in=ids, state__in=list(LISTED)).distinct()
    matched = await pairs.prefetch_related("members__person")
    return [
        Listed(
            person, [row for row in enrolled if row.person_id == person.id],
            [match for match in matched if any(member.person_id == person.id for member in in_order(match))],
        )
        for person in shown
    ]
