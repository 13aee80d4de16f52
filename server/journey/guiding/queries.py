"""A guide as one of a match opens it, and how often a programme's guides are opened."""

from dataclasses import dataclass
from uuid import UUID

from tortoise.functions import Count

from server.journey.guiding.rules import PHASES, at_least, guide_for
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches.company import SAID_YES, belongs
from server.matches.models import Match, MatchMember
from server.matches.queries import visible_match
from server.matches.rules import member_of
from server.programs.audience.states import Side, side_of
from server.programs.models import GuideUse
from server.programs.resources.setup import Resource, at_hand
from server.programs.rules import can_edit_program
from server.programs.states import Guide, ParticipantRole
from server.sessions.queries import held_ends


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A guide for one side of a match, with the programme's own links for that time."""

    match: Match
    guide: Guide
    side: Side
    links: list[Resource]


@dataclass(frozen=True, slots=True)
class Use:
    """How often one side opened a guide: so often at least, None where too few people could have."""

    guide: Guide
    side: Side
    at_least: int | None


async def guide_page(actor: Actor, match_id: UUID, guide: Guide | None) -> GuidePage:
    """A guide for the actor in a match of theirs; None: the one that helps now.

    Raises:
        NotFound: not the actor's match, or not announced.
    """
    match = await visible_match(actor, match_id)
    me = member_of(match, actor)
    if me is None or not belongs(match, actor.person_id):
        raise NotFound
    if guide is None:
        met = len((await held_ends(actor, [match.id])).get(match.id, []))
        guide = guide_for(match, met, clock.today(me.person.zone))
    return GuidePage(match, guide, side_of(me.role), at_hand(match.program.resources, me.role, PHASES[guide]))


async def guide_uses(actor: Actor, program_id: UUID) -> list[Use]:
    """How often each guide of a programme was opened, by side; a side on which nobody has begun is left out.

    Raises:
        NotFound: the actor does not run the programme.
    """
    if not can_edit_program(actor, program_id):
        raise NotFound
    rows = await GuideUse.filter(organization_id=actor.organization_id, program_id=program_id)
    opened = {(row.guide, Side(row.side)): row.opened for row in rows}
    people = await _people(actor, program_id)
    return [
        Use(guide, side, at_least(opened.get((guide, side), 0), people[side]))
        for guide in Guide for side in Side if people.get(side)
    ]


async def _people(actor: Actor, program_id: UUID) -> dict[Side, int]:
    """How many people of each side were in a match that began: whoever could have opened a guide. Somebody in two
    roles of a side is one, so a side counts as its largest role."""
    began = MatchMember.filter(
        organization_id=actor.organization_id, match__program_id=program_id, match__active_at__isnull=False,
        approval__in=list(SAID_YES),
    )
    counted = began.annotate(n=Count("person_id", distinct=True)).group_by("role").values_list("role", "n")
    found: dict[Side, int] = {}
    for role, count in await counted:
        side = side_of(ParticipantRole(role))
        found[side] = max(found.get(side, 0), int(count))
    return found
