"""A hundred days at Harbourline, lived by its people with the clock turned back, up to this moment.

They do by themselves what people do (`server.automation.lives`): join or not, answer, meet, write, fall quiet, leave.
Only two scenes are written: who came in the last days, and what waits for a word today.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from server.access.queries import actor_for
from server.automation.lives.acts import Turn, take_part
from server.automation.lives.living import live as live_on
from server.automation.lives.living import plan_lives, plan_runs
from server.automation.lives.somebody import Somebody
from server.automation.lives.world import World
from server.demo.cast import CIRCLES, LEADERS, ONBOARDING, REVERSE, crowd, manager
from server.demo.setting import Stage, appoint, bring_in, by_key, finish, set_up
from server.journey.meeting.actions import accept_and_book
from server.kernel import clock
from server.kernel.jobs.batches import run_due
from server.matches import actions as matches
from server.matches.models import Match
from server.matches.queries import matches_in, sides
from server.matches.states import MatchState
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.today import actions as today
from server.notifications import sink
from server.programs.states import ParticipantRole
from server.sessions.queries import hold_of
from server.sessions.times import slots_for_match

OFFICE_HOUR = timedelta(hours=8, minutes=40)  # UTC, when people are brought in
LIVED_DAYS, FIRST_RUN = 98, timedelta(days=5)
NEWCOMERS = timedelta(days=4)
"""How long ago the last ones joined; nobody has run the matching since."""
JOINERS_DAYS, CIRCLE_DAYS = 42, 70
TOURED = "Noor"
"""Her match is the one of the guided tour: she joins with the late ones."""
LATE, DRAFTS_LEFT = {LEADERS: (2, 8), REVERSE: (6, 6)}, 3
"""How many mentors and mentees come in the last days; the last one of each side has not joined today."""


@dataclass(frozen=True, slots=True)
class Story:
    """Harbourline, its people, and the moment up to which they live."""

    stage: Stage
    world: World
    until: datetime


async def live(days: int = LIVED_DAYS) -> None:
    """Found Harbourline `days` ago and live until now."""
    until = clock.now()
    begins = until.replace(hour=0, minute=0, second=0, microsecond=0) + OFFICE_HOUR - timedelta(days=days)
    with clock.at(begins):
        stage = await set_up(until.date())
        story = Story(stage, World(stage.system, sink.keep), until)
        await bring_in(stage, until.date())
        await appoint(stage)
        await _plan(story, days)
        await live_on(story.world, until, lambda _: None)
    await run_due()
    await _today(stage)
    await finish(stage)


async def _plan(story: Story, days: int) -> None:
    """Say what happens when: the people of each programme come in on their day, as far as it lies within these days."""
    me = manager(story.until.date())
    story.world.everybody[(await by_key(story.stage, [me]))[me.key]] = me
    begins = clock.now()
    for key, days_ago in ((LEADERS, days), (REVERSE, days), (CIRCLES, CIRCLE_DAYS), (ONBOARDING, JOINERS_DAYS)):
        if days_ago <= days:
            story.world.put(begins + timedelta(days=days - days_ago), partial(_come_in, story, key))
    for key in LATE:
        story.world.put(story.until - NEWCOMERS, partial(_newcomers, story, key))


async def _come_in(story: Story, key: str) -> None:
    """The people of a programme are invited, and live from now on; some are left for the last days."""
    stage, world = story.stage, story.world
    await bring_in(stage, story.until.date(), key)
    people = crowd(story.until.date(), key)
    late = [one for side in _late(people, key) for one in side]
    alive = [one for one in people if one not in late]
    ids = await by_key(stage, alive)
    plan_lives(world, stage.cohorts[key], {ids[one.key]: one for one in alive}, story.until)
    manager_id = next(person_id for person_id, one in world.everybody.items() if one.role is None)
    plan_runs(world, stage.cohorts[key], manager_id, story.until - NEWCOMERS, first=FIRST_RUN)


def _late(people: Iterable[Somebody], key: str) -> tuple[list[Somebody], list[Somebody]]:
    """Which mentors and which mentees of a programme were not there from the beginning; she of the tour comes first."""
    mentors, mentees = [
        [one for one in people if one.role is role] for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    ]
    of_mentors, of_mentees = LATE.get(key, (0, 0))
    toured = [one for one in mentees if one.given == TOURED]
    return mentors[len(mentors) - of_mentors:], [*toured, *mentees[len(mentees) - of_mentees:]]


async def _newcomers(story: Story, key: str) -> None:
    """The late ones join."""
    mentors, mentees = _late(crowd(story.until.date(), key), key)
    people = [*mentors[:-1], *mentees[:-1]]
    ids = await by_key(story.stage, people)
    cohort = story.stage.cohorts[key]
    story.world.homes.update(dict.fromkeys(ids.values(), cohort))
    for one in people:
        await take_part(Turn(story.world, ids[one.key], one, cohort.id))


async def _today(stage: Stage) -> None:
    """What waits for a word: Noor's match, two that one side accepted, one for the manager; some closed, one pauses."""
    await run_matching(stage.system, stage.cohorts[LEADERS].id)
    drafts = await matches_in(stage.system, stage.cohorts[LEADERS].id, [MatchState.DRAFT])
    noors, others = _split(drafts, lambda draft: sides(draft)[1].person.given_name == TOURED)
    half = others[len(others) // 2:][:2]
    for draft in (*noors, *half):
        await today.publish_match(stage.system, draft.id, undo_within=timedelta())
    for draft, side in zip(half, (0, 1), strict=False):
        await _say_yes(draft, side)
    await _for_the_manager(stage)
    for match in (await matches_in(stage.system, stage.cohorts[REVERSE].id, [MatchState.DURATION_COMPLETED]))[:2]:
        await matches.close_match(stage.system, match.id)
    running = await matches_in(stage.system, stage.cohorts[LEADERS].id, [MatchState.ACTIVE])
    for match in running[-1:]:
        await matches.pause_match(stage.system, match.id)
    await run_due()


async def _for_the_manager(stage: Stage) -> None:
    """A second round of the reverse programme: most begin, one that both agreed to and three drafts wait for her."""
    await run_matching(stage.system, stage.cohorts[REVERSE].id)
    drafts = await matches_in(stage.system, stage.cohorts[REVERSE].id, [MatchState.DRAFT])
    for place, draft in enumerate(drafts[:-DRAFTS_LEFT]):
        await today.publish_match(stage.system, draft.id, undo_within=timedelta())
        await _say_yes(draft, 1)
        await _say_yes(draft, 0)
        if place:
            await today.approve_match(stage.system, draft.id)


async def _say_yes(match: Match, side: int) -> None:
    """The mentor (side 0) or the mentee (side 1) accepts, with the time the other chose, else the first for both."""
    actor = await actor_for(sides(match)[side].person)
    held = await hold_of(actor, match.id)
    slots = [held] if held else await slots_for_match(actor, match.id)
    await accept_and_book(actor, match.id, slots[0].starts_at if slots else None)


def _split(drafts: list[Match], is_wanted: Callable[[Match], bool]) -> tuple[list[Match], list[Match]]:
    wanted = [draft for draft in drafts if is_wanted(draft)]
    return wanted, [draft for draft in drafts if draft not in wanted]
