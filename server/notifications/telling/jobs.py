"""Telling at once: a goal that is shared, a step that is done, a match that had its time, another wording, training."""

from collections.abc import Iterable
from uuid import UUID

from server.goals.queries import goal_with_owner, shared_with
from server.kernel.actor import system_actor
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import on_event
from server.matches.company import members_now
from server.matches.queries import visible_match
from server.notifications.actions import plan_message
from server.people.models import Person
from server.people.queries import who_agreed_before
from server.programs.queries import visible_enrollment


@on_event("goal.activated")
async def tell_of_a_goal(event: OutboxEvent) -> None:
    """Tell the other of a pair that there is a goal to read, without its words."""
    await _tell(event, "G03", await _readers(event), "goal_id")


@on_event("goal.milestone_done")
async def tell_of_a_step(event: OutboxEvent) -> None:
    """Tell the other of a pair that a step is done; whose it is has just said so."""
    await _tell(event, "G06", await _readers(event), "milestone_id")


@on_event("match.completed")
async def thank_for_it(event: OutboxEvent) -> None:
    """Give everybody of a match that had its time in writing that they took part."""
    match = await visible_match(system_actor(event.organization_id), UUID(event.payload["match_id"]))
    await _tell(event, "Z06", [one.person for one in members_now(match)], "match_id")


@on_event("consent_text.published", long=True)
async def tell_of_another_wording(event: OutboxEvent) -> None:
    """Tell whoever agreed to an earlier wording that there is another one to answer."""
    assert event.subject_id is not None, "a fact about a text"
    actor = system_actor(event.organization_id)
    for person_id in await who_agreed_before(actor, event.subject_id):
        await plan_message(
            actor, "Y03", person_id, event.subject_id, {"consent_text_id": event.subject_id}, trigger=event.kind,
        )


@on_event("training.asked")
async def ask_to_read(event: OutboxEvent) -> None:
    """Tell everybody who was asked for training that there is something to read."""
    for enrollment_id in event.payload["enrollment_ids"]:
        await _tell_learner(event, "T01", UUID(enrollment_id))


@on_event("training.done")
async def say_it_is_done(event: OutboxEvent) -> None:
    """Tell somebody who has taken the last step of their training that nothing is left of it."""
    if not event.payload["left"]:
        await _tell_learner(event, "T03", UUID(event.payload["enrollment_id"]))


async def _tell_learner(event: OutboxEvent, kind: str, enrollment_id: UUID) -> None:
    actor = system_actor(event.organization_id)
    row = await visible_enrollment(actor, enrollment_id)
    await plan_message(
        actor, kind, row.person_id, row.id, {"enrollment_id": row.id}, trigger=event.kind, occurrence=str(event.id)
    )


async def _readers(event: OutboxEvent) -> list[Person]:
    actor = system_actor(event.organization_id)
    return await shared_with(actor, await goal_with_owner(actor, UUID(event.payload["goal_id"])))


async def _tell(event: OutboxEvent, kind: str, people: Iterable[Person], about: str) -> None:
    """One message to each, about what `about` names in the fact."""
    facts = {name: event.payload[name] for name in {about, "match_id"}}
    for person in people:
        await plan_message(
            system_actor(event.organization_id), kind, person.id, UUID(event.payload[about]), facts,
            trigger=event.kind, occurrence=str(event.id),
        )
