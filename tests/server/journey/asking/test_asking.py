"""Whom somebody may ask, with the engine's reasons; and that asking keeps every limit."""

import pytest

from server.journey.asking.actions import ask_for_match
from server.journey.asking.queries import Asking, asking_page, choices_of
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, NotFound, Refused
from server.kernel.facts import OutboxEvent
from server.matches import actions as matches
from server.matches.models import Match, MatchOverride
from server.matches.states import MatchState, OverrideKind
from server.matchmaking.engine.living.advice import Kind
from server.matchmaking.runs.actions import run_matching
from server.people.models import Consent, ConsentText, Person
from server.people.states import ConsentPurpose
from server.programs.models import Enrollment, Program
from server.programs.states import Approvals, EnrollmentState
from tests import factories
from tests.web.console.market import Market, market


@pytest.fixture
async def found(db: object) -> Market:
    made = await market(capacity=2)
    await Program.filter(id=made.program.id).update(mentees_may_ask=True)
    return made


def as_person(row: Enrollment) -> Actor:
    return factories.actor_of(row.person)


async def offered(row: Enrollment) -> set[object]:
    return {one.partner.id for one in await choices_of(as_person(row), row.id)}


@pytest.mark.parametrize("after_a_run", [True, False])
async def test_people_are_shown_with_three_reasons_the_best_first(found: Market, after_a_run: bool) -> None:
    mentee = found.mentees[0]
    if after_a_run:
        await run_matching(system_actor(found.organization.id), found.cohort.id)
    page = await asking_page(as_person(mentee), mentee.id)
    assert (page.asking, page.waiting, page.passed, page.taken) == (Asking.OPEN, [], [], 0)
    assert {one.partner.id for one in page.choices} == {row.id for row in found.mentors}
    assert [one.fit for one in page.choices] == sorted((one.fit for one in page.choices), reverse=True)
    assert page.choices[0].partner.id == found.mentors[0].id, "the mentor who offers what is wanted comes first"
    assert all(len(one.explanation["reasons"]) == 3 for one in page.choices)


async def test_who_is_shown_few_good_mentors_reads_what_would_open_more(found: Market) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    page = await asking_page(as_person(mentee), mentee.id)
    assert [one.kind for one in page.could_add] == [Kind.WISH]
    assert page.could_add[0].opens >= 1
    await Program.filter(id=found.program.id).update(rules={"common_language": True}, mentors_may_ask=True)
    await Person.filter(id=mentee.person_id).update(languages=["en"])
    await Person.filter(id__in=[row.person_id for row in found.mentors]).update(languages=["de"])
    barred = await asking_page(as_person(mentee), mentee.id)
    assert (barred.choices, barred.could_add[0].kind, barred.could_add[0].value) == ([], Kind.LANGUAGE, "de")
    assert (await asking_page(as_person(mentor), mentor.id)).could_add == []
    await Program.filter(id=found.program.id).update(mentees_may_ask=False)
    assert (await asking_page(as_person(mentee), mentee.id)).could_add == []


@pytest.mark.parametrize("after_a_run", [True, False])
async def test_a_mentor_chooses_among_mentees_where_mentors_may_ask(found: Market, after_a_run: bool) -> None:
    mentor = found.mentors[0]
    assert (await asking_page(as_person(mentor), mentor.id)).asking is Asking.NOT_HERE
    await Program.filter(id=found.program.id).update(mentors_may_ask=True)
    if after_a_run:
        await run_matching(system_actor(found.organization.id), found.cohort.id)
    assert await offered(mentor) == {row.id for row in found.mentees}
    asked = await ask_for_match(as_person(mentor), mentor.id, found.mentees[0].id)
    assert asked.state is MatchState.AWAITING_MENTEE
    assert (await asking_page(as_person(mentor), mentor.id)).asking is Asking.OPEN, "one place of two is left"


async def test_who_is_full_apart_silent_or_tried_is_not_shown(found: Market) -> None:
    mentee, (full, apart, silent) = found.mentees[0], found.mentors
    await Enrollment.filter(id=full.id).update(capacity=1)
    await factories.match(full, found.mentees[1])
    await MatchOverride.create(
        organization_id=found.organization.id, cohort_id=found.cohort.id, mentor_enrollment_id=apart.id,
        mentee_enrollment_id=mentee.id, kind=OverrideKind.BAN, decided_by="system",
    )
    assert await offered(mentee) == {silent.id}
    text = await ConsentText.create(
        organization_id=found.organization.id, purpose=ConsentPurpose.MATCHING, version=1, wording="Match me."
    )
    await Consent.create(
        organization_id=found.organization.id, person=silent.person, purpose=ConsentPurpose.MATCHING, given=False,
        text=text, version=1, wording="Match me.",
    )
    assert await offered(mentee) == set()
    other = found.mentees[2]
    await factories.match(apart, other, state=MatchState.DECLINED)
    assert await offered(other) == set()


async def test_asking_carries_the_reasons_and_fills_the_place(found: Market) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    me = as_person(mentee)
    asked = await ask_for_match(me, mentee.id, mentor.id, key="k")
    again = await ask_for_match(me, mentee.id, mentor.id, key="k")
    assert (asked.id, await Match.all().count()) == (again.id, 1)
    assert asked.fit
    assert len(asked.explanation["reasons"]) == 3
    page = await asking_page(me, mentee.id)
    assert (page.asking, page.taken, page.choices) == (Asking.FULL, 1, [])
    assert [match.id for match in page.waiting] == [asked.id]
    with pytest.raises(Conflict, match="no free place"):
        await ask_for_match(me, mentee.id, found.mentors[1].id)


async def test_what_was_turned_down_or_not_answered_is_said(found: Market) -> None:
    mentee = found.mentees[0]
    me = as_person(mentee)
    for mentor, state in zip(found.mentors[:2], (MatchState.DECLINED, MatchState.EXPIRED), strict=True):
        asked = await ask_for_match(me, mentee.id, mentor.id)
        await Match.filter(id=asked.id).update(state=state)
    page = await asking_page(me, mentee.id)
    assert {match.state for match in page.passed} == {MatchState.DECLINED, MatchState.EXPIRED}
    assert [one.partner.id for one in page.choices] == [found.mentors[2].id]


@pytest.mark.parametrize("state", [EnrollmentState.PAUSED, EnrollmentState.WAITLISTED, EnrollmentState.WITHDRAWN])
async def test_who_takes_no_part_now_asks_nobody(found: Market, state: EnrollmentState) -> None:
    mentee = found.mentees[0]
    await Enrollment.filter(id=mentee.id).update(state=state)
    assert (await asking_page(as_person(mentee), mentee.id)).asking is Asking.NOT_NOW
    with pytest.raises(NotFound):
        await ask_for_match(as_person(mentee), mentee.id, found.mentors[0].id)


async def test_the_page_is_ones_own(found: Market) -> None:
    mentee, elsewhere = found.mentees[0], await factories.active_match()
    for actor in (as_person(found.mentees[1]), factories.actor_of(found.stranger), elsewhere.mentee_actor,
                  factories.manager_of(found.manager, found.program)):
        for act in (asking_page(actor, mentee.id), choices_of(actor, mentee.id),
                    ask_for_match(actor, mentee.id, found.mentors[0].id)):
            with pytest.raises(NotFound):
                await act
    await Program.filter(id=found.program.id).update(mentees_may_ask=False)
    with pytest.raises(Refused):
        await ask_for_match(as_person(mentee), mentee.id, found.mentors[0].id)


async def test_a_match_that_began_at_once_is_taken_back_while_nobody_was_told(found: Market) -> None:
    await Program.filter(id=found.program.id).update(approvals=Approvals.NONE)
    mentee = found.mentees[0]
    me = as_person(mentee)
    asked = await ask_for_match(me, mentee.id, found.mentors[0].id)
    assert asked.state is MatchState.ACTIVE
    assert (await matches.cancel_match(me, asked.id)).state is MatchState.CANCELLED
    told = await OutboxEvent.filter(subject_id=asked.id, withdrawn_at=None).values_list("kind", flat=True)
    assert list(told) == ["match.cancelled"]
    second = await ask_for_match(me, mentee.id, found.mentors[0].id)
    await OutboxEvent.filter(subject_id=second.id).update(delivered_at=second.published_at)
    with pytest.raises(Conflict):
        await matches.cancel_match(me, second.id)
