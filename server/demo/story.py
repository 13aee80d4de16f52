"""Half a year at Harbourline, lived by its people with the clock turned back, up to this moment.

They do by themselves what people do (`server.automation.lives`): join or not, answer, meet, write, fall quiet, leave.
Only what stands in the tour is a scene of its own: who came in the last days, and what waits for a word today.
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
from server.programs.models import Enrollment
from server.programs.states import ParticipantRole
from server.sessions.times import slots_for_match

OFFICE_HOUR = timedelta(hours=8, minutes=40)  # UTC, when people are brought in
LIVED_DAYS, FIRST_RUN = 182, timedelta(days=5)
NEWCOMERS, UNRUN = timedelta(days=4), timedelta(days=40)
"""How long ago the last leaders joined; and since when nobody ran the second round of the reverse programme."""
JOINERS_DAYS, CIRCLE_DAYS = 42, 70
TOURED = "Noor"
"""Her match is the one of the guided tour: she joins with the late ones."""
LATE_MENTORS, LATE_MENTEES, DRAFTS_LEFT = 2, 8, 3


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
    story.world.put(story.until - NEWCOMERS, partial(_newcomers, story))


async def _come_in(story: Story, key: str) -> None:
    """The people of a programme are invited, and live from now on; some leaders are left for the last days."""
    stage, world = story.stage, story.world
    await bring_in(stage, story.until.date(), key)
    people = crowd(story.until.date(), key)
    alive = [one for one in people if key != LEADERS or one not in _late(people)]
    ids = await by_key(stage, alive)
    plan_lives(world, stage.cohorts[key], {ids[one.key]: one for one in alive}, story.until)
    runs_until = story.until - (UNRUN if key == REVERSE else NEWCOMERS)
    manager_id = next(person_id for person_id, one in world.everybody.items() if one.role is None)
    plan_runs(world, stage.cohorts[key], manager_id, runs_until, first=FIRST_RUN)


def _late(people: Iterable[Somebody]) -> list[Somebody]:
    """Who of the leaders was not there from the beginning: the last of each side, the last three not even today."""
    mentors, mentees = [
        [one for one in people if one.role is role] for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    ]
    toured = [one for one in mentees if one.given == TOURED]
    return [*mentors[-LATE_MENTORS:], *toured, *mentees[-LATE_MENTEES:]]


async def _newcomers(story: Story) -> None:
    """The late leaders join."""
    mentor, _, *mentees = _late(crowd(story.until.date(), LEADERS))
    ids = await by_key(story.stage, [mentor, *mentees[:-2]])
    invited = {row.person_id: row.id for row in await Enrollment.filter(
        organization_id=story.stage.system.organization_id, person_id__in=list(ids.values())
    )}
    for one in (mentor, *mentees[:-2]):
        await take_part(Turn(story.world, ids[one.key], one, invited[ids[one.key]]))


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
    """The mentor (side 0) or the mentee (side 1) accepts, with the first time that suits both."""
    actor = await actor_for(sides(match)[side].person)
    slots = await slots_for_match(actor, match.id)
    await accept_and_book(actor, match.id, slots[0].starts_at if slots else None)


def _split(drafts: list[Match], is_wanted: Callable[[Match], bool]) -> tuple[list[Match], list[Match]]:
    wanted = [draft for draft in drafts if is_wanted(draft)]
    return wanted, [draft for draft in drafts if draft not in wanted]
