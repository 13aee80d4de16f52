"""A group of five peers, of whom two pairs suit each other, for tests of what the product does with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from server.kernel.actor import Actor
from server.matches import queries as match_queries
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import PersonSkill
from server.people.states import SkillSide
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import ParticipantRole, ProgramType
from tests import factories

PEER = ParticipantRole.PEER


@dataclass
class Peers:
    program: Program
    cohort: Cohort
    manager: Actor
    rows: list[Enrollment]


async def a_group_of_peers() -> Peers:
    """Noor and Idris know what the other wants, Mei and Rui likewise; Kofi is the odd one."""
    org = await factories.organization()
    program = await factories.program(org, type=ProgramType.PEER)
    cohort = await factories.cohort(program)
    skills = [await factories.competency(org, name) for name in ("Python", "Negotiation", "Budgets", "Writing")]
    brings = {"Noor": (0, 1), "Idris": (1, 0), "Mei": (2, 3), "Rui": (3, 2), "Kofi": (0, 2)}
    rows = []
    for name, (offered, wanted) in brings.items():
        person = await factories.person(org, given_name=name, seniority=5)
        await factories.working_week(person)
        for at, side in ((offered, SkillSide.OFFERED), (wanted, SkillSide.WANTED)):
            await PersonSkill.create(organization_id=org.id, person_id=person.id, competency=skills[at], side=side)
        rows.append(await factories.enrollment(cohort, person, PEER))
    return Peers(program, cohort, factories.manager_of(await factories.person(org), program), rows)


async def drafts(peers: Peers) -> list[Match]:
    return await match_queries.matches_in(peers.manager, peers.cohort.id, [MatchState.DRAFT])


def names(found: Iterable[Match]) -> set[frozenset[str]]:
    return {frozenset(one.person.given_name for one in match.members) for match in found}


def actor_in(match: Match, given_name: str) -> Actor:
    return factories.actor_of(next(one.person for one in match.members if one.person.given_name == given_name))
