"""The way back from an act on a running match, as long as nobody was told of it (decision 6 of the design)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor, require, system_actor
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.matches import days, queries, rules
from server.matches.actions.following import everybody_is_there
from server.matches.circles.steps import MOST, STANDS
from server.matches.company import has_left
from server.matches.models import Match, MatchMember
from server.matches.states import AWAITING, OPEN_MATCHES, RUNNING, Approval, MatchState
from server.matches.steps import keep_its_day, require_new_pair, takes_part
from server.programs.queries import visible_enrollment
from server.programs.states import GONE, ParticipantRole
from server.programs.steps import withdraw

LEFT = "match.member_left"
SAID = ("match.member_accepted", LEFT)
"""A yes, and a no to a circle: other members may answer at the same time, and what they said stays."""
REVERSIBLE = (
    "match.paused", "match.resumed", "match.ended", "match.completed", "match.cancelled", "match.declined",
    "match.discarded", "match.extended", *SAID,
)
ANSWERS = ("match.declined", "match.extended")
"""What nobody but whoever said it takes back."""
FOLLOWED = ("match.ended", "match.cancelled", "match.completed", "match.paused", "match.resumed")
"""What becomes of matches when somebody leaves, is away or comes back."""
STANDS_AGAIN = OPEN_MATCHES | {MatchState.DRAFT}
STILL_TOLD = timedelta(days=1)
"""So long after somebody stepped out of a circle they hear that this can no longer be undone."""
FOLLOWERS = ("left_id", "away_id", "back_id")
"""Whom such a fact names: whoever left, is away or came back; none of a match's own acts does."""


async def undo_change(actor: Actor, match_id: UUID) -> bool:
    """Take back what was done last to a match: a pause, a resumption, an end, a withdrawal, a yes or a no, a later last
    day agreed to, a draft thrown away.

    False: it was told already, or there is none.

    Raises:
        NotFound: not visible to the actor.
        Refused: somebody else did it; who runs the programme may take back anything but a member's answer.
        Conflict: a member left, their place went to somebody else meanwhile (`kind="seat_taken"`), whoever runs the
            programme keeps two of them apart now (`kind="apart"`), or somebody acted on it since
            (`kind="answered"`).
    """
    async with unit_of_work(actor) as unit:
        match = await _locked(actor, match_id)
        fact = await _last(unit, match, REVERSIBLE)
        if fact is not None and (fact.kind in SAID or _came_with_it(fact)):
            said = await _own_answer(actor, match)
            if said is not None:
                return await _take_back_answer(unit, match, said)
            fact = None if fact.kind in SAID else fact
        if fact is None and has_left(match, actor.person_id):
            return False
        require(rules.can_end(actor, match), _("change this match"))
        if fact is None or _followed(fact):
            return False
        is_own = actor.person_id is not None and fact.payload.get("by_id") == str(actor.person_id)
        may_mend = rules.can_decide(actor, match) and fact.kind not in ANSWERS
        require(is_own or may_mend, _("take back what somebody else did"))
        await _require_room(actor, match, MatchState(fact.payload["was"]))
        if fact.kind == "match.extended" and match.proposed_end_on is not None:
            raise Conflict(_("Another day is proposed by now. Look again."), kind="answered")
        if not await withdraw(fact):
            return False
        await _restore(unit, match, fact)
        await unit.audit("match.undo_change", match, now=match.state)
        return True


async def undo_approve(actor: Actor, match_id: UUID) -> bool:
    """Take the manager's yes to what both agreed on back. False when they were told already, or it does not run.

    Raises:
        NotFound, Refused: not of a programme that the actor runs.
    """
    async with unit_of_work(actor) as unit:
        match = await queries.visible_match(actor, match_id, lock=True)
        require(rules.can_decide(actor, match), _("take this approval back"))
        began = match.active_at
        if match.state is not MatchState.ACTIVE or began is None:
            return False
        fact = await _last(unit, match, ("match.activated",))
        if fact is None or fact.payload.get("was") != MatchState.AWAITING_ADMIN or not await withdraw(fact):
            return False
        match.state, match.active_at, match.ends_on = MatchState.AWAITING_ADMIN, None, None
        await match.save(update_fields=["state", "active_at", "ends_on"])
        await unit.unschedule(match.id, "match.end_date", reason="undone")
        await unit.plan_again(match.id, since=began)
        await unit.audit("match.undo_approve", match, now=match.state)
        return True


async def restore_matches(actor: Actor, enrollment_id: UUID, *, since: UUID) -> list[Match]:
    """Bring back what followed an enrolment that is as before again, while nobody was told: what was released with it,
    rested with it, or went on with it, and the circles that it fell out of. `since`: the fact that told of the
    enrolment.

    Returns the pairs that ended and run again.

    Raises:
        NotFound: no enrolment that the actor may see.
        Conflict: a partner left, or their place or one's own went to somebody else meanwhile (`kind="seat_taken"`), or
            a circle is not as it was (`kind="answered"`).
    """
    async with unit_of_work(actor) as unit:
        enrollment = await visible_enrollment(actor, enrollment_id)
        own = await queries.matches(actor).filter(members__enrollment_id=enrollment_id).values_list("id", flat=True)
        held = await _held(actor, (*FOLLOWED, LEFT)).filter(subject_id__in=list(own), id__gt=since)
        found = sorted({fact.subject_id for fact in held if fact.subject_id})
        restored = []
        for match in [await _locked(actor, match_id) for match_id in found]:
            if queries.is_circle(match):
                await _let_back_in(unit, match, enrollment.person_id)
                continue
            fact = await _last(unit, match, FOLLOWED)
            if fact is None or str(enrollment.person_id) not in _followed(fact) or not await withdraw(fact):
                continue
            had_ended = match.state not in OPEN_MATCHES
            await _require_room(actor, match, MatchState(fact.payload["was"]))
            await _restore(unit, match, fact)
            await unit.audit("match.undo_release", match, now=match.state)
            restored += [match] if had_ended and match.state in RUNNING else []
        return restored


async def _let_back_in(unit: Unit, match: Match, person_id: UUID) -> None:
    """Into a circle that somebody fell out of, because of what became of their enrolment."""
    held = await _held(unit.actor, (LEFT,)).filter(subject_id=match.id).order_by("-at", "-id")
    fact = next((one for one in held if str(person_id) in _followed(one)), None)
    if fact is not None:
        await _take_back_answer(unit, match, fact, "match.undo_release")


async def _locked(actor: Actor, match_id: UUID) -> Match:
    """A match that the actor may see; or a circle to which they said no today, or which they left, so that they see it
    no more and still hear that it is too late."""
    gone = MatchMember.filter(
        organization_id=actor.organization_id, match_id=match_id, person_id=actor.person_id,
        left_at__gt=clock.now() - STILL_TOLD,
    )
    sees = system_actor(actor.organization_id) if actor.person_id and await gone.exists() else actor
    return await queries.visible_match(sees, match_id, lock=True)


async def _own_answer(actor: Actor, match: Match) -> OutboxEvent | None:
    """The actor's last answer to a match, while nobody was told of it."""
    said = await _held(actor, SAID).filter(subject_id=match.id).order_by("-at", "-id")
    return next((one for one in said if one.payload.get("by_id") == str(actor.person_id)), None)


async def _take_back_answer(
    unit: Unit, match: Match, fact: OutboxEvent, act: str = "match.undo_change"
) -> bool:
    """An answer with all that it brought: as if it had not been said. Whoever left a circle that goes on is in it
    again, whatever became of the others."""
    since = await OutboxEvent.filter(
        organization_id=unit.actor.organization_id, subject_id=match.id, id__gt=fact.id, withdrawn_at=None
    )
    goes_on = fact.kind == LEFT and {MatchState(fact.payload["was"]), match.state} <= STANDS
    if not goes_on and not all(_came_with_it(one) for one in since):
        raise Conflict(_("Somebody else has answered since. It stays as it is."), kind="answered")
    if not all([await withdraw(one) for one in ((fact,) if goes_on else (fact, *since))]):
        raise Conflict(_("They know of it already. It stays as it is."), kind="told")
    await (_come_back if goes_on else _unsay)(unit, match, fact)
    await unit.audit(act, match, now=match.state)
    return True


async def _come_back(unit: Unit, match: Match, fact: OutboxEvent) -> None:
    """Into a circle that goes on, if there is a place: nothing else of it changed by their going."""
    member = next(one for one in match.members if str(one.person_id) == fact.payload["person_id"])
    leads = member.role is ParticipantRole.FACILITATOR
    if queries.facilitator_of(match) if leads else len(queries.learners(match)) >= MOST:
        raise Conflict(_("The place in the circle went to somebody else."), kind="seat_taken")
    await _require_places(unit.actor, match, fact.payload["person_id"])
    await _put_answer(member, fact.payload)


def _came_with_it(fact: OutboxEvent) -> bool:
    """Whether a fact is what an answer brought: a beginning (not a manager's), or that too few are left."""
    begun = fact.kind == "match.activated" and "was" not in fact.payload
    return begun or fact.kind == "match.facilitator_missing" or fact.payload.get("code") == "too_few"


async def _unsay(unit: Unit, match: Match, fact: OutboxEvent) -> None:
    """The row, its members and its plans as they were before an answer."""
    said = fact.payload
    if fact.kind == LEFT:
        await _require_places(unit.actor, match, said["person_id"])
    for member in match.members:
        if str(member.person_id) == said["person_id"]:
            await _put_answer(member, said)
        elif str(member.id) in said["was_later"]:
            member.approval = Approval.LATER
            await member.save(update_fields=["approval"])
    match.update_from_dict({
        "state": MatchState(said["was"]), "held_back": said["was_held_back"], "closure_reason": None, "ended_at": None,
        "published_at": _moment(fact, "was_asked_at"), "answer_by": _moment(fact, "was_answer_by"),
        "active_at": _moment(fact, "was_begun_at"), "ends_on": _day(fact, "was_end"),
    })
    await match.save()
    if match.active_at is None:
        await unit.unschedule(match.id, "match.end_date", reason="undone")
    acted_at = datetime.fromisoformat(said["acted_at"])
    await keep_its_day(unit, match, since=acted_at)
    await unit.plan_again(match.id, since=acted_at)
    if match.state in AWAITING and match.answer_by:
        await unit.schedule("match.expire", match, match.answer_by)


async def _require_places(actor: Actor, match: Match, back: str) -> None:
    """Whether who comes back into a circle still has a place for it; and everybody, where it had ended without them."""
    had_ended = match.state not in OPEN_MATCHES | {MatchState.DRAFT}
    there = [one for one in match.members if str(one.person_id) == back or (had_ended and one.left_at is None)]
    taken = await queries.seats_taken(actor, [one.enrollment_id for one in there], match.kind)
    for member in there:
        gone = not takes_part(match, member)
        if gone or taken.get(member.enrollment_id, 0) >= queries.places_of(member.enrollment, match.kind):
            name = {"name": member.person.full_name}
            raise Conflict(_("%(name)s has no free place any more.") % name, kind="seat_taken")
    if had_ended:
        await require_new_pair(actor, match)


def _held(actor: Actor, kinds: tuple[str, ...]) -> QuerySet[OutboxEvent]:
    return OutboxEvent.filter(
        organization_id=actor.organization_id, kind__in=kinds, delivered_at=None, withdrawn_at=None,
        not_before__gt=clock.now(),
    )


async def _last(unit: Unit, match: Match, kinds: tuple[str, ...]) -> OutboxEvent | None:
    return await _held(unit.actor, kinds).filter(subject_id=match.id).order_by("-at", "-id").first()


def _followed(fact: OutboxEvent) -> list[str]:
    """Who left, was away or came back, so that this became of the match; nobody where it was an act of its own."""
    return [str(fact.payload[name]) for name in FOLLOWERS if fact.payload.get(name)]


async def _require_room(actor: Actor, match: Match, was: MatchState) -> None:
    """Whether a match may stand again as it was: everybody there, places free, and nobody kept apart."""
    if was in OPEN_MATCHES and match.state not in OPEN_MATCHES:
        await _require_seats(actor, match)
        await require_new_pair(actor, match)
    if was in STANDS_AGAIN and match.state not in OPEN_MATCHES:
        await _require_not_apart(actor, match)
    if was in OPEN_MATCHES - {MatchState.PAUSED} and not everybody_is_there(match):
        raise Conflict(_("One of the two is away now. It stays as it is."), kind="away")


async def _require_not_apart(actor: Actor, match: Match) -> None:
    """Whether nobody decided meanwhile that two of them are never to meet; they themselves are not told that."""
    apart = await queries.kept_apart(actor, match.cohort_id)
    if any((one.enrollment_id, other.enrollment_id) in apart for one, other in queries.pairs(match)):
        told = rules.can_decide(actor, match)
        raise Conflict(
            _("These two are kept apart in this group.") if told else _("You two can't be matched in this programme."),
            kind="apart",
        )


async def _require_seats(actor: Actor, match: Match) -> None:
    there = queries.in_order(match)
    taken = await queries.seats_taken(actor, [member.enrollment_id for member in there], match.kind)
    for member in there:
        name, enrollment = member.person.full_name, member.enrollment
        if enrollment.state in GONE:
            raise Conflict(_("%(name)s no longer takes part.") % {"name": name})
        if taken.get(enrollment.id, 0) >= queries.places_of(enrollment, match.kind):
            raise Conflict(_("%(name)s has no free place any more.") % {"name": name}, kind="seat_taken")


async def _restore(unit: Unit, match: Match, fact: OutboxEvent) -> None:
    moved_to, last_day = match.ends_on, _day(fact, "was_end") or match.ends_on
    match.update_from_dict({
        "state": MatchState(fact.payload["was"]), "closure_reason": None, "ended_at": None,
        "paused_until": _day(fact, "was_until"), "paused_on": _day(fact, "was_on"),
        "ends_on": last_day, "proposed_end_on": _day(fact, "was_proposed"),
    })
    if match.published_at is None:  # its people knew nothing of it
        match.published_at, match.active_at = _moment(fact, "was_asked_at"), _moment(fact, "was_begun_at")
        await keep_its_day(unit, match, since=datetime.fromisoformat(fact.payload["acted_at"]))
    proposer = fact.payload.get("was_proposed_by")
    match.proposed_by_id = UUID(proposer) if proposer else None
    await match.save()
    for member in match.members:
        if fact.kind == "match.declined" and str(member.person_id) == fact.payload["by_id"]:
            await _put_answer(member, fact.payload)
    if match.paused_until is None:
        await unit.unschedule(match.id, "match.resume", reason="undone")
    has_come = fact.kind == "match.resumed" and last_day is not None and last_day <= days.today_of(match)
    if moved_to != last_day or has_come:
        await unit.unschedule(match.id, "match.end_date", reason="undone")
    await unit.plan_again(match.id, since=datetime.fromisoformat(fact.payload["acted_at"]))


async def _put_answer(member: MatchMember, said: dict[str, Any]) -> None:
    """What a member had answered before."""
    answered = said["was_answered_at"]
    member.update_from_dict({
        "approval": Approval(said["was_answer"]), "decline_reason": None, "left_at": None,
        "answered_at": datetime.fromisoformat(answered) if answered else None,
    })
    await member.save(update_fields=["approval", "answered_at", "decline_reason", "left_at"])


def _moment(fact: OutboxEvent, name: str) -> datetime | None:
    told = fact.payload.get(name)
    return datetime.fromisoformat(told) if told else None


def _day(fact: OutboxEvent, name: str) -> date | None:
    told = fact.payload.get(name)
    return date.fromisoformat(told) if told else None
