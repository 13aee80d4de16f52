"""Whether one person may ask another, and whether a yes was not taken since a rule keeps them apart."""

from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.matches.models import Match
from server.matches.queries import lock_enrollments, open_match_of
from server.matches.states import MatchState
from server.matchmaking.engine.constraints import RuleCode
from server.matchmaking.today.queries import ALREADY_ASKED, rules_broken
from server.programs.queries import cohort_by_id
from server.programs.states import ParticipantRole
from server.programs.training.queries import untrained


async def require_allowed(actor: Actor, enrollment_id: UUID, partner_enrollment_id: UUID) -> None:
    """Whether somebody may ask somebody, as far as the hard rules go; for the unit that then asks. Both are locked.

    Which rule it is stays unsaid: it may be somebody's own word.

    Raises:
        Conflict: a rule keeps them apart (`kind="apart"`), or one of them has training to finish (`kind="training"`).
    """
    found = await lock_enrollments(actor, {enrollment_id, partner_enrollment_id})
    own, partner = found.get(enrollment_id), found.get(partner_enrollment_id)
    if own is None or partner is None or await open_match_of(actor, own.id, partner.id):
        return  # what is wrong with it, or asked already, is said by the request
    first, second = sorted((own, partner), key=lambda one: one.role is not ParticipantRole.MENTOR)
    cohort = await cohort_by_id(actor, own.cohort_id)
    broken = await rules_broken(actor, cohort, [(first.id, second.id)], but=ALREADY_ASKED)
    if RuleCode.TRAINING in broken.values():
        raise Conflict(_not_yet(await untrained(actor, cohort.program, [own])), kind="training")
    if broken:
        raise Conflict(_("You two can't be matched in this programme."), kind="apart")


def _not_yet(mine: set[UUID]) -> str:
    if mine:
        return _("Finish your training first. It stands on your first page. Then ask.")
    return _("This person cannot be asked yet. Choose somebody else, or ask later.")


def is_parted(match: Match, actor: Actor) -> bool:
    """Whether the actor's yes was not taken (`actions.accept_match`): a rule keeps them from who else is there."""
    gone = (member.left_at is not None for member in match.members if member.person_id == actor.person_id)
    return match.state is MatchState.DRAFT or any(gone)


def parted_words() -> str:
    """What to say then. Which rule it is stays unsaid: it may be somebody's own word."""
    return _("Something has changed since you were asked, and this can’t begin as it is. Whoever runs the programme"
             " looks at it.")
