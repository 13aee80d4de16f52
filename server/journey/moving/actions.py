"""Somebody says where they are, or the records do: what begins with a day of theirs is planned for that day there."""

from collections.abc import Mapping
from uuid import UUID

from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work
from server.matches import actions as matches
from server.people import actions as people
from server.people.models import Person
from server.people.queries import person_of
from server.programs import actions as programs
from server.surveys import actions as surveys


async def set_person_facts(
    actor: Actor,
    *,
    preferred_name: str | None = None,
    zone: str | None = None,
    language: str | None = None,
    languages: list[str] | None = None,
) -> Person:
    """Set what a person knows better than the record system, and with another zone plan their days anew.

    Raises:
        NotFound, Invalid: as `people.actions.set_person_facts`.
    """
    async with unit_of_work(actor):
        before = (await person_of(actor)).zone
        person = await people.set_person_facts(
            actor, preferred_name=preferred_name, zone=zone, language=language, languages=languages
        )
        if person.zone != before:
            await follow_zones(actor, {person.id: before})
        return person


async def follow_zones(actor: Actor, moved: Mapping[UUID, str]) -> None:
    """People are in another zone now: their breaks, the pauses and last days of their matches and their check-ins come
    on their day there, with the product's rights, whoever moved them. Twice is harmless.

    Locks enrolments, then matches; the rosters that the caller needs are locked before.

    Args:
        actor: who changed the zones.
        moved: by person, the zone in which they were.
    """
    if not moved:
        return
    product = system_actor(actor.organization_id)
    async with unit_of_work(actor):
        await programs.follow_zones(product, moved)
        await matches.follow_zones(product, moved)
        await surveys.follow_zones(product, moved)
