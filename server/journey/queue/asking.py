"""Asking mentors, as `ithaca queue` does it: those of earlier groups, and those here for one more place."""

import argparse

from server.journey.queue.answers import Answer, group, one_of
from server.kernel.actor import Actor
from server.kernel.text import ngettext
from server.matchmaking.supply import actions
from server.matchmaking.supply.queries import could_give_a_place
from server.programs import queries as programs
from server.programs.models import Enrollment
from server.programs.states import ParticipantRole


async def full(actor: Actor, args: argparse.Namespace) -> Answer:
    """Who is full, and could be asked for one more place."""
    rows = (await could_give_a_place(actor, await group(actor, args))).full
    line = ngettext(
        "One mentor is full and could take one more.", "%(num)d mentors are full and could take one more.", len(rows)
    ) % {"num": len(rows)}
    listed = [f"  {one.capacity:>3}  {one.person.full_name}  {one.person.email}" for one in rows]
    return Answer([line, *listed], {"full": [
        {"enrollment": str(one.id), "name": one.person.full_name, "places": one.capacity} for one in rows
    ]})


async def ask_more(actor: Actor, args: argparse.Namespace) -> Answer:
    """Ask those who were named for one more place, or everybody who is full."""
    cohort = await group(actor, args)
    named = [(await one_of(actor, cohort, who, ParticipantRole.MENTOR)).id for who in args.who]
    asked = await actions.ask_for_places(actor, cohort.id, named or None)
    return await _told(actor, asked, ngettext(
        "One mentor is asked for one more place.", "%(num)d mentors are asked for one more place.", len(asked)
    ) % {"num": len(asked)})


async def ask_past(actor: Actor, args: argparse.Namespace) -> Answer:
    """Invite mentors of earlier groups, whoever mentored last first."""
    cohort = await group(actor, args)
    asked = await actions.ask_past_mentors(actor, cohort.id, args.count)
    return await _told(actor, asked, ngettext(
        "One past mentor is invited.", "%(num)d past mentors are invited.", len(asked)
    ) % {"num": len(asked)})


async def _told(actor: Actor, asked: list[Enrollment], line: str) -> Answer:
    known = await programs.with_people(actor, [one.id for one in asked])
    names = [known[one.id].person.full_name for one in asked]
    told = [{"enrollment": str(one.id), "name": name} for one, name in zip(asked, names, strict=True)]
    return Answer([line, *(f"  {name}" for name in names)], {"asked": told})
