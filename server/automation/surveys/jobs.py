"""What makes forms due, and the messages that bring them."""

from uuid import UUID

from server.automation.surveys.planning import RULE, ask, matches_to_ask, plan_forms
from server.automation.surveys.schedule import FACTS
from server.kernel.actor import Actor, system_actor
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import on_due, on_event
from server.notifications.actions import plan_message
from server.notifications.ways.reasons import why_needless
from server.surveys.forms.queries import visible_form
from server.surveys.models import FormInvitation
from server.surveys.states import Moment

on_due(RULE)(ask)


@on_event(*FACTS)
async def plan_after(event: OutboxEvent) -> None:
    """Plan the forms that follow what happened to a match."""
    match_id = UUID(event.payload["match_id"])
    await plan_forms(system_actor(event.organization_id), match_id, event.at, event.kind)


@on_event("program.surveys_set", long=True)
async def plan_anew(event: OutboxEvent) -> None:
    """Plan what a programme asks by now of the matches that it has."""
    actor = system_actor(event.organization_id)
    for match_id in await matches_to_ask(actor, UUID(event.payload["program_id"])):
        await plan_forms(actor, match_id, event.at)


@on_event("form.asked")
async def tell(event: OutboxEvent) -> None:
    """Bring a form to whom it asks, unless they opened it themselves."""
    if event.payload["when"] == Moment.BY_LINK:
        return
    actor = system_actor(event.organization_id)
    invitation = await visible_form(actor, UUID(event.payload["form_invitation_id"]))
    await plan_message(
        actor, _kind(invitation, Moment(event.payload["when"])), invitation.person_id, invitation.id,
        _facts(invitation), trigger=event.kind,
    )


@on_due("form.remind")
async def remind(action: ScheduledAction) -> str | None:
    """Remind somebody of a form, once."""
    actor: Actor = system_actor(action.organization_id)
    invitation = await visible_form(actor, action.subject_id)
    needless = await why_needless(actor, "C03-form", invitation.person_id, _facts(invitation))
    if not needless:
        await plan_message(
            actor, "C03-form", invitation.person_id, invitation.id, _facts(invitation), trigger=action.rule
        )
    return needless or None


def _kind(invitation: FormInvitation, when: Moment) -> str:
    """Which message brings it (domain/lifecycle.md)."""
    if when in (Moment.AFTER_SESSION, Moment.AFTER_END):
        return "S07" if when is Moment.AFTER_SESSION else "Z10"
    return "C01" if invitation.occasion.startswith("0:") else "C02"


def _facts(invitation: FormInvitation) -> dict[str, object]:
    return {"match_id": invitation.match_id, "form_invitation_id": invitation.id}
