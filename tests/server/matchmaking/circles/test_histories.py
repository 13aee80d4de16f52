"""Circles through any order of answers, departures and deadlines; and what a run stores, read back from the rows."""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from random import Random
from uuid import UUID

import pytest

from server.kernel import clock
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.states import ClosureReason, MatchKind, MatchState
from server.matchmaking.runs.actions import run_matching
from server.people.models import Person
from tests import factories
from tests.factories import Circle
from tests.server.matchmaking.circles.test_circles import a_world, drafted

HISTORIES = range(200 if os.environ.get("ITHACA_CHAOS") else 5)
ACTS = ("yes", "yes", "yes", "no", "leave", "expiry")
PLACES = frozenset({MatchState.DRAFT, MatchState.ACTIVE, MatchState.AWAITING_BOTH, MatchState.AWAITING_MENTOR,
                    MatchState.AWAITING_MENTEE})


@dataclass
class Told:
    """What a circle must be after what its people said: written from the rules, not from the product."""

    leader: UUID
    there: set[UUID]
    yes: set[UUID] = field(default_factory=set)
    begun: bool = False
    over: bool = False

    def hear(self, act: str, who: UUID) -> None:
        """Somebody says yes or goes, or the time to answer is over."""
        if act == "expiry":
            self.there = self.there & self.yes if self.begun else self.there
            self.over = self.over or not self.begun
        elif act == "yes":
            self.yes.add(who)
        else:
            self.there.discard(who)
        led, members = self.leader in self.yes & self.there, self.yes & self.there - {self.leader}
        self.begun = self.begun or (not self.over and led and len(members) >= 2)
        left = len(self.there) if self.begun else len(self.there - {self.leader})
        self.over = self.over or left < 2

    @property
    def is_back(self) -> bool:
        """Whether nobody is left to lead it before it began: it waits for the manager."""
        return not self.begun and not self.over and self.leader not in self.there


async def _do(circle: Circle, act: str, who: UUID) -> None:
    match = await match_queries.visible_match(circle.manager_actor, circle.match.id)
    one = next(each for each in match.members if each.person_id == who)
    actor = factories.actor_of(one.person)
    if act == "yes":
        await matches.accept_match(actor, match.id)
    elif act == "no":
        await matches.decline_match(actor, match.id)
    elif act == "leave":
        await matches.release_matches(actor, one.enrollment_id, ClosureReason.NO_FAULT)
    else:
        with clock.at(clock.now() + timedelta(days=8)):
            await matches.expire_match(circle.manager_actor, match.id)


@pytest.mark.parametrize("seed", HISTORIES)
async def test_a_circle_runs_exactly_from_its_leader_and_two_and_no_seat_counts_twice(db: object, seed: int) -> None:
    chance = Random(seed)
    circle = await factories.active_circle(
        state=MatchState.AWAITING_BOTH, answer_by=clock.now() + timedelta(days=7), active_at=None, ends_on=None
    )
    told = Told(circle.facilitator.id, {circle.facilitator.id, *(one.id for one in circle.members)})
    done: list[tuple[str, UUID]] = []
    while not told.over and not told.is_back and len(done) < 14:
        act, who = chance.choice(ACTS), chance.choice(sorted(told.there))
        act = "yes" if act == "no" and who in told.yes else act
        done.append((act, who))
        await _do(circle, act, who)
        told.hear(act, who)
        match = await match_queries.visible_match(circle.manager_actor, circle.match.id)
        assert (match.state is MatchState.ACTIVE) is (told.begun and not told.over), done
        assert (match.state is MatchState.DRAFT) is told.is_back, done
        placed = await match_queries.placed_seats(circle.manager_actor, circle.cohort.id, MatchKind.CIRCLE)
        there = {one.enrollment_id for one in match.members if one.person_id in told.there}
        assert +placed == Counter(there if match.state in PLACES else ()), done
        assert not await match_queries.seats_taken(circle.manager_actor, there), done


@pytest.mark.parametrize("seed", HISTORIES[:2] if len(HISTORIES) < 100 else HISTORIES)
async def test_no_stored_circle_holds_a_line_of_command_and_nobody_sits_twice(db: object, seed: int) -> None:
    chance, world = Random(seed), await a_world()
    rows = [*world.members, *world.leaders]
    for at, row in enumerate(rows[1:], 1):
        if chance.random() < 0.6:
            boss = rows[chance.randrange(at)].person_id
            await Person.filter(id=row.person_id).update(line_manager_id=boss)
    await run_matching(world.manager, world.cohort.id)
    above = dict(await Person.all().values_list("id", "line_manager_id"))

    def chain(of: UUID | None) -> list[UUID]:
        return [of, *chain(above[of])] if of else []

    circles = await drafted(world)
    for match in circles:
        for one, other in combinations((each.person_id for each in match_queries.in_order(match)), 2):
            assert one not in chain(other)
            assert other not in chain(one)
    seated = Counter(one.person_id for match in circles for one in match_queries.in_order(match))
    assert circles
    assert set(seated.values()) == {1}
