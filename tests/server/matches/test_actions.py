"""The life of a match, each step with its guard, its audit entry and its fact."""

import asyncio
from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.ids import new_id
from server.matches import actions, queries
from server.matches.models import Match, MatchMember
from server.matches.states import (
    Approval,
    ClosureReason,
    DeclineReason,
    MatchState,
    OverrideKind,
)
from server.programs.models import Enrollment
from server.programs.states import Approvals, ParticipantRole
from tests import factories
from tests.queries import queries_run

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


class Scene:
    """One programme, one manager, and as many people as a test asks for."""

    async def prepare(self, approvals: Approvals = Approvals.BOTH, **options: object) -> "Scene":
        self.org = await factories.organization()
        self.program = await factories.program(self.org, approvals=approvals, **options)
        self.cohort = await factories.cohort(self.program)
        self.manager = factories.manager_of(await factories.person(self.org), self.program)
        return self

    async def enrolled(self, role: ParticipantRole, capacity: int = 1) -> Enrollment:
        return await factories.enrollment(self.cohort, await factories.person(self.org), role, capacity=capacity)

    async def draft(self, mentor: Enrollment | None = None, mentee: Enrollment | None = None) -> Match:
        mentor, mentee = mentor or await self.enrolled(MENTOR), mentee or await self.enrolled(MENTEE)
        return await actions.suggest_match(self.manager, mentor.id, mentee.id, fit=91)

    async def announced(self, mentor: Enrollment | None = None, mentee: Enrollment | None = None) -> Match:
        match = await self.draft(mentor, mentee)
        await actions.publish_match(self.manager, match.id, undo_within=timedelta())
        return match


@pytest.fixture
async def scene(db: object) -> Scene:
    return await Scene().prepare()


async def actor(match: Match, role: ParticipantRole) -> Actor:
    member = await MatchMember.get(match_id=match.id, role=role).select_related("person")
    return factories.actor_of(member.person)


async def state_of(match: Match) -> MatchState:
    return (await Match.get(id=match.id)).state


async def told(match: Match) -> list[str]:
    return [fact.kind for fact in await OutboxEvent.filter(subject_id=match.id).order_by("id")]


async def test_a_draft_is_seen_by_managers_alone(scene: Scene) -> None:
    match = await scene.draft()
    assert (await queries.visible_match(scene.manager, match.id)).id == match.id
    for role in (MENTOR, MENTEE):
        with pytest.raises(NotFound):
            await queries.visible_match(await actor(match, role), match.id)
    assert [entry.action for entry in await AuditEvent.filter(target_id=match.id)] == ["match.suggest"]


async def test_a_stranger_cannot_suggest(scene: Scene) -> None:
    mentor, mentee = await scene.enrolled(MENTOR), await scene.enrolled(MENTEE)
    stranger = factories.actor_of(await factories.person(scene.org))
    with pytest.raises(Refused):
        await actions.suggest_match(stranger, mentor.id, mentee.id)


async def test_two_mentors_are_no_pair(scene: Scene) -> None:
    first, second = await scene.enrolled(MENTOR), await scene.enrolled(MENTOR)
    with pytest.raises(Conflict):
        await actions.suggest_match(scene.manager, first.id, second.id)


async def test_publishing_tells_nobody_before_it_can_no_longer_be_undone(scene: Scene) -> None:
    match = await scene.draft()
    await actions.publish_match(scene.manager, match.id)
    fact = await OutboxEvent.get(subject_id=match.id, kind="match.published")
    assert fact.not_before > clock.now()
    mentee = await actor(match, MENTEE)
    with pytest.raises(NotFound):
        await queries.visible_match(mentee, match.id)
    clock.move(timedelta(seconds=11))
    assert (await queries.visible_match(mentee, match.id)).state is MatchState.AWAITING_BOTH


async def test_an_approval_taken_back_is_never_told(scene: Scene) -> None:
    match = await scene.draft()
    await actions.publish_matches(scene.manager, [match.id])
    assert [undone.id for undone in await actions.undo_publish(scene.manager, [match.id])] == [match.id]
    assert await state_of(match) is MatchState.DRAFT
    fact = await OutboxEvent.get(subject_id=match.id, kind="match.published")
    assert fact.withdrawn_at is not None
    assert {due.state for due in await ScheduledAction.filter(subject_id=match.id)} == {"CANCELLED"}


async def left_behind(match: Match) -> dict[str, object]:
    """The rows of an approved match without ids and moments."""
    row = await Match.get(id=match.id).prefetch_related("members")
    assert row.published_at is not None
    facts = await OutboxEvent.filter(subject_id=match.id).order_by("id")
    return {
        "match": (row.state, row.held_back, row.ends_on, row.active_at is None, row.answer_by and (
            row.answer_by - row.published_at)),
        "answers": sorted(member.approval for member in row.members),
        "audit": [(one.action, one.detail) for one in await AuditEvent.filter(target_id=match.id).order_by("id")],
        "facts": [(one.kind, sorted(one.payload), one.payload["match_id"] == str(match.id)) for one in facts],
        "held": [round((one.not_before - one.at).total_seconds(), -1) for one in facts],
        "due": [
            (one.rule, one.state, one.subject_kind, one.reason, one.payload,
             one.dedupe_key.partition(f"{match.id}:")[0], round((one.due_at - row.published_at).total_seconds(), -2))
            for one in await ScheduledAction.filter(subject_id=match.id).order_by("id")
        ],
    }


@pytest.mark.parametrize(("approvals", "facts", "due"), [
    (Approvals.BOTH, ["published"], "match.expire"), (Approvals.NONE, ["published", "activated"], "match.end_date"),
])
async def test_many_are_approved_in_as_many_statements_as_one_and_leave_its_rows(
    db: object, approvals: Approvals, facts: list[str], due: str
) -> None:
    scene = await Scene().prepare(approvals)
    alone, *others = [await scene.draft() for _ in range(4)]
    await actions.publish_match(scene.manager, alone.id, undo_within=timedelta(minutes=10))
    told = await left_behind(alone)
    assert ([kind for kind, *_ in told["facts"]], [rule for rule, *_ in told["due"]]) == (
        [f"match.{fact}" for fact in ("suggested", *facts)], [due])
    counts = []
    for some in (others[:1], others[1:]):
        with queries_run() as ran:
            await actions.publish_matches(scene.manager, [match.id for match in some])
        counts.append(len(ran))
        assert [await left_behind(match) for match in some] == [told] * len(some)
    assert counts[0] == counts[1] <= 20
    await actions.undo_publish(scene.manager, [match.id for match in others])
    await actions.publish_matches(scene.manager, [match.id for match in others])
    planned = await ScheduledAction.filter(subject_id=others[0].id, state="PLANNED")
    assert [one.rule for one in planned] == [due], "what an undo cancelled is planned again"


async def test_of_many_who_share_a_seat_the_first_is_approved(scene: Scene) -> None:
    mentor = await scene.enrolled(MENTOR)
    first, second = sorted([await scene.draft(mentor), await scene.draft(mentor)], key=lambda match: match.id)
    done, stale = await actions.publish_matches(scene.manager, [second.id, first.id])
    assert ([match.id for match in done], stale) == ([first.id], [second.id])
    again, stale = await actions.publish_matches(scene.manager, [first.id])
    assert ([match.id for match in again], stale) == ([first.id], [])
    with pytest.raises(NotFound):
        await actions.publish_matches(scene.manager, [second.id, new_id()])


async def test_an_approval_that_was_told_stays(scene: Scene) -> None:
    match = await scene.announced()
    assert await actions.undo_publish(scene.manager, [match.id]) == []
    assert await state_of(match) is MatchState.AWAITING_BOTH


async def test_published_again_after_undo_it_is_told_once(scene: Scene) -> None:
    match = await scene.draft()
    await actions.publish_match(scene.manager, match.id)
    await actions.undo_publish(scene.manager, [match.id])
    await actions.publish_match(scene.manager, match.id)
    open_facts = await OutboxEvent.filter(subject_id=match.id, kind="match.published", withdrawn_at=None)
    assert len(open_facts) == 1
    assert await ScheduledAction.filter(subject_id=match.id, state="PLANNED").count() == 1


@pytest.mark.parametrize(
    ("approvals", "state"),
    [
        (Approvals.NONE, MatchState.ACTIVE),
        (Approvals.MENTOR, MatchState.AWAITING_MENTOR),
        (Approvals.MENTEE, MatchState.AWAITING_MENTEE),
        (Approvals.BOTH, MatchState.AWAITING_BOTH),
    ],
)
async def test_publishing_asks_whom_the_programme_asks(db: object, approvals: Approvals, state: MatchState) -> None:
    scene = await Scene().prepare(approvals)
    assert await state_of(await scene.announced()) is state


async def test_both_say_yes_and_the_match_begins(scene: Scene) -> None:
    match = await scene.announced()
    await actions.accept_match(await actor(match, MENTEE), match.id)
    assert await state_of(match) is MatchState.AWAITING_MENTOR
    done = await actions.accept_match(await actor(match, MENTOR), match.id)
    assert done.state is MatchState.ACTIVE
    assert done.ends_on is not None
    assert await told(match) == [
        "match.suggested", "match.published", "match.member_accepted", "match.member_accepted", "match.activated",
    ]


async def test_the_manager_has_the_last_word_where_the_programme_says_so(db: object) -> None:
    scene = await Scene().prepare(Approvals.MENTEE, admin_approves_matches=True)
    match = await scene.announced()
    mentee = await actor(match, MENTEE)
    assert (await actions.accept_match(mentee, match.id)).state is MatchState.AWAITING_ADMIN
    with pytest.raises(Refused):
        await actions.approve_match(mentee, match.id)
    assert (await actions.approve_match(scene.manager, match.id)).state is MatchState.ACTIVE


async def test_accepting_twice_changes_nothing(scene: Scene) -> None:
    match = await scene.announced()
    mentee = await actor(match, MENTEE)
    await actions.accept_match(mentee, match.id)
    before = await told(match)
    await actions.accept_match(mentee, match.id)
    assert await told(match) == before


async def test_a_stranger_finds_no_such_match(scene: Scene) -> None:
    match = await scene.announced()
    stranger = factories.actor_of(await factories.person(scene.org))
    foreign = factories.actor_of(await factories.person(await factories.organization()))
    for caller in (stranger, foreign):
        with pytest.raises(NotFound):
            await actions.accept_match(caller, match.id)
    with pytest.raises(NotFound):
        await actions.accept_match(stranger, new_id())


async def test_a_manager_cannot_accept_for_a_member(scene: Scene) -> None:
    match = await scene.announced()
    with pytest.raises(Refused):
        await actions.accept_match(scene.manager, match.id)


async def test_a_full_mentor_is_not_published_again(scene: Scene) -> None:
    mentor = await scene.enrolled(MENTOR, capacity=1)
    await scene.announced(mentor)
    late = await scene.draft(mentor)
    with pytest.raises(Conflict) as refusal:
        await actions.publish_match(scene.manager, late.id)
    assert refusal.value.kind == "seat_taken"
    assert await state_of(late) is MatchState.DRAFT


async def test_two_publications_for_one_seat_at_once_give_one(scene: Scene) -> None:
    mentor = await scene.enrolled(MENTOR, capacity=1)
    drafts = [await scene.draft(mentor) for _ in range(3)]
    await asyncio.gather(
        *(actions.publish_match(scene.manager, draft.id) for draft in drafts), return_exceptions=True
    )
    states = sorted([await state_of(draft) for draft in drafts])
    assert states == [MatchState.AWAITING_BOTH, MatchState.DRAFT, MatchState.DRAFT]


async def test_two_mentees_accept_a_mentors_last_seat_at_once_and_one_gets_it(scene: Scene) -> None:
    mentor = await scene.enrolled(MENTOR, capacity=2)
    asked = [await scene.announced(mentor), await scene.announced(mentor)]
    await Enrollment.filter(id=mentor.id).update(capacity=1)
    mentees = [await actor(match, MENTEE) for match in asked]
    await asyncio.gather(
        *(actions.accept_match(mentee, match.id) for mentee, match in zip(mentees, asked, strict=True))
    )
    states = sorted([await state_of(match) for match in asked])
    assert states == [MatchState.AWAITING_MENTOR, MatchState.CANCELLED]
    losers = [match for match in asked if await state_of(match) is MatchState.CANCELLED]
    assert "match.cancelled" in await told(losers[0])


async def test_two_people_have_one_open_match(scene: Scene) -> None:
    mentor, mentee = await scene.enrolled(MENTOR, capacity=3), await scene.enrolled(MENTEE, capacity=3)
    await scene.announced(mentor, mentee)
    again = await scene.draft(mentor, mentee)
    with pytest.raises(Conflict):
        await actions.publish_match(scene.manager, again.id)


async def test_declining_keeps_the_reason_with_the_decliner_alone(scene: Scene) -> None:
    match = await scene.announced()
    await actions.decline_match(await actor(match, MENTEE), match.id, DeclineReason.TIMES)
    assert await state_of(match) is MatchState.DECLINED
    reasons = {member.role: member.decline_reason for member in await MatchMember.filter(match_id=match.id)}
    assert reasons == {MENTEE: DeclineReason.TIMES, MENTOR: None}
    with pytest.raises(Conflict):
        await actions.accept_match(await actor(match, MENTOR), match.id)


async def test_an_unanswered_match_expires_on_its_day_only(scene: Scene) -> None:
    match = await scene.announced()
    await actions.expire_match(scene.manager, match.id)
    assert await state_of(match) is MatchState.AWAITING_BOTH
    clock.move(timedelta(days=scene.program.answer_within_days, seconds=1))
    await actions.expire_match(scene.manager, match.id)
    assert await state_of(match) is MatchState.EXPIRED


async def test_a_discarded_draft_leaves_the_others_alone(scene: Scene) -> None:
    first, second = await scene.draft(), await scene.draft()
    before = await Match.filter(id=second.id).values()
    await actions.discard_match(scene.manager, first.id)
    assert await state_of(first) is MatchState.CANCELLED
    assert await Match.filter(id=second.id).values() == before


async def test_holding_back_and_locking_are_the_managers(scene: Scene) -> None:
    match = await scene.draft()
    assert (await actions.hold_back(scene.manager, match.id, True)).held_back
    first, second = await actions.lock_pair(scene.manager, match.id), await actions.lock_pair(scene.manager, match.id)
    assert first.id == second.id
    assert first.kind is OverrideKind.LOCK


async def test_a_running_match_pauses_resumes_ends_without_blame(scene: Scene) -> None:
    pair = await factories.active_match(scene.org, scene.program, scene.cohort)
    assert (await actions.pause_match(pair.mentee_actor, pair.match.id)).state is MatchState.PAUSED
    assert (await actions.resume_match(pair.mentee_actor, pair.match.id)).state is MatchState.ACTIVE
    await Match.filter(id=pair.match.id).update(published_at=clock.now())
    ended = await actions.end_match(pair.mentor_actor, pair.match.id, ClosureReason.NO_FAULT)
    assert ended.state is MatchState.CONCLUDED
    assert (await queries.seats_taken(scene.manager, [pair.mentor_enrollment.id])) == {}


async def test_a_match_that_ran_its_time_is_closed(scene: Scene) -> None:
    pair = await factories.active_match(scene.org, scene.program, scene.cohort)
    clock.move(timedelta(days=183))
    assert (await actions.reach_end_date(scene.manager, pair.match.id)).state is MatchState.DURATION_COMPLETED
    assert (await actions.close_match(scene.manager, pair.match.id)).state is MatchState.COMPLETED


async def test_answers_are_noted_with_their_moment(scene: Scene) -> None:
    match = await scene.announced()
    await actions.accept_match(await actor(match, MENTEE), match.id)
    member = await MatchMember.get(match_id=match.id, role=MENTEE)
    assert member.approval is Approval.ACCEPTED
    assert member.answered_at is not None
