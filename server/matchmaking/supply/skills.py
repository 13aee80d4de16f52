"""How many will want each skill once who may still come has answered: who waits today, and what people who joined this
programme before wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from server.kernel.actor import Actor
from server.matchmaking.queries import SkillSupply, supply_by_skill, wishes_of
from server.matchmaking.supply.forecast import Coming, Likely
from server.people.models import Competency
from server.programs import queries as programs
from server.programs.models import Cohort
from server.programs.rules import roles_in

SKILLS_SHOWN = 12
JOINED_SEEN = 1_000
"""What people want is read from so many of those who joined last."""


@dataclass(frozen=True)
class SkillAhead:
    """The places of a skill, and how many people more are likely to want it; None where that is not known."""

    supply: SkillSupply
    more: Likely | None = None

    @property
    def ready(self) -> int:
        """Places that nobody has."""
        return max(0, self.supply.places - self.supply.taken)

    @property
    def likely(self) -> Likely | None:
        """How many will want it, with those who do today."""
        return self.more.plus(self.supply.wanted) if self.more else None

    @property
    def wanted(self) -> int:
        """As many as one should plan for: what is likely, else who wants it today."""
        return self.likely.middle if self.likely else self.supply.wanted

    @property
    def short(self) -> int:
        """How many of them would find no place."""
        return max(0, self.wanted - self.ready)


class Skills(NamedTuple):
    """The skills of a group that matter most, the shortest first, and on how many people who joined the programme the
    forecast rests."""

    rows: list[SkillAhead]
    joined: int


async def skills_ahead(actor: Actor, cohort: Cohort, coming: Coming, held: Mapping[UUID, int]) -> Skills:
    """What each skill is wanted by today and will be; `held` are the places that each enrolment has given away. Nothing
    is foretold while nobody can come, nobody ever answered, or nobody ever joined.

    Raises:
        NotFound: the actor does not run the programme.
    """
    today = {one.competency: one for one in await supply_by_skill(actor, cohort.id, held=held, limit=None)}
    shares, joined = await _shares(actor, cohort) if coming.known and coming.people.high else ({}, 0)
    rows = [
        SkillAhead(
            today.get(one) or SkillSupply(one, places=0, taken=0, wanted=0),
            coming.people.times(shares.get(one, 0.0)) if joined else None,
        )
        for one in {**today, **shares}
    ]
    rows.sort(key=lambda one: (-one.short, -one.supply.taken, one.supply.competency.name))
    return Skills(rows[:SKILLS_SHOWN], joined)


async def _shares(actor: Actor, cohort: Cohort) -> tuple[dict[Competency, float], int]:
    """Which share of those who joined the programme to learn wants each skill, and how many they are."""
    learning = programs.enrollments(actor).filter(
        program_id=cohort.program_id, role=roles_in(cohort.program)[-1], active_at__isnull=False
    )
    rows = await learning.order_by("-active_at", "id").limit(JOINED_SEEN)
    joined = len({row.person_id for row in rows})
    return {one: count / joined for one, count in (await wishes_of(actor, rows)).items()}, joined
