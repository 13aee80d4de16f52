"""What can be done to people: who they are, what they say of themselves, what they agree to."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.bulk import insert_rows
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.people import availability, queries, rules
from server.people.facts import (
    PersonFacts,
    check_lengths,
    checked_language,
    checked_name,
    checked_zone,
    history,
    known_attributes,
    named,
)
from server.people.frameworks import FrameworkReport, plan, read_framework
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
from server.people.states import NEVER_NEEDED, ConsentPurpose, DayPart, Look, SkillSide, Source

MUTED_KINDS_MAX, KIND_LETTERS, UNDO = 100, 60, timedelta(seconds=10)


async def create_organization(
    actor: Actor,
    *,
    key: str,
    name: str,
    zone: str = "UTC",
    language: str = "en-GB",
    location_zones: Mapping[str, str] | None = None,
    seniority_words: Mapping[str, int] | None = None,
    is_demo: bool = False,
) -> Organization:
    """Open an organisation under the id that the actor is bound to: `system_actor(new_id())`.

    Raises:
        Refused: the actor is not the product itself.
        Invalid: an unknown zone, here or in `location_zones`.
        Conflict: the key is taken.
    """
    require(rules.can_edit_organization(actor), _("open an organisation"))
    for place in (zone, *(location_zones or {}).values()):
        checked_zone(place)
    try:
        async with unit_of_work(actor) as unit:
            organization = await Organization.create(
                id=actor.organization_id, key=key, name=clean(name), zone=zone, language=language, is_demo=is_demo,
                location_zones=dict(location_zones or {}), seniority_words=dict(seniority_words or {}),
            )
            await unit.audit("organization.create", organization)
            await unit.publish("organization.created", subject_id=organization.id, organization_id=organization.id)
            return organization
    except IntegrityError as error:
        raise Conflict(_("Another organisation has this key."), kind="key_taken") from error


async def set_organization_key(actor: Actor, key: str) -> Organization:
    """Change the word by which the command line finds the actor's organisation. The same key again changes nothing.

    Raises:
        Refused: the actor may not set what holds for the whole organisation.
        Conflict: the key is another's.
    """
    try:
        async with unit_of_work(actor) as unit:
            organization = await queries.organization_of(actor)
            require(rules.can_edit_organization(actor), _("change your organisation’s settings"))
            if organization.key != key:
                organization.key = key
                await organization.save(update_fields=["key"])
                await unit.audit("organization.set_key", organization)
            return organization
    except IntegrityError as error:
        raise Conflict(_("Another organisation has this key."), kind="key_taken") from error


async def create_person(
    actor: Actor, *, employee_id: str, email: str, given_name: str, family_name: str, facts: PersonFacts | None = None
) -> Person:
    """Add one person by hand. Without a zone they get the organisation's, marked as assumed.

    Raises:
        Refused: the actor may not import people.
        Invalid: an unknown zone.
        NotFound: the manager is not of this organisation.
        Conflict: the number or the address is somebody's already.
    """
    require(rules.can_import_people(actor), _("add people"))
    values: dict[str, Any] = dict(facts or {})
    try:
        async with unit_of_work(actor) as unit:
            person = Person(
                organization_id=actor.organization_id, employee_id=employee_id, email=email.lower(),
                given_name=clean(given_name), family_name=clean(family_name),
                **values | await _zone(actor, values.get("zone")),
            )
            await _known_manager(actor, person)
            await named(person).save()
            await insert_rows(PersonAttribute, history(person, known_attributes(person), Source.SYSTEM))
            await unit.audit("person.create", person)
            await unit.publish("person.created", subject_id=person.id, person_id=person.id)
            return person
    except IntegrityError as error:
        raise Conflict(_("Somebody has this employee number or address already."), kind="person_taken") from error


async def set_day_parts(actor: Actor, parts: Collection[DayPart]) -> list[AvailabilityBlock]:
    """Say when one usually has time. Blocks of a file that these parts already describe stay as precise as they are.

    Raises:
        NotFound: the actor is not a person.
    """
    async with unit_of_work(actor) as unit:
        person = await queries.person_of(actor)
        held = (await queries.availability_of(actor, [person.id]))[person.id]
        if queries.day_parts_of(held) == set(parts):
            return await _own_blocks(unit, person, held)
        await AvailabilityBlock.filter(organization_id=actor.organization_id, person_id=person.id).delete()
        blocks = [_block(person, block) for block in availability.blocks_of(parts)]
        await AvailabilityBlock.bulk_create(blocks)
        await _changed(unit, person, "availability")
        return blocks


async def set_skills(actor: Actor, side: SkillSide, competency_ids: Iterable[UUID]) -> list[Competency]:
    """Say which competencies one offers or wants, in this order. What a file said becomes the person's own word.

    Raises:
        NotFound: the actor is not a person.
        Invalid: a competency that is not in use here.
    """
    async with unit_of_work(actor) as unit:
        person = await queries.person_of(actor)
        known = {competency.id: competency for competency in await queries.competencies(actor)}
        wanted = list(dict.fromkeys(competency_ids))
        if not known.keys() >= set(wanted):
            raise Invalid({"skills": _("Choose from the list.")})
        if await _holds_skills(actor, person, side, wanted):
            return [known[competency_id] for competency_id in wanted]
        await PersonSkill.filter(organization_id=actor.organization_id, person_id=person.id, side=side).delete()
        own = {"organization_id": actor.organization_id, "person_id": person.id, "side": side}
        await insert_rows(PersonSkill, [{**own, "competency_id": key, "position": at} for at, key in enumerate(wanted)])
        await _changed(unit, person, f"skills.{side.lower()}")
        return [known[competency_id] for competency_id in wanted]


async def set_profile(
    actor: Actor,
    *,
    about: str | None = None,
    words_for_mentees: str | None = None,
    goal_text: str | None = None,
    life_stage: str | None = None,
) -> Profile:
    """Write one's own profile; None leaves a field as it is. A file never overwrites what was written here.

    Raises:
        NotFound: the actor is not a person.
        Invalid: a text is too long.
    """
    given = {
        "about": about, "words_for_mentees": words_for_mentees, "goal_text": goal_text, "life_stage": life_stage,
    }
    texts = {name: clean(text) for name, text in given.items() if text is not None}
    check_lengths(texts)
    async with unit_of_work(actor) as unit:
        person, profile = await _own_profile(actor)
        held = {name: getattr(profile, name) for name in profile.own_fields}
        changed = [name for name, text in texts.items() if held.get(name) != text]
        if not changed:
            return profile
        profile.update_from_dict({name: texts[name] for name in changed})
        profile.own_fields = sorted({*profile.own_fields, *changed})
        await _save_profile(unit, person, profile, changed)
        return profile


async def set_person_facts(
    actor: Actor,
    *,
    preferred_name: str | None = None,
    zone: str | None = None,
    language: str | None = None,
    languages: list[str] | None = None,
) -> Person:
    """Set what a person knows better than the record system; None leaves a fact. A file never overwrites these.

    Raises:
        NotFound: the actor is not a person.
        Invalid: an unknown zone, something that is no language tag, or a name of more than 120 letters.
    """
    given: dict[str, object] = {
        "preferred_name": preferred_name if preferred_name is None else checked_name(preferred_name),
        "zone": zone if zone is None else checked_zone(zone),
        "language": language if language is None else checked_language("language", language),
        "languages": languages if languages is None else [checked_language("languages", tag) for tag in languages],
    }
    async with unit_of_work(actor) as unit:
        person = await queries.person_of(actor)
        changed = {name: value for name, value in given.items() if value not in (None, getattr(person, name))}
        if zone is not None and person.zone_assumed:
            changed |= {"zone": zone, "zone_assumed": False}
        if not changed:
            return person
        await _store_facts(unit, person, changed)
        return person


async def set_look(actor: Actor, look: Look) -> Profile:
    """Choose the colours one sees.

    Raises:
        NotFound: the actor is not a person.
    """
    async with unit_of_work(actor) as unit:
        person, profile = await _own_profile(actor)
        if profile.look is look:
            return profile
        profile.look = look
        await _save_profile(unit, person, profile, ["look"])
        return profile


async def set_muted_kinds(actor: Actor, kinds: Collection[str]) -> Profile:
    """Choose what not to get: kinds of messages, or one channel of a kind or class (`S01:push`, `NUDGE:mail`).

    Raises:
        NotFound: the actor is not a person.
        Invalid: more kinds than there are.
    """
    muted = sorted({clean(kind) for kind in kinds})
    if len(muted) > MUTED_KINDS_MAX or any(len(kind) > KIND_LETTERS for kind in muted):
        raise Invalid({"muted_kinds": _("Choose from the list.")})
    async with unit_of_work(actor) as unit:
        person, profile = await _own_profile(actor)
        if profile.muted_kinds == muted:
            return profile
        profile.muted_kinds = muted
        await _save_profile(unit, person, profile, ["muted_kinds"])
        return profile


async def record_consents(actor: Actor, answers: Mapping[ConsentPurpose, bool], channel: str = "web") -> list[Consent]:
    """Store a yes or no to each purpose, under the wording in force. An answer that stands already adds nothing.

    Raises:
        NotFound: the actor is not a person.
        Invalid: a purpose that this organisation has no wording for.
    """
    async with unit_of_work(actor) as unit:
        person = await queries.person_of(actor)
        texts, held = await queries.consent_texts(actor), await queries.consents_of(actor, person.id)
        if not texts.keys() >= answers.keys():
            raise Invalid({"consent": _("There is no wording to agree to yet.")})
        fresh = [
            Consent(organization_id=actor.organization_id, person_id=person.id, text_id=texts[purpose].id,
                    purpose=purpose, given=given, channel=channel)
            for purpose, given in answers.items()
            if _stands(held.get(purpose)) != (given, texts[purpose].id)
        ]
        for consent in fresh:
            await consent.save()
            facts: dict[str, object] = {"purpose": consent.purpose, "given": consent.given}
            await unit.audit("consent.record", consent, **facts)
            await unit.publish("consent.recorded", subject_id=person.id, person_id=person.id, hold=UNDO, **facts)
        return fresh


async def publish_consent_text(
    actor: Actor, purpose: ConsentPurpose, wording: str, explanation: str = "", *, required: bool = False
) -> ConsentText:
    """Put a new wording in force. Earlier ones stay for whoever agreed to them; the same wording again adds nothing.

    Raises:
        Refused: the actor may not set this for the organisation.
        Invalid: no wording, or talent data made a condition of taking part.
    """
    require(rules.can_edit_organization(actor), _("change what people agree to"))
    if not clean(wording):
        raise Invalid({"wording": _("Write what people agree to.")})
    if required and purpose in NEVER_NEEDED:
        raise Invalid({"required": _("Nobody needs to agree to this to take part.")})
    async with unit_of_work(actor) as unit:
        owner = await queries.organization_of(actor, lock=True)  # one at a time: the latest is counted from
        latest = (await queries.consent_texts(actor)).get(purpose)
        values: dict[str, Any] = {"wording": clean(wording), "explanation": clean(explanation), "required": required}
        if latest and all(getattr(latest, name) == value for name, value in values.items()):
            return latest
        version = latest.version + 1 if latest else 1
        text = await ConsentText.create(organization_id=owner.id, purpose=purpose, version=version, **values)
        await unit.audit("consent_text.publish", text, purpose=purpose, version=version)
        await unit.publish("consent_text.published", subject_id=text.id, purpose=purpose, version=version)
        return text


async def import_framework(actor: Actor, content: bytes, file_name: str) -> FrameworkReport:
    """Take over a competency framework from CSV or JSON. What the file lacks stays; the same file again adds nothing.

    Raises:
        Refused: the actor may not change the framework.
        Invalid: the file, or places in it, with what is wrong and how to mend it; nothing is written then.
    """
    require(rules.can_edit_competencies(actor), _("change the competencies"))
    nodes = read_framework(content, file_name)
    async with unit_of_work(actor) as unit:
        found = plan(actor.organization_id, nodes, await queries.framework(actor))
        if not found.fresh and not found.changed:
            return found.report
        await Competency.bulk_create(found.fresh, batch_size=500)
        if found.changed:
            fields = ["name", "description", "parent_id", "aliases", "retired_at"]
            await Competency.bulk_update(found.changed, fields, batch_size=100)
        counts: dict[str, Any] = {"created": len(found.fresh), "changed": len(found.changed)}
        await unit.audit("framework.import", await queries.organization_of(actor), **counts)
        await unit.publish("framework.imported", subject_id=actor.organization_id, **counts)
        return found.report


async def _own_profile(actor: Actor) -> tuple[Person, Profile]:
    person = await queries.person_of(actor)
    return person, await queries.profile_of(actor, person.id)


async def _save_profile(unit: Unit, person: Person, profile: Profile, changed: list[str]) -> None:
    profile.updated_at = clock.now()
    await profile.save()
    await _changed(unit, person, *changed)


async def _changed(unit: Unit, person: Person, *fields: str) -> None:
    await unit.audit("profile.change", person, fields=list(fields))
    await unit.publish("profile.changed", subject_id=person.id, person_id=person.id, fields=list(fields))


async def _own_blocks(unit: Unit, person: Person, held: list[AvailabilityBlock]) -> list[AvailabilityBlock]:
    """The blocks of a file, now confirmed by the person."""
    confirmed = [block for block in held if block.source is not Source.PERSON]
    for block in confirmed:
        block.source = Source.PERSON
        await block.save(update_fields=["source"])
    if confirmed:
        await _changed(unit, person, "availability")
    return held


def _block(person: Person, block: availability.Block) -> AvailabilityBlock:
    return AvailabilityBlock(organization_id=person.organization_id, person_id=person.id, **block._asdict())


async def _holds_skills(actor: Actor, person: Person, side: SkillSide, wanted: list[UUID]) -> bool:
    rows = PersonSkill.filter(organization_id=actor.organization_id, person_id=person.id, side=side)
    held = [(row.competency_id, row.source) for row in await rows.order_by("position")]
    return held == [(competency_id, Source.PERSON) for competency_id in wanted]


async def _store_facts(unit: Unit, person: Person, changed: Mapping[str, object]) -> None:
    person.update_from_dict(dict(changed))
    named(person).updated_at = clock.now()
    await person.save(update_fields=[*changed, "search", "updated_at"])
    await insert_rows(PersonAttribute, history(person, changed, Source.PERSON))
    await unit.audit("person.set_facts", person, fields=sorted(changed))
    await unit.publish("person.changed", subject_id=person.id, person_id=person.id, fields=sorted(changed))


async def _zone(actor: Actor, zone: str | None) -> dict[str, object]:
    if zone is not None:
        return {"zone": checked_zone(zone)}
    return {"zone": (await queries.organization_of(actor)).zone, "zone_assumed": True}


async def _known_manager(actor: Actor, person: Person) -> None:
    manager_id = person.line_manager_id
    if manager_id and not await queries.people_by_ids(actor, [manager_id]):
        raise NotFound


def _stands(consent: Consent | None) -> tuple[bool, UUID] | None:
    return (consent.given, consent.text_id) if consent else None
