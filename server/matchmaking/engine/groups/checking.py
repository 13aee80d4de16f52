"""Whether people may be one circle: every rule asked again of those who are in it, whoever put them there."""

import numpy as np

from server.matchmaking.engine.constraints import RuleCode, RuleSet, active_pair_rules, is_broken
from server.matchmaking.engine.groups.both_ways import both_ways
from server.matchmaking.engine.groups.circles import together
from server.matchmaking.engine.groups.hosts import find_hosts
from server.matchmaking.engine.groups.room import open_room
from server.matchmaking.engine.pool import Pool
from server.matchmaking.engine.waitlist import WaitCode
from server.matchmaking.engine.weights import Weights
from server.programs.states import ParticipantRole


def broken_between(pool: Pool, rules: RuleSet, weights: Weights, bans: frozenset[tuple[str, str]]) -> RuleCode | None:
    """The first rule that keeps the mentees of a pool from sitting in one circle; None where none does."""
    rules = together(rules)
    people = [one for one in pool.participants if one.role is ParticipantRole.MENTEE]
    if len(people) < 2:
        return None
    room = open_room(both_ways(pool, people, rules, weights, bans, 0))
    market, here = room.people.market, np.arange(room.size)
    first, second = (side.ravel() for side in np.meshgrid(here, here))
    apart = first != second
    for code in (*market.listed, *active_pair_rules(market.rules)):
        if is_broken(market, code, first[apart], second[apart]).any():
            return code
    if not room.common.of(here[:1]).suits(room.common.of(here), room.half_hours):
        return RuleCode.OVERLAP
    return None


def barred_host(pool: Pool, rules: RuleSet, weights: Weights, bans: frozenset[tuple[str, str]]) -> WaitCode | None:
    """Why the one mentor of a pool cannot lead a circle of its mentees; None where they can."""
    members = tuple(one for one in pool.participants if one.role is ParticipantRole.MENTEE)
    return find_hosts(pool, [members], together(rules), weights, bans, 0)[0].code if members else None
