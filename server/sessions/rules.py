"""Who may do what with a session."""

from datetime import timedelta

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind
from server.matches.rules import member_of
from server.sessions.models import Session
from server.sessions.states import SessionState

NO_SHOW_WITHIN = timedelta(days=7)
"""How long after its end either side may say that a session did not take place (glossary section 5)."""


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


def is_presumed_held(session: Session) -> bool:
    """Its planned end has passed and nobody called it off or said that it did not take place."""
    return session.state in (SessionState.SCHEDULED, SessionState.HELD) and session.ends_at <= clock.now()


def can_be_missed(session: Session) -> bool:
    """Either side may still say that it did not take place."""
    return is_presumed_held(session) and clock.now() - session.ends_at <= NO_SHOW_WITHIN
