"""What happens to a check-in: planned, opened, answered, closed, seen to."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.goals.actions import settle_as_said
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches.company import members_now
from server.matches.models import Match
from server.matches.queries import is_circle, visible_match
from server.matches.states import RUNNING, MatchState
from server.people.queries import people_by_ids
from server.people.states import PersonStatus
from server.surveys import queries, rules
from server.surveys.models import SurveyAnswer, SurveyInvitation
from server.surveys.states import AT_THE_END, GoalOutcome, Help, InvitationState, SurveyKind

OPEN_FOR = timedelta(days=21)
RAN_ITS_TIME = (MatchState.DURATION_COMPLETED, MatchState.COMPLETED)
OPENS_AT = time(9)
"""A check-in opens at nine in the morning where the person is: after quiet hours, before the day is full."""
WORDS_LETTERS = 2_000


async def plan_check_in(actor: Actor, match_id: UUID) -> list[SurveyInvitation]:
    """Plan the half-way check-in of every member of a match that has begun. Twice is harmless.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product.
        Conflict: the match is not running.
    """
    require(actor.kind is ActorKind.SYSTEM, _("plan a check-in"))
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        if match.state not in RUNNING:
            raise Conflict(_("This match is not running."))
        known = {row.person_id: row for row in await queries.own_invitations(actor).filter(
            match_id=match.id, kind=SurveyKind.CHECK_IN
        )}
        return [
            known.get(member.person_id) or await _plan(unit, match, member.person_id, member.person.zone)
            for member in members_now(match)
        ]


async def ask_at_the_end(actor: Actor, match_id: UUID) -> list[SurveyInvitation]:
    """Open the last check-in of every member of a match that has run its time, or ended before it (an exit survey).

    Whoever has left the organisation is not asked. Twice is harmless.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product.
        Conflict: the match has not run its time, nor ended after it began.
    """
    require(actor.kind is ActorKind.SYSTEM, _("open a check-in"))
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        if match.state not in (*RAN_ITS_TIME, MatchState.CONCLUDED):
            raise Conflict(_("This match has not run its time."))
        kind = SurveyKind.EXIT if match.state is MatchState.CONCLUDED else SurveyKind.CLOSING
        asked = queries.own_invitations(actor).filter(match_id=match.id, kind__in=list(AT_THE_END))
        known = {row.person_id: row for row in await asked}
        here = [one.person_id for one in members_now(match) if one.person.status is not PersonStatus.ENDED]
        return [known.get(person_id) or await _ask_last(unit, match, person_id, kind) for person_id in here]


async def open_check_in(actor: Actor, invitation_id: UUID) -> SurveyInvitation:
    """Open a check-in whose day has come; about a match that is over nobody is asked any more. Twice is harmless.

    Raises:
        NotFound: no such invitation.
        Refused: the actor is not the product.
        Conflict: its day has not come.
    """
    require(actor.kind is ActorKind.SYSTEM, _("open a check-in"))
    async with unit_of_work(actor) as unit:
        invitation = await queries.visible_invitation(actor, invitation_id, lock=True)
        if invitation.state is not InvitationState.PLANNED:
            return invitation
        if invitation.opens_at > clock.now():
            raise Conflict(_("This check-in opens later."), kind="not_open")
        if invitation.match.state not in RUNNING:
            return await _expire(unit, invitation)
        invitation.state = InvitationState.OPEN
        await invitation.save(update_fields=["state"])
        await unit.audit("survey.open", invitation, match_id=invitation.match_id)
        await _tell(unit, "survey.opened", invitation)
        return invitation


async def close_check_in(actor: Actor, invitation_id: UUID) -> SurveyInvitation:
    """Close a check-in that nobody answered in time. Twice is harmless; an answered one stays answered.

    Raises:
        NotFound: no such invitation.
        Refused: the actor is not the product.
        Conflict: its time is not over.
    """
    require(actor.kind is ActorKind.SYSTEM, _("close a check-in"))
    async with unit_of_work(actor) as unit:
        invitation = await queries.visible_invitation(actor, invitation_id, lock=True)
        if invitation.state in (InvitationState.ANSWERED, InvitationState.EXPIRED):
            return invitation
        if invitation.closes_at > clock.now():
            raise Conflict(_("This check-in is still open."), kind="not_over")
        return await _expire(unit, invitation)


async def end_check_ins(actor: Actor, match_id: UUID) -> list[SurveyInvitation]:
    """Close what is still planned or open about a match that is over. Twice is harmless; answers stay.

    What is asked at the end stays open: it is about a match that is over.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("close a check-in"))
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        if match.state in RUNNING:
            return []
        waiting = queries.own_invitations(actor).filter(
            match_id=match_id, state__in=[InvitationState.PLANNED, InvitationState.OPEN]
        ).exclude(kind__in=list(AT_THE_END))
        ended = await waiting
        for invitation in ended:
            await unit.unschedule(invitation.id, reason="match over")
            await _expire(unit, invitation)
        return ended


async def follow_members(actor: Actor, match_id: UUID) -> None:
    """Bring the check-ins of a circle in line with who is in it: whoever left is asked no more, whoever joined before
    half-way is asked then. Twice is harmless.

    Raises:
        NotFound: no such match.
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("plan a check-in"))
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id, lock=True)
        if not is_circle(match):
            return
        there = {member.person_id: member.person.zone for member in members_now(match)}
        own = queries.own_invitations(actor).filter(match_id=match.id)
        known = {row.person_id: row for row in await own.filter(kind=SurveyKind.CHECK_IN)}
        waiting = own.filter(state__in=[InvitationState.PLANNED, InvitationState.OPEN])
        for invitation in await waiting.exclude(person_id__in=list(there)):
            await unit.unschedule(invitation.id, reason="left")
            await _expire(unit, invitation)
        ends = match.ends_on
        ahead = match.active_at and ends and half_way(match.active_at.date(), ends) > clock.now().date()
        for person_id, zone in there.items():
            if match.state in RUNNING and ahead and person_id not in known:
                await _plan(unit, match, person_id, zone)


async def follow_zones(actor: Actor, moved: Mapping[UUID, str]) -> list[SurveyInvitation]:
    """People are in another time zone now: a check-in ahead of them opens on its day where they are. Twice is harmless.

    Args:
        actor: the product.
        moved: by person, the zone in which they were.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("plan a check-in"))
    async with unit_of_work(actor) as unit:
        ahead = queries.own_invitations(actor).filter(person_id__in=list(moved), state=InvitationState.PLANNED)
        found = await ahead.order_by("id").select_for_update(no_key=True)
        people = await people_by_ids(actor, {invitation.person_id for invitation in found})
        for invitation in found:
            day = invitation.opens_at.astimezone(ZoneInfo(moved[invitation.person_id])).date()
            invitation.opens_at = _morning(day, people[invitation.person_id].zone)
            invitation.closes_at = invitation.opens_at + OPEN_FOR
            await invitation.save(update_fields=["opens_at", "closes_at"])
            await _schedule(unit, invitation)
            await unit.audit("survey.move", invitation, match_id=invitation.match_id, opens_at=invitation.opens_at)
        return found


async def answer_check_in(
    actor: Actor, invitation_id: UUID, *, usefulness: int | None, goal_distance: int | None,
    help_wanted: Collection[str] = (), words: str = "", recommend: int | None = None,
    goal_outcome: GoalOutcome | None = None,
) -> SurveyAnswer:
    """Answer one's own check-in, or change the answer until it closes: there is only ever one.

    What the last one says became of the goal closes the goal (`SurveyAnswer.goal_id`), so that nobody is asked twice.

    Args:
        actor: the person asked.
        invitation_id: the invitation.
        usefulness: 1 "Not useful" to 5 "A real change".
        goal_distance: 1 "Lost" to 5 "There".
        help_wanted: values of `Help`, any number.
        words: anything else, up to WORDS_LETTERS.
        recommend: of the last check-in alone, 0 "not at all likely" to 10 "extremely likely".
        goal_outcome: of the mentee's last check-in alone.

    Raises:
        NotFound: not the actor's.
        Invalid: a question without an answer, an unknown choice, too many words.
        Conflict: not open yet (`kind="not_open"`), or closed (`kind="closed"`).
    """
    async with unit_of_work(actor) as unit:
        invitation = await queries.visible_invitation(actor, invitation_id, lock=True)
        require(invitation.person_id == actor.person_id, _("answer for somebody else"))
        _require_open(invitation)
        problems: dict[str, str] = {}
        given = _checked(problems, usefulness, goal_distance, help_wanted, words)
        given |= _checked_at_the_end(problems, invitation, recommend, goal_outcome)
        check(problems)
        answer = await queries.answer_to(invitation) or SurveyAnswer(
            organization_id=invitation.organization_id, invitation=invitation
        )
        if invitation.state is InvitationState.ANSWERED and {name: getattr(answer, name) for name in given} == given:
            return answer
        await _store(answer, given)
        await _close_goal(actor, invitation, answer)
        await _answered(unit, invitation, answer)
        return answer


async def handle_answer(actor: Actor, answer_id: UUID) -> SurveyAnswer:
    """Note that somebody has seen to an answer. Twice is harmless: the first stays.

    Raises:
        NotFound: not an answer the actor may read as who runs the programme.
    """
    async with unit_of_work(actor) as unit:
        answer = await queries.visible_answer(actor, answer_id, lock=True)
        if answer.handled_at is None:
            answer.handled_at, answer.handled_by_id = clock.now(), actor.person_id
            await answer.save(update_fields=["handled_at", "handled_by_id"])
            await unit.audit("survey.handle", answer, invitation_id=answer.invitation_id)
        return answer


async def undo_handle(actor: Actor, answer_id: UUID) -> SurveyAnswer:
    """Let an answer wait for a person again: it was noted by mistake, and nobody is told of either. Twice is harmless.

    Raises:
        NotFound: not an answer the actor may read as who runs the programme.
    """
    async with unit_of_work(actor) as unit:
        answer = await queries.visible_answer(actor, answer_id, lock=True)
        if answer.handled_at is not None:
            answer.handled_at = answer.handled_by_id = None
            await answer.save(update_fields=["handled_at", "handled_by_id"])
            await unit.audit("survey.undo_handle", answer, invitation_id=answer.invitation_id)
        return answer


def half_way(begins: date, ends: date) -> date:
    """The middle day of a match, the earlier of two."""
    return begins + (ends - begins) // 2


async def _plan(unit: Unit, match: Match, person_id: UUID, zone: str) -> SurveyInvitation:
    began = (match.active_at or clock.now()).astimezone(ZoneInfo(zone)).date()
    ends = match.ends_on or began + timedelta(days=match.program.duration_days)
    opens_at = _morning(half_way(began, ends), zone)
    invitation = await SurveyInvitation.create(
        organization_id=match.organization_id, kind=SurveyKind.CHECK_IN, match=match, program_id=match.program_id,
        person_id=person_id, opens_at=opens_at, closes_at=opens_at + OPEN_FOR,
    )
    await _schedule(unit, invitation)
    await unit.audit("survey.plan", invitation, match_id=match.id, opens_at=opens_at)
    return invitation


def _morning(day: date, zone: str) -> datetime:
    return datetime.combine(day, OPENS_AT, ZoneInfo(zone)).astimezone(UTC)


async def _schedule(unit: Unit, invitation: SurveyInvitation) -> None:
    await unit.schedule("survey.open", invitation, invitation.opens_at)
    await unit.schedule("survey.close", invitation, invitation.closes_at)


async def _ask_last(unit: Unit, match: Match, person_id: UUID, kind: SurveyKind) -> SurveyInvitation:
    opens_at = clock.now()
    invitation = await SurveyInvitation.create(
        organization_id=match.organization_id, kind=kind, match=match, program_id=match.program_id,
        person_id=person_id, state=InvitationState.OPEN, opens_at=opens_at, closes_at=opens_at + OPEN_FOR,
    )
    await unit.schedule("survey.close", invitation, invitation.closes_at)
    await unit.audit("survey.open", invitation, match_id=match.id)
    await _tell(unit, "survey.opened", invitation)
    return invitation


async def _expire(unit: Unit, invitation: SurveyInvitation) -> SurveyInvitation:
    invitation.state = InvitationState.EXPIRED
    await invitation.save(update_fields=["state"])
    await unit.unschedule(invitation.id, "survey.close", reason="closed")
    await unit.audit("survey.expire", invitation, match_id=invitation.match_id)
    await _tell(unit, "survey.expired", invitation)
    return invitation


def _require_open(invitation: SurveyInvitation) -> None:
    if not rules.has_opened(invitation, clock.now()):
        raise Conflict(_("This check-in opens later."), kind="not_open")
    if rules.has_closed(invitation, clock.now()):
        raise Conflict(_("This check-in is closed. Your answers stay as they are."), kind="closed")


def _checked(
    problems: dict[str, str], usefulness: int | None, goal_distance: int | None, help_wanted: Collection[str],
    words: str,
) -> dict[str, Any]:
    if usefulness not in rules.SCALE:
        problems["usefulness"] = _("Choose how useful your time together is.")
    if goal_distance not in rules.SCALE:
        problems["goal_distance"] = _("Choose how the goal feels.")
    if set(help_wanted) - set(Help):
        problems["help_wanted"] = _("Choose from the list, or choose nothing.")
    text = typed(problems, "words", words, at_most=WORDS_LETTERS)
    chosen = [choice.value for choice in Help if choice in help_wanted]
    return {"usefulness": usefulness, "goal_distance": goal_distance, "help_wanted": chosen, "words": text}


def _checked_at_the_end(
    problems: dict[str, str], invitation: SurveyInvitation, recommend: int | None, goal_outcome: GoalOutcome | None
) -> dict[str, Any]:
    """The two questions of the last check-in; no other one has them, and the goal is asked of its owner alone."""
    if invitation.kind not in AT_THE_END:
        return {"recommend": None, "goal_outcome": None}
    about_goal = rules.is_asked_about_goal(invitation)
    if recommend not in rules.RECOMMEND:
        problems["recommend"] = _("Choose from 0 to 10.")
    if about_goal and goal_outcome is None:
        problems["goal_outcome"] = _("Choose what became of your goal.")
    return {"recommend": recommend, "goal_outcome": goal_outcome if about_goal else None}


async def _store(answer: SurveyAnswer, given: dict[str, Any]) -> None:
    answer.update_from_dict(given)
    answer.answered_at = clock.now()
    waits = rules.needs_a_person(answer.usefulness, answer.goal_distance, answer.help_wanted)
    answer.handled_at, answer.handled_by_id = (None if waits else answer.answered_at), None
    await answer.save()


async def _close_goal(actor: Actor, invitation: SurveyInvitation, answer: SurveyAnswer) -> None:
    """Let the goal be closed as was said; one that an earlier answer closed is closed otherwise."""
    state = rules.closes_goal(invitation, answer.goal_outcome, again=answer.goal_id is not None)
    goal = await settle_as_said(actor, invitation.match_id, state, before=answer.goal_id) if state else None
    if goal and goal.id != answer.goal_id:
        answer.goal_id = goal.id
        await answer.save(update_fields=["goal_id"])


async def _answered(unit: Unit, invitation: SurveyInvitation, answer: SurveyAnswer) -> None:
    invitation.state, invitation.answered_at = InvitationState.ANSWERED, answer.answered_at
    await invitation.save(update_fields=["state", "answered_at"])
    await unit.unschedule(invitation.id, "survey.open", "survey.close", reason="answered")
    await unit.audit("survey.answer", invitation, match_id=invitation.match_id)
    await _tell(
        unit, "survey.answered", invitation, answer_id=answer.id, needs_a_person=answer.handled_at is None,
        another_mentor=Help.ANOTHER_MENTOR in answer.help_wanted,
    )


async def _tell(unit: Unit, event: str, invitation: SurveyInvitation, **payload: object) -> None:
    await unit.publish(
        event, subject_id=invitation.id, hold=timedelta(), invitation_id=invitation.id,
        match_id=invitation.match_id, program_id=invitation.program_id, person_id=invitation.person_id, **payload,
    )
