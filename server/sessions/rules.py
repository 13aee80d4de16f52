"""Who may do what with a session."""

from datetime import timedelta
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor, ActorKind
from server.matches.company import belongs, members_now, sets_times
from server.matches.models import Match
from server.matches.rules import member_of
from server.sessions.models import Session
from server.sessions.states import SessionState

NO_SHOW_WITHIN = timedelta(days=7)
"""How long after its end either side may say that a session did not take place (glossary section 5)."""

JOIN_BEFORE = timedelta(minutes=10)
"""How long before its start the call is the next thing to do (design.md 2.3)."""


def is_member(actor: Actor, session: Session) -> bool:
    """A member of its match: they plan it, prepare it, write in it. Whoever runs the programme only sees that it is."""
    return belongs(session.match, actor.person_id)


def can_set_times(actor: Actor, match: Match) -> bool:
    """Choose when a match meets, and change it: both of a pair; of a circle who leads it, or all while nobody does."""
    me = member_of(match, actor)
    return me is not None and sets_times(match, me)


def can_plan(actor: Actor, session: Session) -> bool:
    """Move or cancel it: who chooses its times, or the product when the match ended."""
    return can_set_times(actor, session.match) or actor.kind is ActorKind.SYSTEM


def can_say_who_comes(actor: Actor, session: Session, person_id: UUID) -> bool:
    """Say whether somebody comes: everybody for themselves, who chooses the times for all."""
    return can_set_times(actor, session.match) or (is_member(actor, session) and person_id == actor.person_id)


def is_agreed(hold: Session) -> bool:
    """Whether everybody but who proposed a time said yes to the match with that time before their eyes."""
    others = (member for member in members_now(hold.match) if member.person_id != hold.proposed_by_id)
    return all(member.answered_at is not None and member.answered_at > hold.created_at for member in others)


def is_presumed_held(session: Session) -> bool:
    """Its planned end has passed and nobody called it off or said that it did not take place."""
    return session.state in (SessionState.SCHEDULED, SessionState.HELD) and session.ends_at <= clock.now()


def can_be_confirmed(session: Session) -> bool:
    """It is presumed held, and nobody who was there has said so yet."""
    return is_presumed_held(session) and session.confirmed_at is None


def can_be_missed(session: Session) -> bool:
    """Either side may still say that it did not take place."""
    return is_presumed_held(session) and clock.now() - session.ends_at <= NO_SHOW_WITHIN


def is_time_to_join(session: Session) -> bool:
    """It is booked, and begins within JOIN_BEFORE or goes on."""
    return session.state is SessionState.SCHEDULED and session.starts_at - JOIN_BEFORE <= clock.now() < session.ends_at


def link_of(session: Session, match: Match) -> str:
    """Where the call is, "" if nobody said: the link it was booked with, else the one its programme has by now."""
    return session.place or match.program.meeting_url
