"""Many people act on their calendars at once, at random, for weeks: whatever happens, the promises hold.

The acts are drawn from a seed, so that a failure can be run again.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise
from random import Random
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.actor import Actor
from server.kernel.errors import KernelError
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match, MatchMember
from server.people.models import Organization, Person
from server.programs.states import ParticipantRole
from server.sessions import actions
from server.sessions.models import Session, SessionNote
from server.sessions.states import TAKES_TIME, TOOK_PLACE, NoteVisibility, SessionState
from tests.factories import actor_of, cohort, enrollment, match, organization, person, program, working_week
from tests.races import at_once

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ROUNDS, ACTS = 8, 6
LOST = frozenset({SessionState.CANCELLED, SessionState.NO_SHOW})


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_people_do_at_once_the_promises_hold(db: object, seed: int) -> None:
    chance = Random(seed)
    with clock.at(MONDAY):
        pairs = await a_small_world()
        for _ in range(ROUNDS):
            wishes = [await a_wish(chance, pairs) for _ in range(ACTS)]
            outcomes = await at_once(*wishes, return_exceptions=True)
            surprises = [one for one in outcomes if isinstance(one, Exception) and not isinstance(one, KernelError)]
            assert surprises == []
            await promises_hold()
            clock.move(timedelta(hours=chance.choice([0, 0, 1, 30])))
            await drain()
            await promises_hold()
    assert await Session.filter(state__in=[SessionState.SCHEDULED, SessionState.HELD]).exists(), "nothing happened"


async def a_small_world() -> list[tuple[Actor, Match]]:
    """Two mentors with two mentees each, one of them in another programme: every membership with its match."""
    org = await organization()
    mentors = [await somebody(org) for _ in range(2)]
    found: list[tuple[Actor, Match]] = []
    for run in [await cohort(await program(org)) for _ in range(2)]:
        for mentor in mentors:
            mentee = await somebody(org)
            made = await match(
                await enrollment(run, mentor, ParticipantRole.MENTOR),
                await enrollment(run, mentee, ParticipantRole.MENTEE),
            )
            found += [(actor_of(mentor), made), (actor_of(mentee), made)]
    return found


async def somebody(org: Organization) -> Person:
    made = await person(org)
    await working_week(made)
    return made


async def a_wish(chance: Random, pairs: list[tuple[Actor, Match]]) -> Awaitable[Any]:
    """Something a member might do next."""
    actor, made = chance.choice(pairs)
    starts_at = clock.now() + timedelta(minutes=15 * chance.randint(1, 12))
    known = await Session.filter(match_id=made.id).order_by("id")
    acts: list[Callable[[], Awaitable[Any]]] = [
        lambda: actions.hold_slot(actor, made.id, starts_at),
        lambda: actions.confirm_hold(actor, made.id),
        lambda: actions.release_hold(actor, made.id),
        lambda: actions.book_session(actor, made.id, starts_at),
        lambda: actions.book_session(actor, made.id, starts_at),
    ]
    if known:
        session = chance.choice(known)
        acts += [
            lambda: actions.move_session(actor, session.id, starts_at),
            lambda: actions.cancel_session(actor, session.id),
            lambda: actions.undo_booking(actor, session.id),
            lambda: actions.report_no_show(actor, session.id),
            lambda: actions.undo_no_show(actor, session.id),
            lambda: actions.move_missed(actor, session.id, starts_at),
            lambda: actions.log_session(actor, made.id, session.starts_at - timedelta(minutes=30), 30),
            lambda: actions.write_note(actor, session.id, NoteVisibility.SHARED, {0: "Words."}),
            lambda: actions.prepare_agenda(actor, session.id),
        ]
    return chance.choice(acts)()


async def promises_hold() -> None:
    rows = await Session.all()
    await nobody_is_in_two_places(rows)
    await what_is_due_fits(rows)
    for one, other in combinations(rows, 2):
        counted = {SessionState.CANCELLED, SessionState.PROPOSED}.isdisjoint({one.state, other.state})
        assert not (counted and (one.match_id, one.number) == (other.match_id, other.number))
    await what_is_said_fits(rows)
    holds = [row.match_id for row in rows if row.state is SessionState.PROPOSED and row.starts_at > clock.now()]
    assert len(holds) == len(set(holds))


async def nobody_is_in_two_places(rows: list[Session]) -> None:
    taken = [row for row in rows if row.state in TAKES_TIME and row.ends_at > clock.now()]
    for member in {member.person_id for member in await MatchMember.all()}:
        own = {row.match_id for row in await MatchMember.filter(person_id=member)}
        spans = sorted((row.starts_at, row.ends_at) for row in taken if row.match_id in own)
        assert all(first[1] <= second[0] for first, second in pairwise(spans))


async def what_is_due_fits(rows: list[Session]) -> None:
    planned = await ScheduledAction.filter(rule="session.held", state="PLANNED")
    due = {action.subject_id: action.due_at for action in planned}
    booked = {row.id: row.ends_at for row in rows if row.state is SessionState.SCHEDULED}
    assert due == booked


async def what_is_said_fits(rows: list[Session]) -> None:
    """What took place is over, does not lie beside another of its match, and what did not has no words."""
    now = clock.now()
    assert all(row.ends_at <= now for row in rows if row.state in TOOK_PLACE | {SessionState.NO_SHOW})
    assert all((row.held_at is not None) == (row.state in TOOK_PLACE) for row in rows if row.state not in LOST)
    assert all((row.ended_at is not None) == (row.state in LOST) for row in rows)
    noted = {note.session_id for note in await SessionNote.all()}
    assert not noted & {row.id for row in rows if row.state is SessionState.PROPOSED}
    for one, other in combinations([row for row in rows if row.state in TOOK_PLACE], 2):
        apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
        assert apart or one.match_id != other.match_id
