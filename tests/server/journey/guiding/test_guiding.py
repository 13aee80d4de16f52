"""The right guide at the right stage; its use is counted, and nobody is known by it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.context import TortoiseContext

from server.journey.guiding.actions import open_guide
from server.journey.guiding.queries import guide_uses
from server.journey.guiding.rules import at_least, guide_for
from server.kernel.errors import NotFound
from server.kernel.facts import AuditEvent, OutboxEvent
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.audience.states import Side
from server.programs.models import GuideUse, Program
from server.programs.states import Guide, ParticipantRole
from tests import factories
from tests.factories import Pair

DAY = date(2026, 11, 24)
FIRST, FEEDBACK, CLOSING = Guide
LINKS = [
    {"title": title, "link": f"https://intranet.example/{title}", "to": to, "when": when}
    for title, to, when in (
        ("begin", "PEOPLE", "BEGINNING"), ("lead", "MENTORS", "BEGINNING"), ("feedback", "EVERYBODY", "UNDER_WAY"),
        ("part", "PEOPLE", "AFTER"), ("always", "EVERYBODY", "ANY"),
    )
]


@pytest.mark.parametrize(("met", "days_left", "state", "guide"), [
    (0, 150, MatchState.ACTIVE, FIRST),
    (0, 5, MatchState.ACTIVE, FIRST),
    (1, 150, MatchState.ACTIVE, FEEDBACK),
    (1, 22, MatchState.PAUSED, FEEDBACK),
    (1, 21, MatchState.ACTIVE, CLOSING),
    (9, -1, MatchState.ACTIVE, CLOSING),
    (3, None, MatchState.ACTIVE, FEEDBACK),
    (0, 0, MatchState.DURATION_COMPLETED, CLOSING),
])
def test_the_guide_follows_the_stage(met: int, days_left: int | None, state: MatchState, guide: Guide) -> None:
    ends_on = None if days_left is None else DAY + timedelta(days=days_left)
    assert guide_for(Match(state=state, ends_on=ends_on), met, DAY) is guide


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_what_is_told_of_use_is_never_about_fewer_than_eight(opened: int, people: int) -> None:
    told = at_least(opened, people)
    assert (told is None) == (people < 8)
    if told is not None:
        assert told <= opened < told + 8
        assert told % 8 == 0


async def test_opening_is_counted_by_side_and_leaves_no_other_trace(db: TortoiseContext) -> None:
    pair = await factories.active_match()
    marks = [await table.all().count() for table in (AuditEvent, OutboxEvent)]
    shown = await asyncio.gather(*(open_guide(pair.mentee_actor, pair.match.id) for _time in range(3)))
    await open_guide(pair.mentor_actor, pair.match.id, CLOSING)
    assert {(one.guide, one.side) for one in shown} == {(FIRST, Side.PEOPLE)}
    rows = await GuideUse.all().values_list("program_id", "guide", "side", "opened")
    assert set(rows) == {
        (pair.program.id, FIRST, Side.PEOPLE, 3), (pair.program.id, CLOSING, Side.MENTORS, 1),
    }
    assert [await table.all().count() for table in (AuditEvent, OutboxEvent)] == marks
    assert set(GuideUse._meta.fields_map) == {
        "id", "organization_id", "program", "program_id", "guide", "side", "opened",
    }, "nothing of a person, a match or a moment"


async def test_a_programme_adds_its_links_for_side_and_time(db: TortoiseContext) -> None:
    pair = await factories.active_match()
    await Program.filter(id=pair.program.id).update(resources={"links": LINKS})
    for actor, guide, titles in (
        (pair.mentee_actor, FIRST, ["begin", "always"]), (pair.mentor_actor, FIRST, ["lead", "always"]),
        (pair.mentor_actor, FEEDBACK, ["feedback", "always"]), (pair.mentee_actor, CLOSING, ["part", "always"]),
    ):
        assert [one.title for one in (await open_guide(actor, pair.match.id, guide)).links] == titles


async def test_nobody_else_opens_a_guide_or_reads_how_often_it_was(db: TortoiseContext) -> None:
    pair, other = await factories.active_match(), await factories.active_match()
    for actor in (pair.manager_actor, pair.line_manager_actor, pair.stranger_actor, other.mentee_actor):
        with pytest.raises(NotFound):
            await open_guide(actor, pair.match.id)
    for actor in (pair.mentor_actor, pair.line_manager_actor, other.manager_actor):
        with pytest.raises(NotFound):
            await guide_uses(actor, pair.program.id)
    assert not await GuideUse.exists()


async def test_use_is_hidden_until_eight_people_of_a_side_could_have_opened_it(db: TortoiseContext) -> None:
    pair = await factories.active_match()
    for _time in range(17):
        await open_guide(pair.mentee_actor, pair.match.id, FIRST)
    assert await _told(pair) == {(guide, side): None for guide in Guide for side in Side}
    for _number in range(7):
        person = await factories.person(pair.organization)
        await factories.match(
            pair.mentor_enrollment, await factories.enrollment(pair.cohort, person, ParticipantRole.MENTEE)
        )
    told = await _told(pair)
    assert (told[FIRST, Side.PEOPLE], told[CLOSING, Side.PEOPLE]) == (16, 0)
    assert told[FIRST, Side.MENTORS] is None, "one mentor of eight mentees"


async def test_who_leads_a_circle_has_the_guide_of_mentors(db: TortoiseContext) -> None:
    circle = await factories.active_circle()
    sides = [
        (await open_guide(actor, circle.match.id)).side for actor in (circle.facilitator_actor, circle.member_actors[0])
    ]
    assert sides == [Side.MENTORS, Side.PEOPLE]
    await circle.match.members.filter(person_id=circle.members[0].id).update(left_at=circle.match.published_at)
    with pytest.raises(NotFound):
        await open_guide(circle.member_actors[0], circle.match.id)


async def _told(pair: Pair) -> dict[tuple[Guide, Side], int | None]:
    return {(one.guide, one.side): one.at_least for one in await guide_uses(pair.manager_actor, pair.program.id)}
