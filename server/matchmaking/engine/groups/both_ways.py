"""One side that is both: everybody stands as mentor and as mentee, so that rules and fits of pairs hold for groups too.

Rows follow what people are, not what they are called: a hash of their own answers, and their id only among those who
are alike in everything. So neither the order nor the names of people change a result.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.candidates import BLOCK_CELLS, Ground, nothing_added
from server.matchmaking.engine.columns import Columns, Side, build
from server.matchmaking.engine.constraints import Market, RuleSet, open_market
from server.matchmaking.engine.factor import build_factors
from server.matchmaking.engine.pool import NO_BACKGROUND, Participant, Pool, Standing
from server.matchmaking.engine.weights import Weights
from server.programs.states import ParticipantRole

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
DIGITS = 6


@dataclass(frozen=True, slots=True)
class BothWays:
    """People who are each other's mentors and mentees. One row is one person, the same on both sides."""

    ground: Ground
    keys: tuple[str, ...]

    @property
    def market(self) -> Market:
        """The rules between any two of them; none depends on who is asked first."""
        return self.ground.market

    @property
    def people(self) -> tuple[Participant, ...]:
        """Who stands in which row."""
        return self.market.columns.mentees.people

    def help(self, rows: Rows) -> Floats:
        """What everybody (columns) brings to some people (rows), 0 to 1, whatever the rules say."""
        return self.ground.factors.tile(rows).scores.astype(np.float64).round(DIGITS)

    def mutual(self, rows: Rows) -> Floats:
        """What some people (rows) and everybody bring each other: the mean of both ways, whatever the rules say."""
        given = self.ground.factors.tile(np.arange(len(self.people)), rows).scores.T
        return ((self.ground.factors.tile(rows).scores.astype(np.float64) + given) / 2).round(DIGITS)

    def blocks(self) -> Iterator[Rows]:
        """All rows, as many at a time as fit a processor's cache when each meets everybody."""
        total = len(self.people)
        step = max(1, BLOCK_CELLS // max(1, total))
        yield from (np.arange(at, min(at + step, total)) for at in range(0, total, step))


def both_ways(
    pool: Pool,
    people: Iterable[Participant],
    rules: RuleSet,
    weights: Weights,
    bans: frozenset[tuple[str, str]],
    seed: int,
) -> BothWays:
    """Open a one-sided market among `people` of a pool. Rules that tell mentor from mentee do not apply here.

    `bans` name two ids of the pool in either order. A person given twice, in two roles, stands once.
    """
    keyed = by_content({one.who: one for one in people}.values(), seed)
    doubled = [
        replace(one, id=key, person=one.who, role=role, capacity=1)
        for key, one in keyed.items()
        for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    ]
    columns = build(replace(pool, participants=tuple(doubled)), seed)
    keys = tuple(columns.mentees.rows)
    sides = [_named(side, keyed) for side in (columns.mentors, columns.mentees)]
    named = Columns(sides[0], sides[1], pool, columns.books)
    either = frozenset(pair for ban in bans for pair in (ban, ban[::-1]))
    market = open_market(named, _undirected(rules), Standing(bans=either))
    return BothWays(Ground(market, build_factors(named, weights), nothing_added(named)), keys)


def _undirected(rules: RuleSet) -> RuleSet:
    return replace(rules, grade_gap=None, max_pairs=None, min_fit=0.0)


def _named(side: Side, keyed: dict[str, Participant]) -> Side:
    """The same side with people under their own ids again."""
    people = tuple(replace(keyed[one.id], role=one.role) for one in side.people)
    at = range(len(people))
    return replace(
        side, people=people, rows={people[row].id: row for row in at}, by_person={people[row].who: row for row in at}
    )


def by_content(people: Iterable[Participant], seed: int) -> dict[str, Participant]:
    """Each person under a key made of what they told, numbered among those who told the same."""
    alike: dict[str, list[Participant]] = defaultdict(list)
    for one in people:
        alike[content(one)].append(one)
    return {
        f"{digest}-{number}": one
        for digest, group in alike.items()
        for number, one in enumerate(sorted(group, key=lambda one: (_short(f"{seed}:{one.id}".encode()), one.id)))
    }


def content(one: Participant) -> str:
    """A hash of what a person told, without names of people, who named them, or the group of the fairness audit."""
    told = (one.languages, one.goal_tags, one.goal_meant, one.skill_tags, one.skill_meant)
    lists = [sorted(words or ()) for words in told]
    nameless = replace(
        one, id="", role=ParticipantRole.MENTEE, person=None, capacity=1, team=None, manager=None, prefers=(),
        avoids=(), audit_group=None, languages=None, goal_tags=(), goal_meant=(), skill_tags=(), skill_meant=(),
    )  # fmt: skip
    way = replace(one.background, partners_of=())
    known = [] if way == NO_BACKGROUND else [repr((way, way.rating)).encode()]
    vectors = [b"" if vector is None else vector.tobytes() for vector in (one.goal_vector, one.skill_vector)]
    return _short(b"\0".join([repr((nameless, lists, one.languages is None)).encode(), *vectors, *known]))


def _short(data: bytes) -> str:
    return blake2b(data, digest_size=8).hexdigest()
