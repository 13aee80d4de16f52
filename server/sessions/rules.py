"""Who may do what with a session."""

from server.kernel.actor import Actor, ActorKind
from server.matches.rules import member_of
from server.sessions.models import Session


def is_member(actor: Actor, session: Session) -> bool:
    """A member of its match: they plan it, prepare it, write in it. Whoever runs the programme only sees that it is."""
    return member_of(session.match, actor) is not None


def can_plan(actor: Actor, session: Session) -> bool:
    """Move or cancel it: a member, or the product when the match ended."""
    return is_member(actor, session) or actor.kind is ActorKind.SYSTEM


def is_agreed(hold: Session) -> bool:
    """Whether everybody but who proposed a time said yes to the match with that time before their eyes."""
    others = (member for member in hold.match.members if member.person_id != hold.proposed_by_id)
    return all(member.answered_at is not None and member.answered_at > hold.created_at for member in others)
