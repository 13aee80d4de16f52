"""What can be read about people. Every query begins within the actor's organisation."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.text import clean, folded
from server.people import availability, rules
from server.people.models import (
    AvailabilityBlock,
    Competency,
    Consent,
    ConsentText,
    Organization,
    Person,
    PersonAttribute,
    PersonSkill,
    Profile,
)
from server.people.states import ConsentPurpose, DayPart, PersonStatus, SkillSide

Row = TypeVar("Row")

LINE_DEPTH = 50
"""How far a line of managers is followed: deeper than any organisation, and an end for a broken one."""


async def organization_of(actor: Actor, *, lock: bool = False) -> Organization:
    """The actor's organisation.

    Raises:
        NotFound: it is not there.
    """
    found = Organization.filter(id=actor.organization_id)
    return _found(await (found.select_for_update(no_key=True) if lock else found).first())


async def any_organization() -> Organization | None:
    """The organisation of this installation, if it has one: for founding it, which happens once."""
    return await Organization.all().order_by("created_at").first()


async def organization_by_key(key: str) -> Organization:
    """The organisation with this key, for whoever runs the installation: the command line and the demo.

    Raises:
        NotFound: no such organisation.
    """
    return _found(await Organization.get_or_none(key=key))


def all_people(actor: Actor) -> QuerySet[Person]:
    """Everybody the actor may look up, by name: the organisation for staff, oneself for everyone else."""
    people = _within(actor)
    if not rules.can_read_people(actor):
        people = people.filter(id=actor.person_id)
    return people.order_by("family_name", "given_name", "id")


def matching_people(actor: Actor, words: str = "", status: PersonStatus | None = None) -> QuerySet[Person]:
    """People the actor may look up whose name, address or employee number holds every one of `words`, by name."""
    people = holding_words(all_people(actor), words)
    return people.filter(status=status) if status else people


def holding_words(people: QuerySet[Person], words: str) -> QuerySet[Person]:
    """Those among some people whose name, address or employee number holds every one of `words`.

    Case and accents make no difference, on either database: both sides are folded here, not there.
    """
    for word in folded(words).split():
        people = people.filter(search__contains=word)
    return people


async def find_people(
    actor: Actor, words: str = "", *, status: PersonStatus | None = None, limit: int = 50, offset: int = 0
) -> list[Person]:
    """People the actor may look up whose name, address or employee number holds every one of `words`, by name."""
    return await matching_people(actor, words, status).prefetch_related("line_manager").offset(offset).limit(limit)


async def count_people(actor: Actor, words: str = "", *, status: PersonStatus | None = None) -> int:
    """How many people `find_people` would find without a limit."""
    return await matching_people(actor, words, status).count()


async def person_of(actor: Actor) -> Person:
    """The person who acts.

    Raises:
        NotFound: the actor is a machine, or the person is gone.
    """
    return _found(await _within(actor).get_or_none(id=actor.person_id) if actor.person_id else None)


async def person_by_address(actor: Actor, address: str) -> Person:
    """Who is reached at this address, in whatever case it is typed, and has not left. The caller may see everybody.

    Raises:
        NotFound: nobody of the organisation.
    """
    people = _within(actor).exclude(status=PersonStatus.ENDED)
    return _found(await people.get_or_none(email=clean(address).lower()))


async def visible_person(actor: Actor, person_id: UUID, *, lock: bool = False) -> Person:
    """One person: oneself, or anybody of the organisation for staff.

    Raises:
        NotFound: absent, of another organisation, or not the actor's to see.
    """
    people = all_people(actor)
    return _found(await (people.select_for_update(no_key=True) if lock else people).get_or_none(id=person_id))


async def people_by_ids(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Person]:
    """People of the organisation by id; unknown ids are missing. The caller knows why the actor may see them."""
    return {person.id: person for person in await _within(actor).filter(id__in=list(ids))} if ids else {}


async def profile_of(actor: Actor, person_id: UUID) -> Profile:
    """What a person wrote; empty, and not yet stored, if nothing was. The caller knows why the actor may see it.

    Raises:
        NotFound: no such person in the organisation.
    """
    profile = await Profile.get_or_none(organization_id=actor.organization_id, person_id=person_id)
    if profile is not None:
        return profile
    if not await _within(actor).filter(id=person_id).exists():
        raise NotFound
    return Profile(organization_id=actor.organization_id, person_id=person_id)


async def keys_are_on(actor: Actor) -> bool:
    """Whether the actor wants the single-letter keys of the console: yes, until they say otherwise."""
    off = Profile.filter(organization_id=actor.organization_id, person_id=actor.person_id, keys_off_at__isnull=False)
    return not await off.exists()


async def profiles_of(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, Profile]:
    """Stored profiles by person. The caller knows why the actor may see them."""
    rows = await Profile.filter(organization_id=actor.organization_id, person_id__in=list(person_ids))
    return {row.person_id: row for row in rows}


async def skills_of(actor: Actor, person_ids: Collection[UUID], side: SkillSide) -> dict[UUID, list[Competency]]:
    """The competencies that people offer or want, in their order; people without any have an empty list."""
    found: dict[UUID, list[Competency]] = {person_id: [] for person_id in person_ids}
    rows = PersonSkill.filter(organization_id=actor.organization_id, person_id__in=list(person_ids), side=side)
    for row in await rows.order_by("position").select_related("competency"):
        found[row.person_id].append(row.competency)
    return found


async def availability_of(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, list[AvailabilityBlock]]:
    """People's usual weeks in the order of the week; people who said nothing have an empty list."""
    found: dict[UUID, list[AvailabilityBlock]] = {person_id: [] for person_id in person_ids}
    rows = AvailabilityBlock.filter(organization_id=actor.organization_id, person_id__in=list(person_ids))
    for row in await rows.order_by("weekday", "start_minute"):
        found[row.person_id].append(row)
    return found


def day_parts_of(blocks: Iterable[AvailabilityBlock]) -> set[DayPart]:
    """The chips that a usual week stands for."""
    return availability.day_parts_of(blocks)


async def competencies(actor: Actor) -> list[Competency]:
    """The framework's competencies in use, by name."""
    return await Competency.filter(organization_id=actor.organization_id, retired_at=None).order_by("name", "key")


async def framework(actor: Actor) -> list[Competency]:
    """Every competency of the framework, retired ones too, by key."""
    return await Competency.filter(organization_id=actor.organization_id).order_by("key")


async def who_agreed_before(actor: Actor, text_id: UUID) -> list[UUID]:
    """Who said yes last to an earlier wording of what a text is about, and has not answered to this one.

    Raises:
        NotFound: no such text.
    """
    text = _found(await ConsentText.get_or_none(organization_id=actor.organization_id, id=text_id))
    said = Consent.filter(organization_id=actor.organization_id, purpose=text.purpose)
    latest = {one.person_id: one for one in await said.order_by("at", "id").select_related("text")}
    return [person_id for person_id, one in latest.items() if one.given and one.text.version < text.version]


async def consent_texts(actor: Actor) -> dict[ConsentPurpose, ConsentText]:
    """The wording in force for each purpose that has one."""
    rows = await ConsentText.filter(organization_id=actor.organization_id).order_by("version")
    return {row.purpose: row for row in rows}


async def consents_of(actor: Actor, person_id: UUID) -> dict[ConsentPurpose, Consent]:
    """A person's latest answer to each purpose they answered."""
    return {row.purpose: row for row in reversed(await consent_history(actor, person_id))}


async def consent_history(actor: Actor, person_id: UUID) -> list[Consent]:
    """Every answer of a person, the latest first, each with its wording."""
    rows = Consent.filter(organization_id=actor.organization_id, person_id=person_id)
    return await rows.order_by("-at", "-id").select_related("text")


async def line_of(actor: Actor, person_id: UUID) -> list[Person]:
    """A person's manager, that manager's manager and so on; never the person, never anybody twice."""
    line: list[Person] = []
    known = {person_id}
    person = await _within(actor).get_or_none(id=person_id).select_related("line_manager")
    while person and person.line_manager and person.line_manager_id not in known and len(line) < LINE_DEPTH:
        line.append(person.line_manager)
        known.add(person.line_manager.id)
        person = await _within(actor).get_or_none(id=person.line_manager_id).select_related("line_manager")
    return line


async def managers_of_all(actor: Actor) -> dict[UUID, UUID]:
    """Person -> manager for everybody of the organisation who has one: reporting lines in one statement."""
    rows = _within(actor).filter(line_manager_id__isnull=False).values_list("id", "line_manager_id")
    return dict(await rows)


async def managers_above(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Person -> manager for some people, their managers, and so on up: a statement for each level of their lines."""
    found: dict[UUID, UUID] = {}
    below = set(person_ids)
    for _level in range(LINE_DEPTH):
        rows = _within(actor).filter(id__in=list(below), line_manager_id__isnull=False)
        above = dict(await rows.values_list("id", "line_manager_id")) if below else {}
        found |= above
        below = set(above.values()) - found.keys()
    return found


async def reports_of(actor: Actor, person_id: UUID) -> list[Person]:
    """Whom a person manages directly, by name."""
    return await _within(actor).filter(line_manager_id=person_id).order_by("family_name", "given_name", "id")


async def attribute_history(actor: Actor, person_id: UUID) -> list[PersonAttribute]:
    """Every value of a person's employee attributes, the latest first. The caller knows why the actor may see it."""
    rows = PersonAttribute.filter(organization_id=actor.organization_id, person_id=person_id)
    return await rows.order_by("-valid_from", "-id")


async def functions_of(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, list[tuple[str, datetime]]]:
    """The job families of people, each with the moment from which it is on record, the earliest first.

    People without any are left out. The caller knows why the actor may see it.
    """
    rows = PersonAttribute.filter(
        organization_id=actor.organization_id, person_id__in=list(person_ids), name="job_family"
    )
    found: dict[UUID, list[tuple[str, datetime]]] = {}
    for person_id, value, since in await rows.order_by("valid_from", "id").values_list(
        "person_id", "value", "valid_from"
    ):
        held = found.setdefault(person_id, [])
        if value and (not held or held[-1][0] != value):
            held.append((value, since))
    return found


async def agreed_to(actor: Actor, person_ids: Collection[UUID], purpose: ConsentPurpose) -> set[UUID]:
    """Who among some people last said yes to a purpose, in the wording that is in force."""
    text = (await consent_texts(actor)).get(purpose)
    if text is None:
        return set()
    rows = Consent.filter(organization_id=actor.organization_id, person_id__in=list(person_ids), purpose=purpose)
    last: dict[UUID, tuple[bool, UUID]] = {
        person_id: (given, text_id)
        for person_id, given, text_id in await rows.order_by("at", "id").values_list("person_id", "given", "text_id")
    }
    return {person_id for person_id, said in last.items() if said == (True, text.id)}


def _within(actor: Actor) -> QuerySet[Person]:
    return Person.filter(organization_id=actor.organization_id)


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
