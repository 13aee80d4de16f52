"""Wishes that lift a fit and stay secret, people set aside for good, and lists for a whole group."""

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.jobs import drain
from server.matches import queries as match_queries
from server.matches.models import Match, MatchMember
from server.matches.states import Approval, DeclineReason, MatchState
from server.matches.steps import UNDO_ONE
from server.matchmaking import stored
from server.matchmaking.engine import Category, ReasonCode, run_matching
from server.matchmaking.engine.choosing.discretion import told_to
from server.matchmaking.engine.choosing.exposure import EXPOSURE
from server.matchmaking.engine.factor import LATER_WISH, WISHED_BY_MENTEE
from server.matchmaking.engine.wording import Reader
from server.matchmaking.gather import gather, rules_of, weights_of
from server.matchmaking.models import Preference, ShortlistEntry
from server.matchmaking.runs import actions as runs
from server.matchmaking.said import queries
from server.matchmaking.wishes import actions
from server.programs.actions import configure_program
from server.programs.models import Enrollment, Program
from server.programs.queries import cohort_by_id
from tests import factories
from tests.web.console.market import Market, market


@pytest.fixture
async def found(db: object) -> Market:
    made = await market(capacity=2)
    await Program.filter(id=made.program.id).update(mentees_may_wish=True)
    return made


async def fit_of(found: Market, mentor: Enrollment, mentee: Enrollment) -> tuple[float, list[ReasonCode]]:
    """The fit (0 to 100) of two people as they stand now, with the codes of what is said of them."""
    cohort = await cohort_by_id(system_actor(found.organization.id), found.cohort.id)
    gathered = await gather(system_actor(found.organization.id), cohort)
    result = run_matching(gathered.pool, rules_of(cohort.program), weights_of(cohort.program))
    told = result.explain(str(mentor.id), str(mentee.id))
    return told.fit, [one.code for one in told.factors]


async def wish(row: Enrollment, *about: Enrollment) -> None:
    await actions.name_wishes(factories.actor_of(row.person), row.id, [one.id for one in about])


async def test_a_wish_lifts_the_fit_by_the_weight_that_is_set(found: Market) -> None:
    mentee, (first, second, third) = found.mentees[0], found.mentors
    before = [(await fit_of(found, one, mentee))[0] for one in (first, second, third)]
    await wish(mentee, third, second)
    after = [(await fit_of(found, one, mentee))[0] for one in (first, second, third)]
    weight = 100 * weights_of(found.program).shares[Category.PREFERENCE]
    lifts = [now - then for then, now in zip(before, after, strict=True)]
    assert lifts == pytest.approx([0, weight * WISHED_BY_MENTEE * LATER_WISH, weight * WISHED_BY_MENTEE], abs=0.01)
    await wish(mentee, second)
    assert (await fit_of(found, third, mentee))[0] == pytest.approx(before[2]), "wishes can be changed until the run"
    await Program.filter(id=found.program.id).update(mentees_may_wish=False)
    assert (await fit_of(found, second, mentee))[0] == pytest.approx(before[1]), "where it is switched off they wait"


async def test_a_wish_is_told_to_who_made_it_and_to_the_manager_alone(found: Market) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    await wish(mentee, mentor)
    await runs.run_matching(system_actor(found.organization.id), found.cohort.id)
    draft = await Match.filter(cohort_id=found.cohort.id, members__enrollment_id=mentee.id).first()
    assert draft is not None
    explanation = stored.load(draft.explanation)
    assert explanation is not None
    heard = {reader: {one.code for one in told_to(explanation.factors, reader)} for reader in Reader}
    assert {reader: ReasonCode.NAMED_BY_MENTEE in codes for reader, codes in heard.items()} == {
        Reader.MENTEE: True, Reader.MANAGER: True, Reader.MENTOR: False,
    }


async def test_wishes_are_few_once_each_and_among_the_others(found: Market) -> None:
    mentee, mentors = found.mentees[0], found.mentors
    for wrong, refusal in (
        ([mentors[0], mentors[0]], Invalid), ([*mentors, found.mentees[1]], Invalid), ([found.mentees[1]], NotFound),
    ):
        with pytest.raises(refusal):
            await wish(mentee, *wrong)
    with pytest.raises(Refused):
        await wish(mentors[0], mentee)
    with pytest.raises(NotFound):
        await actions.name_wishes(factories.actor_of(found.stranger), mentee.id, [])
    assert await Preference.all().count() == 0
    for _twice in range(2):
        await wish(mentee, *mentors)
    assert [one.rank for one in await queries.wishes_of(system_actor(found.organization.id), mentee.id)] == [1, 2, 3]


async def test_whoever_was_set_aside_never_comes_back_and_no_draft_stays(found: Market) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    me, product = factories.actor_of(mentee.person), system_actor(found.organization.id)
    await runs.run_matching(product, found.cohort.id)
    assert await match_queries.drafts_between(product, mentee.id, mentor.id), "the one who offers what is wanted"
    await actions.set_aside(me, mentee.id, mentor.id, DeclineReason.TIMES)
    await actions.set_aside(me, mentee.id, mentor.id, DeclineReason.TIMES)
    await drain()
    assert await match_queries.drafts_between(product, mentee.id, mentor.id), "it can be taken back for ten seconds"
    clock.move(UNDO_ONE)
    await drain()
    assert not await match_queries.drafts_between(product, mentee.id, mentor.id)
    drafts = Match.filter(cohort_id=found.cohort.id, state=MatchState.DRAFT, members__enrollment_id=mentee.id)
    assert await drafts.count() == 1, "the next one follows"
    await runs.run_matching(product, found.cohort.id)
    assert not await match_queries.drafts_between(product, mentee.id, mentor.id)
    assert mentor.person_id in await queries.apart_from(product, mentee.person_id)
    assert mentee.person_id in await queries.apart_from(product, mentor.person_id)
    (said,) = [one for one in (await gather(product, found.cohort)).pool.participants if one.id == str(mentee.id)]
    assert (said.avoids, said.missed) == ((str(mentor.person_id),), (Category.AVAILABILITY,))
    with pytest.raises(Conflict):
        await actions.keep_in_mind(me, mentee.id, mentor.id, on=True)


async def test_taken_back_in_time_nothing_follows(found: Market) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    me, product = factories.actor_of(mentee.person), system_actor(found.organization.id)
    await runs.run_matching(product, found.cohort.id)
    await wish(mentee, mentor)
    await actions.set_aside(me, mentee.id, mentor.id)
    assert (await queries.own_words(product, mentee.id)).wishes == ()
    for _twice in range(2):
        await actions.take_back(me, mentee.id, mentor.id)
    clock.move(UNDO_ONE)
    await drain()
    assert await match_queries.drafts_between(product, mentee.id, mentor.id)
    assert (await queries.own_words(product, mentee.id)).wishes == (mentor.id,), "the wish stands again"


async def test_who_has_a_request_answers_that(found: Market) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    await factories.match(mentor, mentee, state=MatchState.AWAITING_MENTEE)
    with pytest.raises(Conflict):
        await actions.set_aside(factories.actor_of(mentee.person), mentee.id, mentor.id)


async def test_a_no_to_a_suggestion_teaches_as_well(found: Market) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    match = await factories.match(mentor, mentee, state=MatchState.DECLINED)
    mine = MatchMember.filter(match_id=match.id, person_id=mentee.person_id)
    await mine.update(approval=Approval.DECLINED, decline_reason=DeclineReason.CLOSER_TO_GOAL)
    product = system_actor(found.organization.id)
    (said,) = [one for one in (await gather(product, found.cohort)).pool.participants if one.id == str(mentee.id)]
    assert said.missed == (Category.GOALS,)


async def test_lists_are_made_once_for_the_whole_group_and_nobody_is_in_too_many(found: Market) -> None:
    product = system_actor(found.organization.id)
    await configure_program(factories.manager_of(found.manager, found.program), found.program.id, mentors_may_wish=True)
    for _asker in range(3):
        await actions.want_shortlists(product, found.cohort.id)
    clock.move(UNDO_ONE)
    await drain()
    entries = await ShortlistEntry.all()
    assert {one.enrollment_id for one in entries} == {row.id for row in (*found.mentors, *found.mentees)}
    assert len({one.made_at for one in entries}) == 1, "three askers cost one making"
    lists = await queries.lists_with(product, found.cohort.id)
    assert all(lists[row.id] <= EXPOSURE * row.capacity for row in (*found.mentors, *found.mentees))
    assert await actions.make_shortlists(product, found.cohort.id, wanted_at=entries[0].made_at - UNDO_ONE) == 0
    with pytest.raises(Refused):
        await actions.make_shortlists(factories.actor_of(found.admin), found.cohort.id, wanted_at=clock.now())
