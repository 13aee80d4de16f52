"""Who may do what with a match."""

from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, Permission
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, MatchKind, MatchOrigin, MatchState
from server.programs.models import Program
from server.programs.rules import is_of_circles
from server.programs.states import ParticipantRole

QUIET_ENDS_IN = timedelta(days=7)
"""How long somebody has to say that a match goes on in which nobody met for long (domain/lifecycle.md, I05)."""


def member_of(match: Match, actor: Actor) -> MatchMember | None:
    """The actor's own membership, unless they left the circle; the members must have been fetched."""
    own = (member for member in match.members if member.person_id == actor.person_id and member.left_at is None)
    return next(own, None)


def is_announced(match: Match) -> bool:
    """Whether its members may know of it: published, and past the time in which that can be undone."""
    published = match.state is not MatchState.DRAFT and match.published_at is not None
    return published and match.published_at is not None and match.published_at <= clock.now()


def waits_for_its_day(match: Match) -> bool:
    """Whether a match is approved and begins on the day on which its group hears of it."""
    return match.state is MatchState.ACTIVE and match.active_at is not None and match.active_at > clock.now()


def is_kept_from_its_people(match: Match) -> bool:
    """Whether a match waits for its day, or for the last word of who runs the programme before it."""
    awaits_word = match.state is MatchState.AWAITING_ADMIN and match.published_at is not None
    return waits_for_its_day(match) or (awaits_word and not is_announced(match))


def can_see(actor: Actor, match: Match) -> bool:
    """Its members once it is announced and they are asked or need not be, and who runs the programme."""
    me = member_of(match, actor)
    is_theirs = me is not None and me.approval is not Approval.LATER and is_announced(match)
    return can_review(actor, match) or is_theirs


def can_review(actor: Actor, match: Match) -> bool:
    """Read drafts and requests of the programme."""
    return actor.may(Permission.PROGRAM_MATCHES_READ, match.program_id)


def can_decide(actor: Actor, match: Match) -> bool:
    """Publish, discard, hold back, approve: who runs the programme."""
    return actor.may(Permission.PROGRAM_MATCHES_DECIDE, match.program_id)


def can_answer(actor: Actor, match: Match) -> bool:
    """Accept and decline: a member, for themselves."""
    return member_of(match, actor) is not None


def can_take_back(actor: Actor, match: Match) -> bool:
    """Take a request back: whoever asked, and who runs the programme."""
    return can_decide(actor, match) or is_requester(match, actor.person_id)


def main_kind(program: Program) -> MatchKind:
    """What a programme brings people together in first: circles where there is nothing else."""
    return MatchKind.CIRCLE if is_of_circles(program) else MatchKind.PAIR


def sought_kind(program: Program, role: ParticipantRole) -> MatchKind:
    """What somebody waits for in a programme: who leads circles for one, everybody else for what comes first there."""
    return MatchKind.CIRCLE if role is ParticipantRole.FACILITATOR else main_kind(program)


def may_ask(program: Program, role: ParticipantRole) -> bool:
    """Whether a programme lets people in this role ask for a match themselves; the switch of mentees is that of peers,
    who look for somebody too."""
    if role in (ParticipantRole.MENTEE, ParticipantRole.PEER):
        return program.mentees_may_ask
    return role is ParticipantRole.MENTOR and program.mentors_may_ask


def is_requester(match: Match, person_id: UUID | None) -> bool:
    """Whether this member asked for the match; the members must have been fetched. Of two peers who asked is first."""
    if match.origin is MatchOrigin.PEER:
        return min(match.members, key=lambda one: one.id).person_id == person_id
    return any(one.person_id == person_id and one.role.value == match.origin.value for one in match.members)


def can_keep(actor: Actor, match: Match) -> bool:
    """Say that a match goes on although nobody met: one of its people."""
    return member_of(match, actor) is not None


def can_end(actor: Actor, match: Match) -> bool:
    """End, pause, resume: a member, who runs the programme, or a rule of the product. For a circle: who leads it."""
    if actor.kind is ActorKind.SYSTEM or can_decide(actor, match):
        return True
    me = member_of(match, actor)
    return me is not None and (match.kind is MatchKind.PAIR or me.role is ParticipantRole.FACILITATOR)


def can_keep_note(actor: Actor, match: Match) -> bool:
    """Read and write the managers' note: who runs the programme, but never one of the two whom it is about."""
    is_staff = actor.kind is ActorKind.PERSON and actor.may(Permission.PROGRAM_NOTES_KEEP, match.program_id)
    return is_staff and member_of(match, actor) is None
