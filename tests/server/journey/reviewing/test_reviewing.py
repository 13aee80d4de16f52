"""The manager's word in the domain: groups, hard rules looked up, approvals under a key, and their undoing."""

from datetime import timedelta
from uuid import UUID

import pytest

from server.journey.reviewing import actions, queries
from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.db import fresh_key
from server.kernel.errors import NotFound
from server.kernel.facts import OutboxEvent
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState
from tests import factories
from tests.web.console.market import Market, draft, market


@pytest.fixture
async def found(db: object) -> Market:
    """Three drafts."""
    made = await market()
    for number in range(3):
        await draft(made, number, 80 + number)
    return made


def manager(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


async def ids(found: Market) -> list[UUID]:
    return [row.id for row in await Match.filter(cohort_id=found.cohort.id).order_by("fit")]


async def test_groups_are_ordered_by_what_waits_in_them(found: Market) -> None:
    empty = await factories.cohort(found.program, starts_on=factories.in_days(30))
    shown = await queries.groups(manager(found))
    assert [(one.cohort.id, one.matches, one.unmatched) for one in shown] == [
        (found.cohort.id, 3, 0), (empty.id, 0, 0),
    ]


async def test_who_has_no_draft_and_no_match_is_counted_apart(found: Market) -> None:
    await Match.filter(cohort_id=found.cohort.id).update(state=MatchState.DECLINED)
    (group,) = await queries.groups(manager(found))
    assert (group.matches, group.unmatched, group.waiting) == (0, 3, 3)


async def test_a_key_approves_once_and_undoes_exactly_that(found: Market) -> None:
    first, second, third = await ids(found)
    actor, key = manager(found), fresh_key()
    assert await actions.approve_together(actor, [first, second], key=key) == (2, 0, 0, None)
    assert await actions.approve_together(actor, [first, second, third], key=key) == (2, 0, 0, None)
    assert (await Match.get(id=third)).state is MatchState.DRAFT
    assert await OutboxEvent.filter(kind="match.published").count() == 2
    assert await actions.undo_approvals(actor, [], key=key) == 2
    assert await actions.undo_approvals(actor, [], key=key) == 0
    assert await OutboxEvent.filter(kind="match.published", withdrawn_at=None).count() == 0


async def test_what_no_longer_fits_is_counted_and_the_rest_goes(found: Market) -> None:
    await Enrollment.filter(id=found.mentees[0].id).update(state=EnrollmentState.WITHDRAWN)
    assert await actions.approve_together(manager(found), await ids(found)) == (2, 1, 0, None)


async def test_one_foreign_id_approves_none(found: Market) -> None:
    foreign = await market(1, 1)
    mixed = [*await ids(found), (await draft(foreign)).id]
    with pytest.raises(NotFound):
        await actions.approve_together(manager(found), mixed, key=fresh_key())
    assert await Match.filter(state=MatchState.DRAFT).count() == 4


async def test_an_approval_announced_a_moment_ago_is_undoable_and_later_is_not(found: Market) -> None:
    actor = manager(found)
    await actions.approve_together(actor, await ids(found))
    assert len((await queries.review(actor, found.cohort.id)).undoable) == 3
    clock.move(timedelta(minutes=10, seconds=1))
    assert (await queries.review(actor, found.cohort.id)).undoable == []


async def test_hard_rules_are_looked_up_from_what_is_stored(found: Market) -> None:
    match = (await Match.filter(cohort_id=found.cohort.id).order_by("fit"))[0]
    before = (await queries.pairing(manager(found), match.id)).checks
    assert before == queries.Checks(reporting_line=False, paired_before=False, free=2, places=2)
    mentee, mentor = await found.mentees[0].person, await found.mentors[0].person
    between = await factories.person(found.organization, line_manager=mentor)
    mentee.line_manager = between
    await mentee.save()
    other = await factories.cohort(await factories.program(found.organization))
    await factories.match(
        await factories.enrollment(other, mentor, found.mentors[0].role),
        await factories.enrollment(other, mentee, found.mentees[0].role), state=MatchState.COMPLETED,
        active_at=clock.now() - timedelta(days=400),
    )
    await factories.match(found.mentors[0], found.mentees[1])
    after = (await queries.pairing(manager(found), match.id)).checks
    assert after == queries.Checks(reporting_line=True, paired_before=True, free=1, places=2)


async def test_a_pair_that_holds_the_mentors_only_place_still_has_it(found: Market) -> None:
    match = (await Match.filter(cohort_id=found.cohort.id).order_by("fit"))[0]
    await Enrollment.filter(id=found.mentors[0].id).update(capacity=1)
    for state, free in ((MatchState.AWAITING_ADMIN, 1), (MatchState.AWAITING_BOTH, 1), (MatchState.DRAFT, 1)):
        await Match.filter(id=match.id).update(state=state)
        checks = (await queries.pairing(manager(found), match.id)).checks
        assert (checks.free, checks.places) == (free, 1), state
    await factories.match(found.mentors[0], found.mentees[1])
    assert (await queries.pairing(manager(found), match.id)).checks.free == 0


async def test_members_and_strangers_are_told_nothing(found: Market) -> None:
    match_id = (await ids(found))[0]
    for person in (found.stranger, await found.mentors[0].person):
        actor = factories.actor_of(person)
        with pytest.raises(NotFound):
            await queries.groups(actor)
        with pytest.raises(NotFound):
            await queries.pairing(actor, match_id)
    with pytest.raises(NotFound):
        await queries.review(manager(found), new_id())
    with pytest.raises(NotFound):
        await queries.group_of(manager(found), None)
