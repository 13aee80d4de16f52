"""Hosts of circles: a finished circle looks for one as a mentee looks for a mentor, in the same flow."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from server.matchmaking.engine.columns import build
from server.matchmaking.engine.constraints import RuleCode, RuleSet, active_pair_rules, is_broken, open_market
from server.matchmaking.engine.groups.both_ways import by_content
from server.matchmaking.engine.groups.portrait import as_one
from server.matchmaking.engine.groups.room import Mask
from server.matchmaking.engine.pool import HALF_HOURS_A_WEEK, Participant, Pool, Standing
from server.matchmaking.engine.run import run_matching
from server.matchmaking.engine.waitlist import WaitCode, as_wait_code
from server.matchmaking.engine.weights import Weights
from server.programs.states import ParticipantRole

Group = tuple[Participant, ...]


class Hosted(NamedTuple):
    """The host of a circle by id, or why it has none."""

    host: str | None
    code: WaitCode | None


def find_hosts(
    pool: Pool, groups: Sequence[Group], rules: RuleSet, weights: Weights, bans: frozenset[tuple[str, str]], seed: int
) -> list[Hosted]:
    """The best host for each circle within everybody's places, in the order of the circles.

    A host breaks no rule with any member, shares the hour and the language all have in common, and is none of them.
    """
    hosts = by_content((one for one in pool.participants if one.role is ParticipantRole.MENTOR), seed)
    if not groups or not hosts:
        return [Hosted(None, WaitCode.NO_MENTORS)] * len(groups)
    people = {name: replace(one, id=name, person=one.who) for name, one in hosts.items()}
    circles = [as_one(f"\0circle {number:06d}", group) for number, group in enumerate(groups)]
    kept_from = _kept_from(pool, groups, list(hosts.values()), rules, bans)
    kept_from[RuleCode.OVERLAP] = np.array([[not _an_hour(one, host) for host in hosts.values()] for one in circles])
    kept_from[RuleCode.LANGUAGE] |= np.array([[one.languages == () for one in hosts.values()]])
    names, barred = list(people), np.logical_or.reduce(list(kept_from.values()))
    forbidden = frozenset((names[m], circles[at].id) for at, m in np.argwhere(barred).tolist())
    market = Pool((*people.values(), *circles))
    standing = Standing(bans=forbidden)
    result = run_matching(market, _between_strangers(rules), weights, standing=standing, seed=seed)
    found = {pair.mentee: hosts[pair.mentor].id for pair in result.pairs}
    codes = {one.mentee: one.code for one in result.waitlist}
    return [
        Hosted(found[one.id], None) if one.id in found else Hosted(None, _code(codes[one.id], kept_from, at))
        for at, one in enumerate(circles)
    ]


def _between_strangers(rules: RuleSet) -> RuleSet:
    """Rules about two people are settled as bans; what is left is what a circle as a whole has or has not."""
    settled = replace(rules, reporting_line=False, same_team=False, repeat=False, company=None, grade_gap=None)
    return replace(settled, max_pairs=None, min_fit=0)


def _kept_from(
    pool: Pool, groups: Sequence[Group], hosts: Sequence[Participant], rules: RuleSet, bans: frozenset[tuple[str, str]]
) -> dict[RuleCode, Mask]:
    """For each rule which hosts (columns) it keeps from which circles (rows): one member is enough."""
    members = [one for group in groups for one in group]
    columns = build(replace(pool, participants=(*members, *hosts)))
    # Whom somebody avoids holds in whichever role they said so.
    market = open_market(replace(columns, pool=pool), rules, Standing(bans=bans))
    m = np.array([columns.mentors.rows[one.id] for one in hosts])[None, :]
    rows = [np.array([columns.mentees.rows[one.id] for one in group])[:, None] for group in groups]
    codes = (*market.listed, *active_pair_rules(rules))
    return {code: np.array([is_broken(market, code, row, m).any(axis=0) for row in rows]) for code in codes}


def _an_hour(circle: Participant, host: Participant) -> bool:
    """Whether two half hours in a row are free for the circle and the host; whoever told no times has all."""
    always = (1 << HALF_HOURS_A_WEEK) - 1
    ours, theirs = (always if one.availability is None else one.availability for one in (circle, host))
    both = ours & theirs
    return bool(both & (both >> 1 | both << (HALF_HOURS_A_WEEK - 1)))


def _code(code: WaitCode, kept_from: dict[RuleCode, Mask], at: int) -> WaitCode:
    """Why a circle has no host: where all are barred, the rule that bars most of them."""
    if code is not WaitCode.BLOCKED:
        return code
    return as_wait_code(max(kept_from, key=lambda rule: int(kept_from[rule][at].sum())))
