"""The living queue in the database: who comes, who is left alone, whose place comes free, what a re-match changes."""

from datetime import timedelta
from uuid import UUID

import pytest

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.models import Match, MatchMember
from server.matches.states import ClosureReason, MatchState
from server.matchmaking import queries
from server.matchmaking.engine.waitlist import WaitCode
from server.matchmaking.models import MatchRun, MatchSuggestion
from server.matchmaking.queue import actions
from server.matchmaking.runs.actions import carry_out, run_matching
from server.matchmaking.runs.queries import compared, run_record
from server.matchmaking.states import RunKind, RunState
from server.people.models import Person
from server.programs.models import Enrollment, Program
from server.programs.queries import came_since
from server.programs.states import Cadence, EnrollmentState, ParticipantRole
from server.programs.steps import tell
from tests import factories
from tests.web.console.market import Market, market

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE


@pytest.fixture
async def found(db: object) -> Market:
    return await market(mentors=3, mentees=3, capacity=2)


def manager(found: Market) -> Actor:
    return factories.manager_of(found.manager, found.program)


async def comes(found: Market, role: ParticipantRole, name: str, **values: object) -> Enrollment:
    person = await factories.person(found.organization, given_name=name, department="Pricing", seniority=5)
    return await factories.enrollment(found.cohort, person, role, **values)


async def drafts(found: Market) -> dict[UUID, UUID]:
    """The mentor of each mentee by the drafts there are."""
    rows = await match_queries.matches_in(manager(found), found.cohort.id, [MatchState.DRAFT])
    both = [match_queries.sides(row) for row in rows]
    return {mentee.enrollment_id: mentor.enrollment_id for mentor, mentee in both}


async def stored() -> dict[UUID, object]:
    """Every match and member as the database holds them."""
    rows = [*await Match.all().values(), *await MatchMember.all().values()]
    return {row["id"]: row for row in rows}


async def test_places_held_back_stay_free_for_newcomers_and_for_whoever_is_left_alone(db: object) -> None:
    found = await market(mentors=5, mentees=7, capacity=1)
    await Program.filter(id=found.program.id).update(rules={"reserve": 0.2, "same_team": False})
    first = await run_matching(manager(found), found.cohort.id)
    (held,) = first.result["held_back"]
    assert (first.result["matched"], first.result["gap"], first.result["violations"]) == (4, 0, 0)
    assert {one["code"] for one in first.result["waitlist"]} == {"HELD_BACK"}
    assert UUID(held) not in (await drafts(found)).values()
    await comes(found, MENTEE, "Zora")
    second = await newcomers(found)
    assert UUID(held) in (await drafts(found)).values()
    actor = manager(found)
    assert [(await run_record(actor, one.id)).used for one in (first, second)] == [0, 1]
    beside = (await run_record(actor, (await run_matching(actor, found.cohort.id)).id)).against
    assert beside is not None
    assert (beside.last.id, beside.of, beside.settings.same_people) == (first.id, 4, False)


async def newcomers(found: Market) -> MatchRun:
    asked = await actions.match_newcomers(manager(found), found.cohort.id)
    return await carry_out(manager(found), asked.id)


async def test_newcomers_get_free_places_and_what_stands_is_not_touched(found: Market) -> None:
    first = await run_matching(manager(found), found.cohort.id)
    locked, running, *_rest = await match_queries.matches_in(manager(found), found.cohort.id, [MatchState.DRAFT])
    await matches.lock_pair(manager(found), locked.id)
    await matches.publish_match(manager(found), running.id, undo_within=timedelta())
    before = await stored()
    new = [await comes(found, MENTEE, name) for name in ("Ayo", "Bela", "Caro", "Dana")]
    run = await newcomers(found)
    now = await stored()
    assert {key: now[key] for key in before} == before
    assert (run.kind, run.after_id, run.state) == (RunKind.NEWCOMERS, first.id, RunState.DONE)
    placed = {one.id for one in new} & set(await drafts(found))
    assert len(placed) == 3, "three places were left of six"
    assert run.result["came"] == {"mentees": 4, "mentors": 0}
    assert run.result["violations"] == 0
    listed = set(await MatchSuggestion.filter(run_id=run.id).values_list("mentee_enrollment_id", flat=True))
    assert listed == {one.id for one in new}, "their rows alone, and for later too"
    waits = (await queries.review_queue(manager(found), found.cohort.id)).unmatched
    assert [(row.position, row.code) for row in waits] == [(1, WaitCode.NO_SEAT)]


async def test_whoever_waited_is_placed_when_a_mentor_comes(found: Market) -> None:
    await Enrollment.filter(cohort_id=found.cohort.id, role=MENTOR).update(capacity=1)
    late = await comes(found, MENTEE, "Ayo")
    await run_matching(manager(found), found.cohort.id)
    waiting = {late.id, *(one.id for one in found.mentees)} - set(await drafts(found))
    assert len(waiting) == 1
    mentor = await comes(found, MENTOR, "Emil", capacity=1)
    await newcomers(found)
    assert {one: mentee for one, mentee in (await drafts(found)).items() if one in waiting} == {
        waiting.pop(): mentor.id
    }


async def test_a_group_that_was_never_matched_has_no_newcomers(found: Market) -> None:
    with pytest.raises(Conflict) as refused:
        await actions.match_newcomers(manager(found), found.cohort.id)
    assert refused.value.kind == "no_run"
    other = await factories.program(found.organization, key="other")
    for stranger in (factories.actor_of(found.stranger), factories.manager_of(found.manager, other)):
        with pytest.raises((NotFound, Refused)):
            await actions.match_newcomers(stranger, found.cohort.id)


async def test_who_came_is_counted_from_the_last_run(found: Market) -> None:
    run = await run_matching(manager(found), found.cohort.id)
    assert not await came_since(manager(found), found.cohort.id, run.started_at)
    await comes(found, MENTOR, "Emil")
    assert await came_since(manager(found), found.cohort.id, run.started_at) == {MENTOR: 1}


async def ended(found: Market) -> Match:
    """A pair that ran and came to an early end, whose people both stay."""
    made = await run_matching(manager(found), found.cohort.id)
    pair, *_others = await match_queries.matches_in(manager(found), found.cohort.id, [MatchState.DRAFT])
    await matches.publish_match(manager(found), pair.id, undo_within=timedelta())
    await Match.filter(id=pair.id).update(state=MatchState.ACTIVE, active_at=clock.now())
    await matches.end_match(manager(found), pair.id, ClosureReason.NO_FAULT)
    assert made.state is RunState.DONE
    return await match_queries.visible_match(manager(found), pair.id)


async def test_after_an_end_one_call_serves_the_mentee_and_the_place(found: Market) -> None:
    await Enrollment.filter(cohort_id=found.cohort.id, role=MENTOR).update(capacity=1)
    waits = await comes(found, MENTEE, "Ayo", waited_cycles=2)
    pair = await ended(found)
    mentor, mentee = match_queries.sides(pair)
    free = await comes(found, MENTOR, "Emil", capacity=1)
    before = await stored()
    standing = await drafts(found)
    still = {waits.id, *(one.id for one in found.mentees)} - set(standing) - {mentee.enrollment_id}
    made = await actions.fill_gap(manager(found), pair.id)
    now = await drafts(found)
    assert {one: now[one] for one in standing} == standing
    assert now[mentee.enrollment_id] == free.id, "of the stored mentors none has a place: the row is computed anew"
    assert {one: now[one] for one in still} == dict.fromkeys(still, mentor.enrollment_id)
    assert [one.rematch_of_id for one in made] == [pair.id, None]
    assert {key: (await stored())[key] for key in before} == before
    assert await actions.fill_gap(manager(found), pair.id) == [], "twice makes nothing twice"
    runs = await MatchRun.filter(kind=RunKind.SINGLE)
    assert len(runs) == 2
    assert (await queries.latest_run(manager(found), found.cohort.id)).kind is RunKind.FULL


async def test_the_first_in_line_is_offered_the_place_that_came_free(found: Market) -> None:
    await Enrollment.filter(cohort_id=found.cohort.id, role=MENTOR).update(capacity=1)
    await run_matching(manager(found), found.cohort.id)
    day = clock.now()
    late = await comes(found, MENTEE, "Ayo", invited_at=day)
    early = await comes(found, MENTEE, "Bela", invited_at=day - timedelta(days=9))
    patient = await comes(found, MENTEE, "Caro", invited_at=day, waited_cycles=1)
    turns = []
    for _round in range(4):
        mentor = await comes(found, MENTOR, f"Emil{_round}", capacity=1)
        made = await actions.offer_place(manager(found), mentor.id)
        turns.append(match_queries.sides(await match_queries.visible_match(manager(found), made.id))[1].enrollment_id
                     if made else None)
    assert turns == [patient.id, early.id, late.id, None]


async def test_somebody_whom_a_rule_keeps_from_the_place_is_passed_over(found: Market) -> None:
    await Enrollment.filter(cohort_id=found.cohort.id, role=MENTOR).update(capacity=1)
    await run_matching(manager(found), found.cohort.id)
    mentor = await comes(found, MENTOR, "Emil", capacity=1)
    first = await comes(found, MENTEE, "Ayo", waited_cycles=3)
    second = await comes(found, MENTEE, "Bela")
    await Person.filter(id=first.person_id).update(line_manager_id=mentor.person_id)
    made = await actions.offer_place(manager(found), mentor.id)
    assert made is not None
    assert match_queries.sides(await match_queries.visible_match(manager(found), made.id))[1].enrollment_id == second.id


async def test_a_place_is_offered_and_a_gap_filled_by_the_programmes_manager_alone(found: Market) -> None:
    pair = await ended(found)
    with pytest.raises((NotFound, Refused)):
        await actions.offer_place(factories.actor_of(found.stranger), found.mentors[0].id)
    with pytest.raises((NotFound, Refused)):
        await actions.fill_gap(factories.actor_of(found.stranger), pair.id)
    goes_on = await factories.match(found.mentors[0], found.mentees[0])
    with pytest.raises(Conflict):
        await actions.fill_gap(manager(found), goes_on.id)


async def preview(found: Market) -> MatchRun:
    asked = await actions.preview_matching(manager(found), found.cohort.id)
    return await carry_out(manager(found), asked.id)


async def test_a_changed_department_is_seen_before_anything_moves_and_then_used(found: Market) -> None:
    earlier = await run_matching(manager(found), found.cohort.id)
    drafted = await match_queries.matches_in(manager(found), found.cohort.id, [MatchState.DRAFT])
    locked, asked, open_ = drafted
    await matches.lock_pair(manager(found), locked.id)
    await matches.publish_match(manager(found), asked.id, undo_within=timedelta())
    mentor, mentee = match_queries.sides(open_)
    await Person.filter(id=mentee.person_id).update(department="Legal", line_manager_id=mentor.person_id)
    before = await stored()
    shown = await preview(found)
    assert await stored() == before, "a preview moves nothing"
    assert (await queries.latest_run(manager(found), found.cohort.id)).id == earlier.id
    change = {one.mentee: one for one in (await compared(manager(found), earlier.id, shown.id)).comparison.changes}
    assert [pair.mentor for pair in change[mentee.enrollment_id].before] == [mentor.enrollment_id]
    await actions.use_run(manager(found), shown.id)
    now = await stored()
    assert now[locked.id] == before[locked.id]
    assert now[asked.id] == before[asked.id]
    assert now[open_.id]["state"] is MatchState.CANCELLED
    assert (await drafts(found))[mentee.enrollment_id] != mentor.enrollment_id
    again = await actions.use_run(manager(found), shown.id)
    assert again.kind is RunKind.FULL
    assert await stored() == now, "twice is harmless"


async def test_a_preview_of_yesterday_is_not_used_on_the_people_of_today(found: Market) -> None:
    shown = await preview(found)
    await comes(found, MENTEE, "Ayo")
    with pytest.raises(Conflict) as refused:
        await actions.use_run(manager(found), shown.id)
    assert refused.value.kind == "stale"
    later = await preview(found)
    await run_matching(manager(found), found.cohort.id)
    with pytest.raises(Conflict):
        await actions.use_run(manager(found), later.id)
    assert await Match.filter(run_id=later.id).count() == 0


async def test_a_hundred_mentees_wait_fairly_for_forty_mentors(db: object) -> None:
    crowd = await market(mentors=40, mentees=0, capacity=1)
    day = clock.now()
    people = [
        Person(
            organization_id=crowd.organization.id, given_name=f"E{at}", family_name="Pell", employee_id=f"E{at}",
            email=f"e{at}@example.org", seniority=5,
        )
        for at in range(100)
    ]
    await Person.bulk_create(people)
    await Enrollment.bulk_create([
        Enrollment(
            organization_id=crowd.organization.id, program_id=crowd.program.id, cohort_id=crowd.cohort.id, role=MENTEE,
            person_id=person.id, state=EnrollmentState.ACTIVE, waited_cycles=at % 3,
            invited_at=day - timedelta(days=at % 7),
        )
        for at, person in enumerate(people)
    ])
    actor = manager(crowd)
    run = await run_matching(actor, crowd.cohort.id)
    assert (run.result["matched"], run.result["waiting"], run.result["violations"]) == (40, 60, 0)
    line = (await queries.review_queue(actor, crowd.cohort.id)).unmatched
    assert [row.position for row in line] == list(range(1, 61))
    claims = [(-row.enrollment.waited_cycles, row.enrollment.invited_at.date()) for row in line]
    assert claims == sorted(claims)
    assert {row.code for row in line} == {WaitCode.NO_SEAT}


async def test_who_comes_into_a_matched_group_gets_a_draft_by_themselves_where_the_programme_wants_it(
    found: Market,
) -> None:
    early = await comes(found, MENTEE, "Early")
    assert await actions.draft_for_newcomer(manager(found), early.id) == [], "in groups the next run decides"
    await Program.filter(id=found.program.id).update(cadence=Cadence.ROLLING)
    assert await actions.draft_for_newcomer(manager(found), early.id) == [], "this group was never matched"
    await Enrollment.filter(id=early.id).update(state=EnrollmentState.REMOVED)
    await run_matching(manager(found), found.cohort.id)
    before = await stored()
    comer = await comes(found, MENTEE, "Newcome")
    async with unit_of_work(system_actor(found.organization.id)) as unit:
        await tell(unit, comer, "activated")
    await drain()
    assert comer.id in await drafts(found)
    assert {key: (await stored())[key] for key in before} == before, "nobody else's match moved"
    assert await actions.draft_for_newcomer(manager(found), comer.id) == [], "twice makes nothing twice"
    waits = [(await comes(found, MENTEE, f"Ayo{number}")).id for number in range(4)]
    mentor = await comes(found, MENTOR, "Emil", capacity=2)
    made = await actions.draft_for_newcomer(manager(found), mentor.id)
    now = await drafts(found)
    assert (len(made), list(now.values()).count(mentor.id)) == (2, 2), "each place to the first in line"
    await Program.filter(id=found.program.id).update(intake={"newcomers": False})
    assert await actions.draft_for_newcomer(manager(found), waits[-1]) == []
