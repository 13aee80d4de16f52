"""What somebody who is asked into a circle reads: who is in it, what they have in common, and when it could meet."""

from dataclasses import dataclass
from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.matches import queries as matches
from server.matches.models import Match, MatchMember
from server.matches.rules import member_of
from server.matches.states import AWAITING, RUNNING, Approval
from server.matchmaking.circles.queries import InCommon, in_common
from server.programs.states import ParticipantRole


@dataclass(frozen=True)
class CirclePage:
    """One person's view of a circle. `leads` is None while nobody does; `others` are its members but the viewer."""

    match: Match
    me: MatchMember
    leads: MatchMember | None
    others: list[MatchMember]
    common: InCommon

    @property
    def i_lead(self) -> bool:
        """Whether the viewer leads it, or is asked to."""
        return self.me.role is ParticipantRole.FACILITATOR

    @property
    def am_asked(self) -> bool:
        """Whether the circle waits for the viewer's word."""
        return self.me.approval is Approval.PENDING and self.match.state in AWAITING | RUNNING

    @property
    def is_under_way(self) -> bool:
        """Whether it began."""
        return self.match.state in RUNNING

    @property
    def is_over(self) -> bool:
        """Whether it came to its end, or to nothing."""
        return self.match.state not in AWAITING | RUNNING


async def circle_page(actor: Actor, match_id: UUID) -> CirclePage:
    """A circle for one of its people.

    Raises:
        NotFound: not the actor's circle, no circle, or not announced.
    """
    match = await matches.visible_match(actor, match_id)
    me = member_of(match, actor)
    if me is None or not matches.is_circle(match):
        raise NotFound
    return CirclePage(
        match, me, matches.facilitator_of(match), [one for one in matches.learners(match) if one.id != me.id],
        in_common(match.explanation),
    )
