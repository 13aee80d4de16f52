"""The few facts that every page shows around its content, in a fixed number of queries."""

from dataclasses import dataclass
from typing import NamedTuple

from server.kernel.actor import Actor, Permission
from server.kernel.db import Json
from server.kernel.terms import Vocabulary, vocabulary_of
from server.matches.queries import matches
from server.matches.states import MatchState
from server.people.models import Organization, Person
from server.people.offers.queries import refused_offers
from server.people.queries import organization_of, profiles_of
from server.people.states import Look, Offer
from server.programs.branding.setup import Branding, branding_of
from server.programs.queries import enrollments
from server.programs.states import OPEN_ENROLLMENTS, ParticipantRole


@dataclass(frozen=True, slots=True)
class Frame:
    """Who looks, at what, in which colours. `program_name` is where they were invited last, "" if nowhere.

    `terms` are the words of the programmes in which they take part, and `branding` how they look: as usual where two
    differ. `refused`: what is not offered to them again.
    """

    person: Person
    organization: Organization
    look: Look
    program_name: str
    roles: frozenset[ParticipantRole]
    terms: Vocabulary
    branding: Branding
    refused: frozenset[Offer] = frozenset()

    @property
    def language(self) -> str:
        """The language to speak: the person's, or their organisation's."""
        return self.person.language or self.organization.language


async def frame_of(actor: Actor, person: Person) -> Frame:
    """The frame of a signed-in person's pages, in three queries of few columns."""
    organization = await organization_of(actor)
    profile = (await profiles_of(actor, [person.id])).get(person.id)
    part = await _takes_part(actor)
    return Frame(
        person, organization, profile.look if profile else Look.SYSTEM, part[0].program_name if part else "",
        frozenset(one.role for one in part), vocabulary_of(_common(part, "terminology")),
        branding_of(_common(part, "branding")), refused_offers(profile),
    )


async def drafts_waiting(actor: Actor) -> int:
    """How many matches wait for the actor's word; none, and no query, for whoever decides no matches."""
    scope = actor.programs_with(Permission.PROGRAM_MATCHES_DECIDE)
    if scope == frozenset():
        return 0
    drafts = matches(actor).filter(state__in=[MatchState.DRAFT, MatchState.AWAITING_ADMIN])
    return await (drafts if scope is None else drafts.filter(program_id__in=scope)).count()


class _Part(NamedTuple):
    """One part that somebody takes, and what its programme calls itself and people."""

    role: ParticipantRole
    program_name: str
    terminology: Json
    branding: Json


async def _takes_part(actor: Actor) -> list[_Part]:
    own = enrollments(actor).filter(person_id=actor.person_id, state__in=list(OPEN_ENROLLMENTS))
    told = ("role", "program__name", "program__terminology", "program__branding")
    rows = await own.order_by("-invited_at", "-id").values_list(*told)
    return [_Part(ParticipantRole(role), str(name), terms, looks) for role, name, terms, looks in rows]


def _common(part: list[_Part], name: str) -> Json:
    """What the programmes of somebody all say; nothing where two differ."""
    said: list[Json] = [getattr(one, name) for one in part]
    return said[0] if said and all(one == said[0] for one in said) else {}
