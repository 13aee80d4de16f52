"""What a row means beside what is stored: created, changed or unchanged, and what exactly. Pure: nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from server.journey.importing.columns import FIELDS
from server.journey.importing.ground import OWN_FACTS, Held, Offer
from server.journey.importing.records import Record, Seat
from server.people.availability import Block
from server.people.facts import ATTRIBUTES
from server.people.frameworks import TagIndex
from server.people.models import Organization, Person, Profile
from server.people.states import PersonStatus, SkillSide, Source
from server.programs.states import ParticipantRole

COLUMN_OF = {name: column for column, name in FIELDS.items()} | {"line_manager_id": "manager_employee_id"}
TAG_COLUMN = {SkillSide.OFFERED: "skills", SkillSide.WANTED: "goals"}


class Kind(StrEnum):
    """What becomes of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One value of a person, before and after; `column` as in the file."""

    column: str
    before: object
    after: object


@dataclass(slots=True)
class Setting:
    """What every row of a run is compared with: the organisation, its programmes, its competencies, who arrived."""

    organization: Organization
    offers: Mapping[str, Offer]
    tags: TagIndex
    arrived: dict[str, Person] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """One row and all it would write. `person` carries the new values already; it is not saved.

    `profile` is what is stored, None when nothing is; `texts`, `skills`, `week` and `seat` are what would be written.
    """

    record: Record
    person: Person
    is_new: bool
    was: PersonStatus | None = None
    facts: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    profile: Profile | None = None
    texts: dict[str, str] = field(default_factory=dict)
    skills: dict[SkillSide, list[UUID]] = field(default_factory=dict)
    week: tuple[Block, ...] | None = None
    seat: tuple[UUID, ParticipantRole, int] | None = None
    kept: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """Which of the lists the row belongs to."""
        if self.is_new:
            return Kind.CREATED
        return Kind.CHANGED if self.changes or self.seat or self.facts else Kind.UNCHANGED

    @property
    def columns(self) -> list[str]:
        """The columns that the row changes."""
        return list(dict.fromkeys([change.column for change in self.changes]))


def outcome_of(record: Record, held: Held, setting: Setting) -> Outcome:
    """Compare one row with what is stored about its person, or was read about them from an earlier row."""
    known = held.people.get(record.employee_id) or setting.arrived.get(record.employee_id)
    person = known or _newcomer(record, setting)
    outcome = Outcome(record, person, is_new=known is None, was=known.status if known else None)
    _compare_facts(outcome, held, setting)
    _compare_texts(outcome, held)
    _compare_tags(outcome, held, setting)
    _compare_week(outcome, held)
    if record.seat is not None:
        _compare_seat(outcome, record.seat, held, setting)
    return outcome


def _newcomer(record: Record, setting: Setting) -> Person:
    organization = setting.organization
    person = Person(organization_id=organization.id, employee_id=record.employee_id, zone="", line_manager_id=None)
    setting.arrived[record.employee_id] = person
    return person


def _compare_facts(outcome: Outcome, held: Held, setting: Setting) -> None:
    record, person = outcome.record, outcome.person
    values = dict(record.facts)
    if record.manager is not None:
        values["line_manager_id"] = _manager_id(record.manager, held, setting)
    zone = _zone(outcome, setting)
    if zone is not None:
        values["zone"], values["zone_assumed"] = zone
    own = {name for name in OWN_FACTS if (person.id, name) in held.own_facts}
    for name, value in values.items():
        before: Any = getattr(person, name)
        if value == before:
            continue
        if name in own or (name == "zone_assumed" and "zone" in own):
            outcome.kept.append(COLUMN_OF.get(name, name))
            continue
        setattr(person, name, value)
        outcome.facts.append(name)
        if name in _ATTRIBUTES:
            outcome.changes.append(Change(COLUMN_OF.get(name, name), before, value))


def _manager_id(manager: str, held: Held, setting: Setting) -> UUID | None:
    """The person's id; the row was refused before if there were none."""
    if not manager:
        return None
    return held.managers[manager] if manager in held.managers else setting.arrived[manager].id


def _zone(outcome: Outcome, setting: Setting) -> tuple[str, bool] | None:
    """Zone and whether it is assumed; None leaves both. An assumed zone follows the place."""
    said = outcome.record.facts.get("zone")
    if said:
        return str(said), False
    person, organization = outcome.person, setting.organization
    moves = person.zone_assumed and "location" in outcome.record.facts
    if said is None and not outcome.is_new and not moves:
        return None
    location = str(outcome.record.facts.get("location", person.location))
    return organization.location_zones.get(location, organization.zone), True


def _compare_texts(outcome: Outcome, held: Held) -> None:
    profile = outcome.profile = held.profiles.get(outcome.person.id)
    for name, text in outcome.record.texts.items():
        before = getattr(profile, name) if profile else ""
        if before == text:
            continue
        if profile and name in profile.own_fields:
            outcome.kept.append(name)
            continue
        outcome.texts[name] = text
        outcome.changes.append(Change(name, before, text))


def _compare_tags(outcome: Outcome, held: Held, setting: Setting) -> None:
    for side, tags in outcome.record.tags.items():
        mapped = [setting.tags.find(tag) for tag in tags]
        outcome.missed.extend(tag for found in mapped for tag in found.missed)
        wanted = list(dict.fromkeys(one for found in mapped for one in found.competency_ids))
        rows = held.skills.get((outcome.person.id, side), [])
        before = [row.competency_id for row in rows]
        if before == wanted:
            continue
        if any(row.source is Source.PERSON for row in rows):
            outcome.kept.append(TAG_COLUMN[side])
            continue
        outcome.skills[side] = wanted
        outcome.changes.append(Change(TAG_COLUMN[side], before, wanted))


def _compare_week(outcome: Outcome, held: Held) -> None:
    week = outcome.record.week
    rows = held.weeks.get(outcome.person.id, [])
    before = tuple(Block(row.weekday, row.start_minute, row.end_minute) for row in rows)
    if week is None or before == week:
        return
    if any(row.source is Source.PERSON for row in rows):
        outcome.kept.append("availability")
        return
    outcome.week = week
    outcome.changes.append(Change("availability", before, week))


def _compare_seat(outcome: Outcome, seat: Seat, held: Held, setting: Setting) -> None:
    cohort_id = setting.offers[seat.program].cohort_id
    if cohort_id is None:  # refused by the checks; the group closed since
        outcome.kept.append("program")
        return
    there = held.seats.get((cohort_id, outcome.person.id, seat.role))
    if there is None:
        outcome.seat = (cohort_id, seat.role, seat.capacity or 1)
    elif seat.capacity not in (None, there):
        outcome.kept.append("capacity")


_ATTRIBUTES = frozenset(ATTRIBUTES)
