"""Planning the forms of a programme for its matches, and sending one when it is due: asked anew as things stand."""

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from server.automation.due import GONE, OTHER_DAYS, OVER
from server.automation.surveys.schedule import TIMINGS, whom
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import Due, unit_of_work
from server.kernel.facts import ScheduledAction
from server.kernel.jobs.lanes import NotYet
from server.matches.models import Match
from server.matches.queries import matches, visible_match
from server.matches.states import RUNNING, MatchState
from server.surveys.actions import RAN_ITS_TIME
from server.surveys.forms.actions import ask_form
from server.surveys.forms.form import Form, forms_of
from server.surveys.forms.queries import asked_since

RULE = "survey.ask"
RESTS, NOT_ASKED, ASKED = "it rests", "no longer asked", "asked the same day"


async def plan_forms(actor: Actor, match_id: UUID, happened_at: datetime, fact: str = "") -> None:
    """Plan what a match is asked after a fact of a moment (aware); without one, all of it that is still ahead. Planned
    again it is the same rows.

    Raises:
        NotFound: the match is gone.
    """
    match = await visible_match(actor, match_id)
    asked = [form for form in forms_of(match.program) if not fact or fact in TIMINGS[form.when].on]
    wanted = [due for form in asked async for due in _due(actor, match, form, happened_at, fact)]
    if wanted:
        async with unit_of_work(actor) as unit:
            await unit.schedule_all(wanted)


async def matches_to_ask(actor: Actor, program_id: UUID) -> list[UUID]:
    """The matches of a programme that something may still be asked about."""
    states = [*RUNNING, *RAN_ITS_TIME]
    found = await matches(actor).filter(program_id=program_id, state__in=states).order_by("id").values_list("id")
    return [match_id for (match_id,) in found]


async def ask(action: ScheduledAction) -> str | None:
    """Send a form whose moment has come, or say why it is not sent.

    Raises:
        NotFound: the match is gone.
        NotYet: its moment is later by now.
    """
    actor, said = system_actor(action.organization_id), action.payload
    match = await visible_match(actor, action.subject_id)
    form = next((one for one in forms_of(match.program) if one.key == said["form"]), None)
    if form is None:
        return NOT_ASKED
    timing = TIMINGS[form.when]
    since = next((one for one in await timing.since(actor, match, form) if one.isoformat() == said["since"]), None)
    moments = timing.moments(form, match)
    if since is None or said["number"] >= len(moments):
        return OVER
    person = next((one for one in whom(form, match) if one.id == action.recipient_id), None)
    if person is None or match.state is MatchState.PAUSED:
        return RESTS if person else GONE
    moment = moments[said["number"]].after(since, person.zone)
    if moment > clock.now():
        raise NotYet(moment, OTHER_DAYS)
    today = clock.day_begins(clock.today(person.zone), person.zone)
    async with unit_of_work(actor):
        await visible_match(actor, match.id, lock=True)     # of two workers one asks
        if await asked_since(actor, match.id, person.id, form.key, today):
            return ASKED
        await ask_form(actor, match.id, person.id, form, f"{said['number']}:{said['since']}")
    return None


async def _due(actor: Actor, match: Match, form: Form, happened_at: datetime, fact: str) -> AsyncIterator[Due]:
    timing = TIMINGS[form.when]
    for since in await timing.since(actor, match, form):
        for number, moment in enumerate(timing.moments(form, match)):
            for person in whom(form, match):
                at = moment.after(since, person.zone)
                if at > happened_at or (timing.late and fact):
                    yield Due(
                        RULE, match, max(at, happened_at), f"{form.key}:{person.id}:{number}:{since.isoformat()}",
                        recipient_id=person.id, program_id=match.program_id,
                        payload={"form": form.key, "number": number, "since": since.isoformat()},
                    )
