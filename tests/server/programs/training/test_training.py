"""Nobody is matched before their training is done, whichever way a match comes about; and each is asked for it once."""

from datetime import timedelta

import pytest

from server.journey.asking.actions import ask_for_match
from server.journey.asking.queries import Asking, asking_page, choices_of
from server.journey.byhand.actions import pair_by_hand
from server.journey.byhand.queries import free_people
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, NotFound
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.queries import sides
from server.matches.states import AWAITING_PARTICIPANTS, Approval, MatchState
from server.matchmaking.circles.queries import circle_rule, may_come, rule_on_joining, with_newcomer
from server.matchmaking.engine import RuleCode, WaitCode
from server.matchmaking.queries import line, next_choice
from server.matchmaking.queue.actions import offer_place, preview_matching, suggest_next, use_run
from server.matchmaking.runs.actions import carry_out, run_matching
from server.matchmaking.today.actions import accept_match, approve_match, publish_match, publish_matches
from server.matchmaking.today.queries import bars_of
from server.notifications.models import Message
from server.programs.models import Enrollment, Program, TrainingTask
from server.programs.states import EnrollmentState, ParticipantRole
from server.programs.training.actions import ask_for_training, finish_step
from server.programs.training.queries import open_steps, training_of, untrained
from tests import factories
from tests.trained import asks_for, step, takes
from tests.web.console.market import Market, draft, drafts_of, market


@pytest.fixture
async def found(db: object) -> Market:
    """Two mentors, three mentees, and a step for everybody; the first mentee and the second mentor did not take it."""
    made = await market(mentors=2, mentees=3, capacity=2)
    await Program.filter(id=made.program.id).update(mentees_may_ask=True)
    await asks_for(made.program, step())
    for row in (made.mentors[0], *made.mentees[1:]):
        await takes(row)
    return made


def manager(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


async def person_of(row: Enrollment) -> Actor:
    await row.fetch_related("person")
    return factories.actor_of(row.person)


async def in_drafts(found: Market) -> set[object]:
    """Which enrolments stand in drafts."""
    rows = [await one.fetch_related("members") or one for one in await drafts_of(found)]
    return {member.enrollment_id for one in rows for member in one.members}


async def test_runs_and_the_queue_leave_out_whoever_has_not_read(found: Market) -> None:
    unread, free = found.mentees[0], found.mentees[1]
    preview = await carry_out(manager(found), (await preview_matching(manager(found), found.cohort.id)).id)
    await use_run(manager(found), preview.id)
    assert await in_drafts(found) == {found.mentors[0].id, free.id, found.mentees[2].id}
    waiting = {one.enrollment.id: one.code for one in await line(manager(found), found.cohort.id)}
    assert waiting == {unread.id: WaitCode.TRAINING}
    system = system_actor(found.organization.id)
    assert await suggest_next(system, unread.id) is None
    assert await next_choice(system, unread.id) is None
    await takes(unread)
    assert await offer_place(system, found.mentors[1].id) is None, "its mentor has not read either"
    await takes(found.mentors[1])
    made = await offer_place(system, found.mentors[1].id)
    assert made
    assert {one.enrollment_id for one in sides(await reread(made))} == {found.mentors[1].id, unread.id}


async def test_whoever_has_read_waits_for_no_run(found: Market) -> None:
    unread = found.mentees[0]
    await Program.filter(id=found.program.id).update(intake={"newcomers": True})
    await takes(found.mentors[1])
    await run_matching(manager(found), found.cohort.id)
    await drain()
    assert unread.id not in await in_drafts(found)
    await finish_step(await person_of(unread), unread.id, "first")
    await drain()
    assert unread.id in await in_drafts(found)


async def reread(match: Match) -> Match:
    await match.fetch_related("members__person", "members__enrollment", "program", "cohort")
    return match


async def test_nobody_is_put_together_by_hand_or_by_asking_before_it(found: Market) -> None:
    mentor, unread, read = found.mentors[0], found.mentees[0], found.mentees[1]
    here = await free_people(manager(found), found.cohort.id)
    assert unread.id not in {row.id for row in here.mentees}
    assert [row.id for row in here.mentors] == [mentor.id]
    with pytest.raises(Conflict):
        await pair_by_hand(manager(found), mentor.id, unread.id)
    assert (await asking_page(await person_of(unread), unread.id)).asking is Asking.TRAINING
    with pytest.raises(Conflict, match="Finish your training") as refused:
        await ask_for_match(await person_of(unread), unread.id, mentor.id)
    assert refused.value.kind == "training"
    assert {one.partner.id for one in await choices_of(await person_of(read), read.id)} == {mentor.id}
    with pytest.raises(Conflict, match="cannot be asked yet"):
        await ask_for_match(await person_of(read), read.id, found.mentors[1].id)
    await takes(unread)
    await ask_for_match(await person_of(unread), unread.id, mentor.id)


@pytest.mark.parametrize("is_over", [True, False])
async def test_a_match_that_was_on_its_way_waits_for_it(found: Market, is_over: bool) -> None:
    """A step that came after the draft, the request and the manager's turn."""
    unread, mentor = found.mentees[0], found.mentors[0]
    made = await draft(found)
    if is_over:
        await takes(unread)
    bars = await bars_of(manager(found), [await reread(made)])
    assert [bar.code for bar in bars.values()] == ([] if is_over else [RuleCode.TRAINING])
    if is_over:
        assert (await publish_match(manager(found), made.id)).state in AWAITING_PARTICIPANTS
        return
    with pytest.raises(Conflict, match="training to finish first"):
        await publish_match(manager(found), made.id)
    assert list((await publish_matches(manager(found), [made.id])).held) == [made.id]
    await Match.filter(id=made.id).update(state=MatchState.AWAITING_BOTH, published_at=clock.now())
    for row, words in ((unread, "Finish your training first"), (mentor, "Somebody has training")):
        with pytest.raises(Conflict, match=words):
            await accept_match(await person_of(row), made.id)
    assert (await Match.get(id=made.id)).state is MatchState.AWAITING_BOTH, "not sent back"
    await Match.filter(id=made.id).update(state=MatchState.AWAITING_ADMIN)
    with pytest.raises(Conflict, match="training to finish first"):
        await approve_match(manager(found), made.id)


async def test_a_circle_waits_for_it_too_and_one_that_meets_goes_on(db: object) -> None:
    circle = await factories.active_circle()
    late = await factories.enrollment(
        circle.cohort, await factories.person(circle.organization), ParticipantRole.MENTEE
    )
    await asks_for(circle.program, step(to="LEARNERS"))
    match = await reread(circle.match)
    assert await circle_rule(circle.manager_actor, match) is None
    assert late.id not in {row.id for row in (await may_come(circle.manager_actor, match)).waiting}
    against, _brings = await with_newcomer(circle.manager_actor, match, late)
    assert against == "Somebody has training to finish first."
    asked = circle.enrollments[0].id
    assert await rule_on_joining(circle.manager_actor, match, asked) is RuleCode.TRAINING
    match.active_at = None
    assert await circle_rule(circle.manager_actor, match) is RuleCode.TRAINING


async def test_a_step_taken_out_keeps_nobody_and_an_advised_one_never_did(found: Market) -> None:
    unread = found.mentees[0]
    assert await away(found) == {unread.id, found.mentors[1].id}
    await asks_for(found.program, step(to="LEARNERS"))
    assert await away(found) == {unread.id}
    await asks_for(found.program, step(required=False))
    assert await away(found) == set()
    await asks_for(found.program, step(), step("second"))
    assert await away(found) == {row.id for row in (*found.mentors, *found.mentees)}, "a new one is asked of all"
    await asks_for(found.program)
    await run_matching(system_actor(found.organization.id), found.cohort.id)
    assert unread.id in await in_drafts(found)


async def away(found: Market) -> set[object]:
    program = await Program.get(id=found.program.id)
    return await untrained(manager(found), program, [*found.mentors, *found.mentees])


async def test_a_step_is_finished_once_by_oneself_alone(found: Market) -> None:
    unread = found.mentees[0]
    for actor in (manager(found), factories.actor_of(found.stranger)):
        with pytest.raises(NotFound):
            await finish_step(actor, unread.id, "first")
    with pytest.raises(NotFound):
        await finish_step(await person_of(unread), unread.id, "second")
    one = await finish_step(await person_of(unread), unread.id, "first")
    again = await finish_step(await person_of(unread), unread.id, "first")
    assert (one.id, one.done_at) == (again.id, again.done_at)
    assert await AuditEvent.filter(action="training.finish", target_id=one.id).count() == 1
    await Enrollment.filter(id=found.mentors[1].id).update(state=EnrollmentState.WITHDRAWN)
    with pytest.raises(Conflict):
        await finish_step(await person_of(found.mentors[1]), found.mentors[1].id, "first")
    assert [one.done_at is not None for one in await training_of(manager(found), unread.id)] == [True]


async def told(row: Enrollment) -> list[str]:
    return await Message.filter(recipient_id=row.person_id, kind__startswith="T").order_by(
        "created_at", "id").values_list("kind", flat=True)


@pytest.mark.usefixtures("morning")
async def test_each_is_asked_once_reminded_twice_and_thanked(found: Market) -> None:
    await drain()
    unread, system = found.mentees[0], system_actor(found.organization.id)
    assert await told(unread) == ["T01"], "who was there already is asked too"
    assert await told(found.mentees[1]) == ["T03"], "done before the word went out"
    await ask_for_training(system, [unread.id])
    await drain()
    assert await told(unread) == ["T01"]
    for days, expected in ((5, 1), (5, 2)):
        clock.move(timedelta(days=days))
        await drain()
        assert (await told(unread)).count("T02") == expected
    await asks_for(found.program, step(), step("second"))
    await drain()
    assert (await told(unread)).count("T01") == 2
    for key in ("first", "second"):
        await takes(unread, key)
    clock.move(timedelta(days=5))
    await drain()
    assert (await told(unread))[-1] == "T03"
    assert (await told(unread)).count("T02") == 2
    skipped = await ScheduledAction.filter(rule="message.T02", recipient_id=unread.person_id, state=ActionState.SKIPPED)
    assert skipped, "a reminder of what is done by then is needless"


async def test_nothing_is_asked_of_who_is_not_there_or_for_whom_nothing_is(db: object) -> None:
    made = await market(mentors=1, mentees=2)
    paused, system = made.mentees[1], system_actor(made.organization.id)
    await Enrollment.filter(id=paused.id).update(state=EnrollmentState.PAUSED)
    await asks_for(made.program, step(to="LEARNERS"))
    assert len(await ask_for_training(system, [row.id for row in (*made.mentors, *made.mentees)])) == 1
    assert [task.enrollment_id for task in await TrainingTask.all()] == [made.mentees[0].id]
    assert await OutboxEvent.filter(kind="training.asked").count() == 1
    rows = await Enrollment.all().select_related("program")
    assert set(await open_steps(system, rows)) == {row.id for row in made.mentees}, "who rests may read meanwhile"
    assert (await Match.filter(members__approval=Approval.PENDING).count()) == 0
