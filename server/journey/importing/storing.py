"""Writing a batch of rows: each table once, with history, audit entry and fact for every row that changes something."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from tortoise.expressions import F

from server.access.letters.actions import let_old_addresses_go
from server.journey.importing.columns import TEXTS
from server.journey.importing.outcomes import Kind, Outcome
from server.journey.moving.actions import follow_zones
from server.kernel import clock
from server.kernel.bulk import insert_rows
from server.kernel.db import Unit, plain, wake
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.ids import new_id
from server.people.facts import ATTRIBUTES, history, named
from server.people.models import AvailabilityBlock, ImportRun, Person, PersonAttribute, PersonSkill, Profile
from server.people.states import PersonStatus, SkillSide, Source
from server.programs.actions import invite_many
from server.programs.states import ParticipantRole

WRITTEN = (*ATTRIBUTES, "zone_assumed", "search", "updated_at")
PROFILE_WRITTEN = (*TEXTS, "updated_at")


async def store(unit: Unit, run: ImportRun, outcomes: Sequence[Outcome]) -> None:
    """Write what these rows change, in a handful of statements, within the open unit."""
    touched = [outcome for outcome in outcomes if outcome.kind is not Kind.UNCHANGED]
    moved = {one.person.id: old for one in touched for old in _old_address(one)}
    kept = await _keep_old_addresses(unit, touched, moved)
    await _vacate(touched, moved)
    await _store_people([one for one in touched if one.facts or one.is_new])
    await _store_profiles(touched)
    await _store_skills(unit, touched)
    await _store_weeks(unit, touched)
    await _store_facts(unit, run, touched)
    await _invite(unit, touched)
    await follow_zones(unit.actor, {one.person.id: old for one in touched for old in _old_zone(one)})
    if kept:
        await let_old_addresses_go(unit.actor, list(kept))
        await _publish(unit, [
            ("person.address_changed", person_id, {"person_id": person_id, "held_id": held_id})
            for person_id, held_id in kept.items()
        ])


async def end_people(unit: Unit, run: ImportRun, people: Sequence[Person]) -> None:
    """Mark people as ended whom a complete file no longer speaks of."""
    was = {person.id: person.status for person in people}
    for person in people:
        person.status, person.updated_at = PersonStatus.ENDED, clock.now()
    await Person.filter(organization_id=run.organization_id, id__in=list(was)).update(
        status=PersonStatus.ENDED, updated_at=clock.now()
    )
    rows = [row for person in people for row in history(person, ["status"], Source.FILE)]
    await insert_rows(PersonAttribute, rows)
    detail: dict[str, object] = {"run_id": run.id, "fields": ["status"]}
    await _audit(unit, [("person.change", person.id, detail) for person in people])
    await _publish(unit, [fact for one in people for fact in _told(one.id, ["status"], was[one.id], one.status)])


def _old_zone(outcome: Outcome) -> Iterable[str]:
    """The time zone in which a row finds its person, if it moves them."""
    return (str(one.before) for one in outcome.changes if one.column == "time_zone" and not outcome.is_new)


def _old_address(outcome: Outcome) -> Iterable[str]:
    """The address that a row takes from its person, if it does. Other capital letters are no other address."""
    for change in outcome.changes:
        before, after = str(change.before), str(change.after)
        if change.column == "email" and not outcome.is_new and before and before.lower() != after.lower():
            yield before


async def _keep_old_addresses(unit: Unit, outcomes: Sequence[Outcome], moved: Mapping[UUID, str]) -> dict[UUID, UUID]:
    """Where the history holds each old address, by person; written there if it is not: whom else to tell?"""
    if not moved:
        return {}
    held = PersonAttribute.filter(
        organization_id=unit.actor.organization_id, person_id__in=list(moved), name="email"
    ).order_by("valid_from", "id")
    rows = {row.person_id: row for row in await held}
    kept = {one: rows[one].id for one, old in moved.items() if one in rows and rows[one].value == old}
    missing = [one.person for one in outcomes if one.person.id in moved.keys() - kept.keys()]
    fresh = {person.id: new_id() for person in missing}
    about = {"organization_id": unit.actor.organization_id, "name": "email", "source": Source.FILE}
    await insert_rows(PersonAttribute, [
        {**about, "id": fresh[person.id], "person_id": person.id, "value": moved[person.id],
         "valid_from": person.created_at}
        for person in missing
    ])
    return kept | fresh


async def _vacate(outcomes: Sequence[Outcome], moved: Mapping[UUID, str]) -> None:
    """Free the addresses that others of these rows take over: a row's id, for no longer than this transaction."""
    taken = {outcome.person.email for outcome in outcomes}
    giving = [person_id for person_id, old in moved.items() if old in taken]
    if giving:
        await Person.filter(organization_id=outcomes[0].person.organization_id, id__in=giving).update(email=F("id"))


async def _store_people(outcomes: Sequence[Outcome]) -> None:
    """New people first, managers before those they manage; then changed ones, whose managers are all there."""
    for outcome in outcomes:
        named(outcome.person).updated_at = clock.now()
    await insert_rows(Person, [vars(outcome.person) for outcome in outcomes if outcome.is_new])
    changed = [outcome.person for outcome in outcomes if not outcome.is_new]
    await Person.bulk_create(changed, batch_size=500, on_conflict=["id"], update_fields=WRITTEN)
    rows = [row for outcome in outcomes for row in history(outcome.person, outcome.facts, Source.FILE)]
    await insert_rows(PersonAttribute, rows)


async def _store_profiles(outcomes: Sequence[Outcome]) -> None:
    changed = [outcome for outcome in outcomes if outcome.texts]
    for outcome in changed:
        if outcome.profile is not None:
            outcome.profile.update_from_dict({**outcome.texts, "updated_at": clock.now()})
    held = [outcome.profile for outcome in changed if outcome.profile is not None]
    await Profile.bulk_create(held, batch_size=500, on_conflict=["id"], update_fields=PROFILE_WRITTEN)
    fresh = [outcome for outcome in changed if outcome.profile is None]
    no_texts = dict.fromkeys(TEXTS, "")
    await insert_rows(Profile, [
        {"organization_id": one.person.organization_id, "person_id": one.person.id, **no_texts, **one.texts}
        for one in fresh
    ])


async def _store_skills(unit: Unit, outcomes: Sequence[Outcome]) -> None:
    rows: list[dict[str, object]] = []
    for side in SkillSide:
        ids = [outcome.person.id for outcome in outcomes if side in outcome.skills and not outcome.is_new]
        mine = PersonSkill.filter(organization_id=unit.actor.organization_id, side=side)
        if ids:
            await mine.filter(person_id__in=ids).delete()
        rows.extend(row for outcome in outcomes for row in _skills(outcome, side))
    await insert_rows(PersonSkill, rows)


def _skills(outcome: Outcome, side: SkillSide) -> Iterable[dict[str, object]]:
    about = {**_whose(outcome), "side": side}
    for position, competency_id in enumerate(outcome.skills.get(side, ())):
        yield {**about, "competency_id": competency_id, "position": position}


def _whose(outcome: Outcome) -> dict[str, object]:
    person = outcome.person
    return {"organization_id": person.organization_id, "person_id": person.id, "source": Source.FILE}


async def _store_weeks(unit: Unit, outcomes: Sequence[Outcome]) -> None:
    changed = [outcome for outcome in outcomes if outcome.week is not None]
    ids = [outcome.person.id for outcome in changed if not outcome.is_new]
    mine = AvailabilityBlock.filter(organization_id=unit.actor.organization_id)
    if ids:
        await mine.filter(person_id__in=ids).delete()
    await insert_rows(AvailabilityBlock, [
        {**_whose(outcome), **block._asdict()} for outcome in changed for block in outcome.week or ()
    ])


async def _store_facts(unit: Unit, run: ImportRun, outcomes: Sequence[Outcome]) -> None:
    """An audit entry for each row that changes a person, and what the rest of the product is told."""
    people = [outcome for outcome in outcomes if outcome.is_new or outcome.changes or outcome.facts]
    await _audit(unit, [
        ("person.create" if outcome.is_new else "person.change", outcome.person.id,
         {"run_id": run.id, "row": outcome.record.number, "fields": outcome.columns})
        for outcome in people
    ])
    await _publish(unit, [fact for outcome in people for fact in _told_of(outcome)])


def _told_of(outcome: Outcome) -> list[tuple[str, UUID, dict[str, object]]]:
    if outcome.is_new:
        return [("person.created", outcome.person.id, {"person_id": outcome.person.id})]
    return _told(outcome.person.id, outcome.columns, outcome.was, outcome.person.status)


def _told(
    person_id: UUID, columns: list[str], was: PersonStatus | None, now: PersonStatus
) -> list[tuple[str, UUID, dict[str, object]]]:
    about: dict[str, object] = {"person_id": person_id}
    facts = [("person.changed", person_id, {**about, "fields": columns})]
    if was is not now:
        facts.append(("person.status_changed", person_id, {**about, "was": was, "status": now}))
    return facts


async def _audit(unit: Unit, entries: list[tuple[str, UUID, dict[str, object]]]) -> None:
    actor = unit.actor
    who = {"organization_id": actor.organization_id, "actor_kind": actor.kind.value, "actor_id": actor.id}
    await insert_rows(AuditEvent, [
        {**who, "action": action, "target_kind": "Person", "target_id": person_id, "detail": _plain(detail)}
        for action, person_id, detail in entries
    ])


async def _publish(unit: Unit, facts: list[tuple[str, UUID, dict[str, object]]]) -> None:
    organization_id = unit.actor.organization_id
    await insert_rows(OutboxEvent, [
        {"organization_id": organization_id, "kind": kind, "subject_id": subject_id, "payload": _plain(payload)}
        for kind, subject_id, payload in facts
    ])
    unit.after_commit(wake)


def _plain(detail: dict[str, object]) -> dict[str, object]:
    return {name: plain(value) for name, value in detail.items()}


async def _invite(unit: Unit, outcomes: Sequence[Outcome]) -> None:
    wanted: dict[UUID, list[tuple[UUID, ParticipantRole, int]]] = {}
    for outcome in outcomes:
        if outcome.seat is not None:
            cohort_id, role, capacity = outcome.seat
            wanted.setdefault(cohort_id, []).append((outcome.person.id, role, capacity))
    for cohort_id, people in wanted.items():
        await invite_many(unit.actor, cohort_id, people)
