"""A group may have a day on which it hears who is matched with whom: nobody knows of a match before it, and nothing
counts from before."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from server.goals.queries import running_match_of
from server.journey.moving.actions import set_person_facts
from server.journey.reporting.team import team_of
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import OutboxEvent, ScheduledAction
from server.kernel.jobs import drain
from server.matches import actions
from server.matches.announcing.actions import set_announcement_day
from server.matches.circles.actions import put_in
from server.matches.days import announced_at
from server.matches.models import Match
from server.matches.queries import my_matches, visible_match
from server.matches.states import ClosureReason, MatchOrigin, MatchState
from server.notifications.models import Message
from server.notifications.states import MessageState
from server.programs.models import Cohort, Program
from server.programs.states import Approvals, Cadence, ParticipantRole, ProgramState
from tests import factories
from tests.factories import Pair
from tests.server.notifications.mail_server import MailServer

MOMENTS = ("state", "published_at", "active_at", "ends_on")
NINE_DAYS, TEN_SECONDS = timedelta(days=9), timedelta(seconds=10)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    """It is a Monday at ten, whenever the test runs."""
    now = clock.now()
    with clock.at(now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=7 - now.weekday())):
        yield


@pytest.fixture
async def pair(db: object, mailbox: MailServer) -> Pair:
    """A draft of Noor in Lisbon and Idris in Nairobi, in a programme that asks nobody, in a group that has a day."""
    made = await factories.active_match(state=MatchState.DRAFT)
    await Program.filter(id=made.program.id).update(approvals=Approvals.NONE, reports={"line_managers": True})
    begins = clock.today("UTC") - NINE_DAYS
    await Cohort.filter(id=made.cohort.id).update(
        announce_on=the_day(), starts_on=begins, ends_on=None, state=ProgramState.MATCHING)
    return made


def the_day() -> date:
    return clock.today("UTC") + NINE_DAYS


def nine(day: date) -> datetime:
    """Nine o'clock where it strikes last, which is in Lisbon."""
    return datetime.combine(day, time(9), ZoneInfo("Europe/Lisbon")).astimezone(UTC)


async def stored(pair: Pair) -> Match:
    return await Match.get(id=pair.match.id)


async def told() -> list[str]:
    return sorted([row.kind for row in await Message.exclude(state=MessageState.SUPPRESSED)])


async def nobody_knows(pair: Pair) -> None:
    """No name anywhere but with who runs the programme; what is needless is dropped when it would go."""
    await drain()
    for actor in (pair.mentor_actor, pair.mentee_actor):
        with pytest.raises(NotFound):
            await visible_match(actor, pair.match.id)
        assert await my_matches(actor, list(MatchState)) == []
    assert await running_match_of(pair.mentee_actor, pair.mentee_enrollment.id) is None
    team = await team_of(system_actor(pair.organization.id), pair.line_manager.id)
    assert [row.is_matched for row in team] == [False]
    assert (await visible_match(pair.manager_actor, pair.match.id)).id == pair.match.id
    assert [kind for kind in await told() if kind != "M07"] == []
    assert not await ScheduledAction.filter(rule__startswith="message.").exists()


async def test_before_its_day_nobody_knows_and_steps_count_from_it(pair: Pair) -> None:
    day = the_day()
    published = await actions.publish_match(pair.manager_actor, pair.match.id)
    assert (published.state, published.active_at) == (MatchState.ACTIVE, nine(day))
    clock.move(timedelta(days=2))
    await nobody_knows(pair)
    day -= timedelta(days=3)
    await set_announcement_day(pair.manager_actor, pair.cohort.id, day)
    match = await stored(pair)
    assert (match.published_at, match.active_at) == (nine(day), nine(day))
    assert match.ends_on == day + timedelta(days=pair.program.duration_days)
    facts = OutboxEvent.filter(subject_id=pair.match.id, kind__in=["match.published", "match.activated"])
    assert set(await facts.values_list("not_before", flat=True)) == {nine(day)}
    clock.move(nine(day) - clock.now() - timedelta(seconds=1))
    await nobody_knows(pair)
    clock.move(timedelta(seconds=1))
    await drain()
    assert await told() == ["M08", "M08"]
    assert (await visible_match(pair.mentee_actor, pair.match.id)).state is MatchState.ACTIVE
    first = await ScheduledAction.filter(rule="message.F01").order_by("due_at").first()
    assert first is not None
    assert first.due_at.date() == day + timedelta(days=2)


async def test_without_the_day_they_are_told_at_once_and_after_it_too(pair: Pair) -> None:
    await actions.publish_match(pair.manager_actor, pair.match.id)
    await set_announcement_day(pair.manager_actor, pair.cohort.id, None)
    await drain()
    assert ((await stored(pair)).active_at, await told()) == (clock.now(), ["M08", "M08"])
    await Cohort.filter(id=pair.cohort.id).update(announce_on=clock.today("UTC"))
    match = await visible_match(pair.manager_actor, pair.match.id)
    assert announced_at(match) is None, "nine o'clock has struck"


async def leaves(pair: Pair) -> None:
    await actions.release_matches(
        pair.mentor_actor, pair.mentor_enrollment.id, ClosureReason.DEPARTURE, undo_within=TEN_SECONDS)


async def rests(pair: Pair) -> None:
    await actions.pause_matches(pair.mentor_actor, pair.mentor_enrollment.id, None, undo_within=TEN_SECONDS)


async def ends(pair: Pair) -> None:
    await actions.end_match(pair.manager_actor, pair.match.id, ClosureReason.NO_FAULT, undo_within=TEN_SECONDS)


async def wants_no_matching(pair: Pair) -> None:
    await actions.withdraw_waiting(pair.mentor_actor, pair.mentor_enrollment.id)


async def closes(pair: Pair) -> None:
    await actions.complete_matches(pair.manager_actor, pair.cohort.id)


async def takes_back(pair: Pair) -> None:
    await actions.undo_publish(pair.manager_actor, [pair.match.id])


@pytest.mark.parametrize("act", [leaves, rests, ends, wants_no_matching, closes, takes_back])
async def test_what_comes_to_nothing_before_its_day_is_never_heard_of(pair: Pair, act: Any) -> None:
    await actions.publish_match(pair.manager_actor, pair.match.id)
    await drain()
    with pytest.raises(Conflict):
        await actions.pause_match(pair.manager_actor, pair.match.id)
    await act(pair)
    assert (await stored(pair)).state is (MatchState.DRAFT if act is takes_back else MatchState.CANCELLED)
    clock.move(timedelta(minutes=1))
    await nobody_knows(pair)
    clock.move(NINE_DAYS)
    await nobody_knows(pair)
    assert (await Cohort.get(id=pair.cohort.id)).state is ProgramState.MATCHING, "nothing began"


async def test_an_end_that_is_undone_leaves_the_day_as_it_was(pair: Pair) -> None:
    await actions.publish_match(pair.manager_actor, pair.match.id)
    await ends(pair)
    assert await actions.undo_change(pair.manager_actor, pair.match.id)
    match = await stored(pair)
    assert (match.state, match.published_at, match.active_at) == (
        MatchState.ACTIVE, nine(the_day()), nine(the_day()))
    clock.move(NINE_DAYS)
    await drain()
    assert await told() == ["M08", "M08"]


async def test_a_manager_who_has_the_last_word_sees_it_before_and_the_two_do_not(pair: Pair) -> None:
    await Program.filter(id=pair.program.id).update(admin_approves_matches=True)
    assert (await actions.publish_match(pair.manager_actor, pair.match.id)).state is MatchState.AWAITING_ADMIN
    clock.move(timedelta(hours=1))
    await nobody_knows(pair)
    approved = await actions.approve_match(pair.manager_actor, pair.match.id)
    assert (approved.state, approved.active_at) == (MatchState.ACTIVE, nine(the_day()))
    await nobody_knows(pair)
    assert await actions.undo_publish(pair.manager_actor, [pair.match.id]) != []
    await actions.publish_match(pair.manager_actor, pair.match.id)
    await leaves(pair)
    clock.move(NINE_DAYS)
    await nobody_knows(pair)


async def test_it_can_be_taken_back_until_its_day_where_a_manager_has_heard_of_it(pair: Pair) -> None:
    await Program.filter(id=pair.program.id).update(admin_approves_matches=True)
    await actions.publish_match(pair.manager_actor, pair.match.id)
    await drain()
    clock.move(timedelta(days=2))
    (undone,) = await actions.undo_publish(pair.manager_actor, [pair.match.id])
    assert (undone.state, undone.published_at) == (MatchState.DRAFT, None)


@pytest.mark.parametrize("has_last_word", [False, True])
async def test_who_moves_far_away_before_the_day_moves_the_moment(pair: Pair, has_last_word: bool) -> None:
    await Program.filter(id=pair.program.id).update(admin_approves_matches=has_last_word)
    await actions.publish_match(pair.manager_actor, pair.match.id)
    await set_person_facts(pair.mentor_actor, zone="Pacific/Honolulu")
    there = datetime.combine(the_day(), time(9), ZoneInfo("Pacific/Honolulu")).astimezone(UTC)
    match = await stored(pair)
    assert (match.published_at, match.active_at) == (there, None if has_last_word else there)
    clock.move(there - clock.now() - timedelta(seconds=1))
    await nobody_knows(pair)
    clock.move(timedelta(seconds=1))
    await drain()
    assert [kind for kind in await told() if kind != "M07"] == ([] if has_last_word else ["M08", "M08"])


async def test_a_circle_waits_for_its_day_too_and_for_somebody_who_leads_it(db: object, mailbox: MailServer) -> None:
    found = await factories.active_circle(state=MatchState.DRAFT)
    await Program.filter(id=found.program.id).update(approvals=Approvals.NONE)
    await Cohort.filter(id=found.cohort.id).update(
        announce_on=the_day(), starts_on=clock.today("UTC"), state=ProgramState.MATCHING)
    published = await actions.publish_match(found.manager_actor, found.match.id)
    at = datetime.combine(the_day(), time(9), UTC)
    assert (published.state, published.published_at, published.active_at) == (MatchState.ACTIVE, at, at)
    with pytest.raises(NotFound):
        await visible_match(found.member_actors[0], found.match.id)

    far = await factories.person(found.organization, given_name="Kai", zone="Pacific/Honolulu")
    newcomer = await factories.enrollment(found.cohort, far, ParticipantRole.MENTEE)
    assert (await put_in(found.manager_actor, found.match.id, newcomer.id)).published_at == at + timedelta(hours=10)

    await actions.release_matches(found.member_actors[0], found.enrollments[0].id, ClosureReason.DEPARTURE)
    await drain()
    assert {row.reason for row in await Message.all()} == {"not announced yet"}

    before, leads = await Match.get(id=found.match.id).values(*MOMENTS), found.facilitator_enrollment.id
    waiting = OutboxEvent.filter(subject_id=found.match.id, kind="match.activated", withdrawn_at=None)
    draft = {**dict.fromkeys(MOMENTS), "state": MatchState.DRAFT}
    for goes in (True, False, True):
        if goes:
            await actions.release_matches(
                found.facilitator_actor, leads, ClosureReason.DEPARTURE, undo_within=TEN_SECONDS)
        else:
            await actions.restore_matches(found.facilitator_actor, leads, since=UUID(int=0))
        assert await Match.get(id=found.match.id).values(*MOMENTS) == (draft if goes else before)
        assert await waiting.count() == (0 if goes else 1)
    clock.move(NINE_DAYS + timedelta(days=1))
    await drain()
    assert (await Cohort.get(id=found.cohort.id)).state is ProgramState.MATCHING
    assert await told() == []


async def test_who_chose_the_name_or_is_asked_waits_for_no_day(pair: Pair) -> None:
    await Match.filter(id=pair.match.id).update(origin=MatchOrigin.MENTEE)
    published = await actions.publish_match(pair.manager_actor, pair.match.id)
    assert published.active_at == clock.now()
    await actions.undo_publish(pair.manager_actor, [pair.match.id])
    await Match.filter(id=pair.match.id).update(origin=MatchOrigin.ENGINE)
    await Program.filter(id=pair.program.id).update(approvals=Approvals.MENTOR)
    asked = await actions.publish_match(pair.manager_actor, pair.match.id)
    assert asked.published_at == clock.now() + TEN_SECONDS


async def test_which_day_a_group_can_have(pair: Pair) -> None:
    at, today = pair.cohort.id, clock.today("UTC")
    await Cohort.filter(id=at).update(ends_on=today + timedelta(days=20), starts_on=today + timedelta(days=1))
    with pytest.raises(Refused):
        await set_announcement_day(pair.stranger_actor, at, today + timedelta(days=5))
    for day, said in ((-1, "today or a later"), (0, "after the group starts"), (20, "before the group ends")):
        with pytest.raises(Invalid, match=said):
            await set_announcement_day(pair.manager_actor, at, today + timedelta(days=day))
    for told_why, values in (
        ("asked here before", {"approvals": Approvals.MENTEE}), ("any time", {"cadence": Cadence.ROLLING}),
    ):
        await Program.filter(id=pair.program.id).update(**values)
        with pytest.raises(Invalid, match=told_why):
            await set_announcement_day(pair.manager_actor, at, today + timedelta(days=5))
    await Cohort.filter(id=at).update(state=ProgramState.CLOSING)
    with pytest.raises(Conflict):
        await set_announcement_day(pair.manager_actor, at, today + timedelta(days=5))
