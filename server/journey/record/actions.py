"""What a manager does about a pair that is more than one word to one room."""

from uuid import UUID

from server.journey.record.queries import pair_record
from server.kernel.actor import Actor, require
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.queries import learners
from server.matches.states import AWAITING, OPEN_MATCHES, RUNNING, ClosureReason
from server.matches.steps import UNDO_ONE
from server.matchmaking.queue import actions as queue


async def find_another_mentor(actor: Actor, match_id: UUID) -> Match:
    """Another mentor for a mentee, somebody else for each of two peers. What runs ends without blame first; nobody is
    told for ten seconds.

    Returns the ended match while it ran, whose end brings the next suggestion by itself; else the new suggestion,
    or what the mentee has already. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: they are still being asked, or nobody with a place is left (`kind="nobody"`).
    """
    shown = await pair_record(actor, match_id)
    require(shown.may_decide, _("find another mentor"))
    if shown.match.state in RUNNING:
        return await matches.end_match(actor, match_id, ClosureReason.NO_FAULT, undo_within=UNDO_ONE)
    if shown.match.state in AWAITING:
        raise Conflict(_("They are still being asked. Take that back first."), kind="asked")
    if shown.successor is not None:
        return shown.successor
    looking = [member.enrollment_id for member in learners(shown.match)]
    found = [await queue.suggest_next(actor, one, rematch_of=match_id) for one in looking]
    made = next(filter(None, found), None)
    if made is None:
        raise Conflict(_("Nobody with a free place is left. Match again, or add mentors."), kind="nobody")
    return made


async def offer_the_place(actor: Actor, match_id: UUID) -> Match:
    """Offer the place that the end of a match left with its mentor to the first in line. Twice is harmless.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
        Conflict: the match is not over, there is no place, or nobody who waits may have it (`kind="nobody"`).
    """
    shown = await pair_record(actor, match_id)
    require(shown.may_decide, _("offer this place"))
    if shown.match.state in OPEN_MATCHES:
        raise Conflict(_("This match is not over."), kind="open")
    made = await queue.offer_place(actor, shown.mentor.enrollment_id)
    if made is None:
        raise Conflict(_("Nobody who waits can have this place now."), kind="nobody")
    return made
